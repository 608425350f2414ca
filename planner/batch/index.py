"""The page that a batch ends with: every scenario of it, with a link to the report of each plan."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from planner.batch.order import Order
from planner.batch.result import Done
from planner.errors import InputError
from planner.report.data.collection import Collection, Member
from planner.report.render import FILES

INDEX: Final = "index.html"
TEMPLATE: Final = "index"
OURS: Final = b'<meta name="generator" content="planner">'
"""What every page of ours has in its head; a page that has it not is not ours to write over."""
_HEAD: Final = 64 * 1024


def index_of(done: Sequence[Done], order: Order) -> dict[Path, bytes]:
    """Path and content of the page; empty where nobody asked for pages, or for more than one scenario.

    Raises InputError where another page than ours lies there.
    """
    if not order.several or "html" not in order.outputs or not done:
        return {}
    from planner.report.printing.html import html
    from planner.report.printing.template import find_template

    place = order.folder("any").parent / INDEX
    if place.exists() and OURS not in _head(place):
        message = f"{place} is a page of something else"
        raise InputError(message)
    return {place: html(_listed(done), find_template(TEMPLATE, order.templates), (), {}).encode()}


def _listed(done: Sequence[Done]) -> Collection:
    from planner.report.several.collection import collection

    return collection([_member(one) for one in done])


def _member(one: Done) -> Member:
    from dataclasses import replace

    from planner.report.several.collection import absent

    if one.member is None:
        return absent(one.name or one.path.name, str(one.path), one.reason or "nothing is known of it")
    return replace(one.member, link=quote(f"{one.name}/{FILES['html']}"))


def _head(place: Path) -> bytes:
    with place.open("rb") as file:
        return file.read(_HEAD)
