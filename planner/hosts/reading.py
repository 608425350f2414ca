"""A check.json read back, however it got here; what is not one is said plainly."""

from pathlib import Path
from typing import Final

from pydantic import ValidationError

from planner.errors import InputError
from planner.hosts.plain import plain
from planner.outcome import Check

MAX_BYTES: Final = 64 * 2**20
"""A check of a thousand scenarios stays below this."""
MAX_TEXT_BYTES: Final = 4 * 2**20


def read_check(path: Path) -> Check:
    """The check in a check.json, or in the folder that holds one."""
    file = path / "check.json" if path.is_dir() else path
    content = _bytes(file, MAX_BYTES, "; `planner check --out DIR` writes a check.json")
    try:
        return Check.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        at = f"{plain(where, 100)}: " if where else ""
        message = f"{file}: no check of this version ({at}{plain(first['msg'])}); `planner check --out DIR` writes one"
        raise InputError(message) from None


def read_text(file: Path) -> str:
    """The text of a file."""
    try:
        return _bytes(file, MAX_TEXT_BYTES, "").decode("utf-8")
    except UnicodeDecodeError:
        message = f"{file}: no text in UTF-8"
        raise InputError(message) from None


def _bytes(file: Path, most: int, advice: str) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(most + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"{file}: {reason}{advice}"
        raise InputError(message) from error
    if len(content) > most:
        message = f"{file}: more than {most // 2**20} MiB, too large"
        raise InputError(message)
    return content
