"""Markdown that somebody else made, cut to a length without breaking what it stands in."""

from typing import Final

_NOTE: Final = "\n\n*Cut here: a comment holds no more. The summary of the job has it whole.*\n"
_FENCES: Final = ("```", "~~~")


def cut(text: str, limit: int) -> str:
    """`text` in at most `limit` bytes of UTF-8: whole lines, open fences and details closed, and a note at the end."""
    if len(text.encode()) <= limit:
        return text
    lines, size = [], 0
    for line in text.splitlines():
        size += len(line.encode()) + 1
        if size > limit:
            break
        lines.append(line)
    while lines:
        end = _closing(lines) + _NOTE
        if len("\n".join(lines).encode()) + len(end.encode()) <= limit:
            return "\n".join(lines) + end
        lines.pop()
    return _NOTE.strip().encode()[:limit].decode()


def _closing(lines: list[str]) -> str:
    """What closes the elements that are open after these lines."""
    fence, details = "", 0
    for line in lines:
        start = line.lstrip()
        if fence:
            if start.startswith(fence) and not start.strip(fence[0]).strip():
                fence = ""
        elif start.startswith(_FENCES):
            fence = start[: len(start) - len(start.lstrip(start[0]))]
        else:
            details = max(0, details + line.count("<details") - line.count("</details>"))
    return (f"\n{fence}" if fence else "") + "\n\n</details>" * details
