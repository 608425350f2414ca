"""Foreign text made plain before it goes to another system, a terminal or the log of a workflow."""

import unicodedata
from collections.abc import Iterable
from typing import Any, Final

_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_BREAKS: Final = frozenset("\t\n\r\v\f\u2028\u2029")
_GAP: Final = "\u200b"
_SHORTEST_SECRET: Final = 4
_LONGEST_DATA: Final = 500


def plain(text: str, limit: int = 200) -> str:
    """`text` on one line of at most `limit` characters, without control characters and direction overrides."""
    text = text[: 20 * limit]  # what is cut away anyway need not be looked at
    kept = [" " if char in _BREAKS else char for char in text if char in _BREAKS or _may_stay(char)]
    line = " ".join("".join(kept).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def for_log(text: str) -> str:
    """`text`, line by line unable to give a command to a terminal or to the workflow whose log it stands in."""
    lines = ["".join(char for char in line if char == "\t" or _may_stay(char)) for line in text.splitlines()]
    return "\n".join(_no_command(line) for line in lines)


def redacted(text: str, secrets: Iterable[str]) -> str:
    """`text` with every secret in it, of four characters or more, as ***."""
    for secret in sorted({s for s in secrets if len(s) >= _SHORTEST_SECRET}, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _no_command(line: str) -> str:
    """Runners obey `::name …` at the start of a line, blanks before it not counted, and `##[name]` anywhere."""
    line = line.replace("##[", f"##{_GAP}[")
    return line.replace("::", f":{_GAP}:", 1) if line.lstrip().startswith("::") else line


def _may_stay(char: str) -> bool:
    return char not in _BIDI and unicodedata.category(char) not in {"Cc", "Cs", "Cn"}


def tidy(data: dict[str, Any]) -> dict[str, Any]:
    """The data with all texts in it plain: templates may put them anywhere."""
    return {name: _tidy_value(value) for name, value in data.items()}


def _tidy_value(value: object) -> object:
    if isinstance(value, str):
        return plain(value, _LONGEST_DATA)
    if isinstance(value, list):
        return [_tidy_value(item) for item in value]
    return tidy(value) if isinstance(value, dict) else value
