"""A scenario that a job of a portfolio writes itself, cut out of the portfolio as a document of its own."""

import json
from hashlib import sha256
from typing import Any

from planner.scenario.portfolio_jobs import PortfolioJob
from planner.source import Document, Span
from planner.source import Path as Place

Parts = tuple[dict[Place, Span], dict[Place, Span]]
"""Places of keys and of values inside one `inline`, from there on."""


def parts_of(document: Document) -> dict[int, Parts]:
    """Number of a job → the places of what its `inline` holds."""
    found: dict[int, Parts] = {}
    for k, table in enumerate((document.keys, document.values)):
        for path, span in table.items():
            if len(path) > 2 and path[0] == "jobs" and path[2] == "inline" and isinstance(path[1], int):
                found.setdefault(path[1], ({}, {}))[k][path[3:]] = span
    return found


def inline_document(document: Document, place: Place, job: PortfolioJob, parts: Parts) -> Document:
    """The scenario that a job writes itself, as a document with the portfolio's own places.

    The version of the format and the name are those of the portfolio and the job, where it does not say them.
    """
    keys, values = dict(parts[0]), dict(parts[1])
    data: dict[str, Any] = {"api_version": "planner/v1", **json.loads(json.dumps(dict(job.inline or {}), default=str))}
    whole = document.span(place)
    values.setdefault((), whole)
    if data.get("metadata") is None or isinstance(data.get("metadata"), dict):
        data["metadata"] = {"name": job.name, **(data.get("metadata") or {})}
    for path in (("api_version",), ("metadata",), ("metadata", "name")):
        values.setdefault(path, whole)
    file = document.file_at(place)
    text = document.texts.get(file, "")
    digest = sha256(json.dumps(data, sort_keys=True).encode("utf-8", "replace")).hexdigest()
    return Document(file, text, data, keys, values, digest)
