"""A file of lengths: one whole number of tokens per line, optionally with a count of samples after it."""

import re
from collections import Counter

from planner.space.dataset_lines import Broken, DataFile

LONGEST = 10_000_000
"""Most tokens a sample may have."""
MOST = 10**12
"""Most samples of one length."""
_LINE = re.compile(rb"\s*(\d{1,13})(?:\s*[,;\t ]\s*(\d{1,13}))?\s*")
_HEADER = re.compile(rb"\s*[A-Za-z_\"'][\w .\"'-]*(?:[,;\t][\w .\"'-]+)?\s*")
_HINT = "one whole number per line, optionally with a count after it: 412,3"


def count_lengths(file: DataFile, broken: Broken) -> Counter[int]:
    """Length in tokens → samples; problems go to `broken`."""
    found: Counter[int] = Counter()
    for first, lines in file.blocks():
        if first == 1 and lines[0].strip() and _LINE.fullmatch(lines[0]) is None and _HEADER.fullmatch(lines[0]):
            lines[0] = b""
        bad: dict[bytes, str] = {}
        for line, times in Counter(lines).items():
            read = _read(line)
            if isinstance(read, str):
                bad[line] = read
            elif read is not None:
                found[read[0]] += read[1] * times
        if bad:
            for number, line in enumerate(lines, first):
                if line in bad:
                    broken.line(number, bad[line], _HINT if bad[line].endswith("is no length") else None)
    return found


def _read(line: bytes) -> tuple[int, int] | str | None:
    """Length and count of a line, what is wrong with it, or None for a blank one."""
    match = _LINE.fullmatch(line)
    if match is None:
        return f"{_shown(line)} is no length" if line.strip() else None
    length, count = int(match[1]), int(match[2] or 1)
    if not 1 <= length <= LONGEST:
        return f"a sample has from 1 to {LONGEST:,} tokens, not {length:,}"
    if count > MOST:
        return f"{count:,} samples are too many for one line"
    return length, count


def _shown(line: bytes) -> str:
    text = line.strip().decode("utf-8", "replace")
    return repr(text if len(text) <= 40 else text[:39] + "…")
