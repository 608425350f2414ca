"""Reading an overlay: as strictly as a scenario, with the place of whatever is wrong."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from planner.calibrate.overlay import KIND, Overlay
from planner.catalog.names import hint_of
from planner.catalog.rows import Catalog
from planner.resources import SCHEMAS
from planner.source import Document, InvalidInput, Problem, read_document, schema_problems

TIERS = ("on_demand", "spot")
_AGAIN: Final = "make it again with `planner calibrate`"


@cache
def overlay_schema() -> dict[str, Any]:
    """The committed JSON Schema of the file."""
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{KIND}.schema.json").read_text("utf-8"))
    return schema


def read_overlay(path: Path, shown: str, catalog: Catalog) -> tuple[Overlay, str]:
    """The overlay in a file and the SHA-256 of its bytes; raises InvalidInput with every problem."""
    document = read_document(path, shown)
    if not isinstance(document.data, dict) or document.data.get("kind") != KIND:
        kind = document.data.get("kind") if isinstance(document.data, dict) else None
        message = f"kind {kind!r} is no {KIND}" if kind is not None else f"is no {KIND}"
        hint = "name the file that `planner calibrate` writes"
        raise InvalidInput([document.problem("kind", message, ("kind",), hint=hint)], document.texts)
    problems = schema_problems(document, overlay_schema()) or [
        *_unknown_names(document, catalog),
        *_upside_down(document),
    ]
    if problems:
        raise InvalidInput(problems, document.texts)
    return Overlay.model_validate(document.data), document.digest


def _unknown_names(document: Document, catalog: Catalog) -> Iterator[Problem]:
    """Names that the catalog does not have: the overlay then says something about nothing."""
    stacks = [stack.id for stack in catalog.stacks]
    gpus = [gpu.id for gpu in catalog.gpus]
    rented = [f"{provider.id}/{tier}" for provider in catalog.providers for tier in TIERS]
    tables: dict[tuple[str, ...], tuple[str, list[str]]] = {
        ("speed",): ("stack", stacks),
        ("memory",): ("stack", stacks),
        ("preemption",): ("provider and tier", rented),
        ("price",): ("provider and tier", rented),
        ("quality",): ("task", [task.id for task in catalog.tasks]),
        ("bands", "throughput"): ("stack and card", [f"{stack}/{gpu}" for stack in stacks for gpu in gpus]),
        ("bands", "memory"): ("stack", stacks),
    }
    for place, (what, known) in tables.items():
        table: Any = document.data
        for key in place:
            table = table.get(key, {})
        for name in table:
            if name not in known:
                hint = hint_of(name, known, _AGAIN)
                yield document.problem(
                    "name", f"the catalog has no {what} {name!r}", (*place, name), key=True, hint=hint
                )


def _upside_down(document: Document) -> Iterator[Problem]:
    """Bands whose ends are the wrong way round: nothing lies between them."""
    data: Any = document.data
    for quantity, table in data.get("bands", {}).items():
        for name, band in table.items():
            if band["low"] > band["high"]:
                message = f"low {band['low']:g} is above high {band['high']:g}"
                yield document.problem("value", message, ("bands", quantity, name, "low"), hint=_AGAIN)
