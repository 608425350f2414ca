"""What a template of one's own asks for and a report never loads or runs, told with its file and line.

A page reaches nothing, whatever its template says (see `head`); this says so to whoever writes one. The styles are read
as CSS tokens by hand, since a parser closes what is left open at the end and says nothing.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from planner.report.printing.page import PAPER_STYLE, STYLE, read
from planner.report.printing.template import PAGE, Template
from planner.resources import TEMPLATES

MOST: Final = 12
"""Notes on one template."""
_CSS: Final = re.compile(
    r"""/\*.*?(?:\*/|\Z)                                    # a comment
    | url\(\s*(?P<url>"[^"\n]*"|'[^'\n]*'|[^)\n]*?)\s*\)    # an address
    | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'             # a string
    | \\.                                                   # an escaped letter
    | (?P<rule>@import\b[^;\n]*) | (?P<brace>[{}])""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_SKIPPED: Final = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
_TAG: Final = re.compile(
    r"""<(?P<name>[a-z][\w-]*)\b(?P<rest>(?:"[^"]*"|'[^']*'|\{\{.*?\}\}|[^>"'])*)>""", re.I | re.DOTALL
)
_ATTRIBUTE: Final = re.compile(r"""\s(?P<name>[\w:-]+)\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s>"']+)""")
_LOADING: Final = {"src", "srcset", "poster", "data", "background"}
_INERT: Final = re.compile(r"application/(?:\w+\+)?json", re.IGNORECASE)


def loading_notes(template: Template) -> tuple[str, ...]:
    """Of every file of the template that is not the planner's own: what will not load, run or close."""
    found = [
        note for folder in template.folders if folder.parent.resolve() != TEMPLATES.resolve() for note in _of(folder)
    ]
    more = len(found) - MOST
    return (*found[:MOST], *([f"{template.name}: {more:,} more of the kind"] if more > 0 else []))


def _of(folder: Path) -> Iterator[str]:
    files: tuple[tuple[str, Callable[[str], Iterator[tuple[int, str]]]], ...] = (
        (STYLE, style_problems), (PAPER_STYLE, style_problems), (PAGE, page_problems),
    )  # fmt: skip
    for name, problems in files:
        text = read(folder, name)
        for at, told in problems(text):
            yield f"{folder.name}/{name}:{text.count(chr(10), 0, at) + 1}: {told}"


def style_problems(text: str) -> Iterator[tuple[int, str]]:
    """(place, what is wrong) in a style sheet."""
    open_: list[int] = []
    for token in _CSS.finditer(text):
        if token["rule"]:
            yield token.start(), "@import will not load: a report fetches nothing; copy the rules into this file"
        elif token["url"] is not None and not _inside(address := token["url"].strip("\"'")):
            yield token.start(), f"url({_short(address)}) will not load: a report fetches nothing but data:image/…"
        elif token["brace"] == "{":
            open_.append(token.start())
        elif token["brace"] == "}" and not open_:
            yield token.start(), "'}' closes nothing"
        elif token["brace"] == "}":
            open_.pop()
    for at in open_:
        yield at, "'{' is never closed: all that follows belongs to it"


def page_problems(text: str) -> Iterator[tuple[int, str]]:
    """(place, what is wrong) in the text of a page, comments left out."""
    for tag in _TAG.finditer(_SKIPPED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)):
        name = tag["name"].lower()
        attributes = {each["name"].lower(): each["value"].strip("\"'") for each in _ATTRIBUTE.finditer(tag["rest"])}
        if name == "script" and not _INERT.fullmatch(attributes.get("type", "")):
            yield tag.start(), "<script> will not run: a report runs no code of a template"
            continue
        if name == "style":
            yield tag.start(), f"<style> will not apply on a screen: put it into {STYLE}"
        for attribute, value in attributes.items():
            if attribute in _LOADING and not _inside(value) and not value.startswith("{{"):
                yield tag.start(), f"<{name} {attribute}={_short(value)}> will not load: use data:image/…, or logo"
            elif attribute == "style":
                yield tag.start(), f"<{name} style=…> will not apply on a screen: put it into {STYLE}"
            elif attribute.startswith("on"):
                yield tag.start(), f"<{name} {attribute}=…> will not run: a report runs no code of a template"


def _inside(address: str) -> bool:
    """Whether an address leads to nothing beyond the page."""
    return address.lower().startswith(("data:image/", "#"))


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
