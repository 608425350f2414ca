"""Foreign text made safe and short enough to show on a terminal."""

import unicodedata

WINDOW = 100
"""Most columns of a source line that are shown."""

_QUOTED = 60
_ELLIPSIS = "…"


def visible(text: str) -> str:
    """`text` on one line, unable to drive a terminal: tabs as →, other invisible characters escaped."""
    if text.isprintable():
        return text
    return "".join(map(_visible_character, text))


def quoted(value: object) -> str:
    """A value from a document as Python writes it, invisible characters escaped, cut after 60 characters."""
    if not isinstance(value, str):
        return shortened(repr(value), _QUOTED)
    return repr(shortened(value, _QUOTED))


def shortened(text: str, limit: int) -> str:
    """`text`, or its first characters and an ellipsis: at most `limit` of them."""
    return text if len(text) <= limit else text[: limit - 1] + _ELLIPSIS


def excerpt(line: str, start: int, end: int) -> tuple[str, str]:
    """The part of a source line around the characters `start:end`, and a line of carets below them.

    At most `WINDOW` columns wide, whatever the line holds; East Asian wide characters count as two.
    """
    start = min(start, len(line))
    end = max(start, min(end, len(line)))
    left = visible(line[max(0, start - WINDOW) : start])
    mark = visible(line[start : min(end, start + WINDOW)])
    right = visible(line[end : end + WINDOW])
    if len(line) > WINDOW or _width(left + mark + right) > WINDOW:
        left, mark, right = _window(left, mark, right, (start > WINDOW, end - start > WINDOW, len(line) - end > WINDOW))
    carets = " " * _width(left) + "^" * max(1, _width(mark))
    return (left + mark + right).rstrip(), carets


def _window(left: str, mark: str, right: str, cut: tuple[bool, bool, bool]) -> tuple[str, str, str]:
    """The three parts cut to `WINDOW` columns together; `cut` says which ones were shortened before."""
    mark = _head(mark, WINDOW * 3 // 5, cut=cut[1])
    room = WINDOW - max(1, _width(mark))
    before = max(room // 2, room - _width(right) - 1)
    left = _head(left[::-1], before, cut=cut[0])[::-1]
    return left, mark, _head(right, room - _width(left), cut=cut[2])


def _head(text: str, columns: int, *, cut: bool) -> str:
    """The start of `text`, at most `columns` wide, ending in an ellipsis when something is left out."""
    if not cut and _width(text) <= columns:
        return text
    while text and _width(text) >= columns:
        text = text[:-1]
    return text + _ELLIPSIS


def _visible_character(character: str) -> str:
    if character == "\t":
        return "→"
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def _width(text: str) -> int:
    """Columns a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
