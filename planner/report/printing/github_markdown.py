"""Foreign text made inert for GitHub: no mention, link, image, tag, reference, emoji, formula or cell of its own.

GitHub reads a comment twice: as markdown, and then the words of the page that came out, where `@team`, `#12`, commit
ids and `:100:` turn into links and pictures. The first reading is held off with character references, which mean
themselves in markdown and HTML alike; the second with a space of no width after the sign, or by standing in a code
span, which it leaves alone.
"""

import re
from collections.abc import Sequence
from typing import Final

from planner.outcome import Place
from planner.report.names import shorten

_MARKS: Final = re.compile(r"""[&<>\\`*\[\]|~#]|_(?![0-9A-Za-z])|(?<![0-9A-Za-z])_""")
_BREAK: Final = "&#8203;"
_JOINS: Final = (
    (re.compile(r"@(?=[^\s])"), f"@{_BREAK}"),
    (re.compile(r"&#35;(?=[0-9])"), f"&#35;{_BREAK}"),
    (re.compile(r"\b(gh)-(?=[0-9])", re.IGNORECASE), rf"\1-{_BREAK}"),
    (re.compile(r":(?=//|[\w+-]+:)"), f":{_BREAK}"),
    (re.compile(r"\bwww\.", re.IGNORECASE), f"www{_BREAK}."),
    (re.compile(r"(?<![\w.&#])([0-9a-f]{6})(?=[0-9a-f]{1,34}(?![\w.]))"), rf"\1{_BREAK}"),
    (re.compile(r"\$(?![0-9])"), "<span>$</span>"),
)
"""What the second reading would join. A dollar sign can close a formula only where no digit follows it."""
_DIGEST: Final = re.compile(r"(?<![\w.])([0-9a-f]{7,64})(?![\w.])")
_NO_CODE: Final = re.compile(r"[`|<>&@]")
_START: Final = re.compile(r"^(?:[-+=](?=[\s=+-]|$)|\d{1,9}(?=[.)](?:\s|$)))")


def inert(text: str, limit: int = 400) -> str:
    """`text` on one line of at most `limit` characters, shown as it is in markdown and inside HTML elements."""
    told = _MARKS.sub(_reference, shorten(text, limit))
    for pattern, instead in _JOINS:
        told = pattern.sub(instead, told)
    return _START.sub(lambda match: f"{match[0][:-1]}{_reference(match[0][-1])}", told)


def code(text: str, limit: int = 120) -> str:
    """`text` in code style, fit for a table cell; without that style where it holds what would end it or call on."""
    told = shorten(text, limit)
    return inert(told, limit) if _NO_CODE.search(told) else f"`{told}`" if told else ""


def stamp(text: str, limit: int = 400) -> str:
    """`text` as `inert`, its digests in code style, which the second reading leaves alone; fit for running text."""
    parts = _DIGEST.split(shorten(text, limit))
    return "".join(f"`{part}`" if at % 2 else _between(part, limit) for at, part in enumerate(parts))


def _between(text: str, limit: int) -> str:
    """`text` as `inert`, with the spaces around it."""
    bare = text.strip(" ")
    return text.replace(bare, inert(bare, limit)) if bare else text


def place(where: Place) -> str:
    """`policies/cost.yaml:12`, in code style."""
    return code(f"{shorten(where.file, 100)}:{where.line}")


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """A table of cells that are markup already; the first `left` columns flush left, the others flush right."""
    rules = [":--"] * left + ["--:"] * (len(head) - left)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rules, *rows))


def bullets(lines: Sequence[str]) -> str:
    """A list of markup."""
    return "\n".join(f"- {line}" for line in lines)


def folded(summary: str, inside: Sequence[str]) -> str:
    """A section that opens on a click; empty lines around what is inside make GitHub read it as markdown."""
    return "\n\n".join([f"<details><summary>{summary}</summary>", *inside, "</details>"])


def _reference(match: re.Match[str] | str) -> str:
    return f"&#{ord(match if isinstance(match, str) else match[0])};"
