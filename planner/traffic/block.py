"""Some rows of a log as columns, and how written values become them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.catalog.rows import Floats
from planner.traffic.times import Micros

Keys = NDArray[np.uint64]
"""64-bit hashes of names; 0 where there is none."""
Codes = NDArray[np.int32]
MOST_NAMES: Final = 10_000
"""Names of tenants or models that are told apart; what comes later counts as others."""
LONGEST_NAME: Final = 100
OTHERS, NOBODY = 0, 1
"""Codes of names beyond `MOST_NAMES`, and of none."""
_KEY_BYTES: Final = 64
_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Block:
    """Rows whose time and tokens can be used, in the order of the file. Optional columns are None where absent."""

    lines: NDArray[np.int64]
    times: Micros
    input_tokens: Floats
    """NaN where the cell is blank."""
    output_tokens: Floats
    cached_tokens: Floats | None
    latency_s: Floats | None
    ttft_s: Floats | None
    failed: NDArray[np.int8] | None
    """1 failed, 0 succeeded, -1 unknown."""
    prompts: Keys | None
    conversations: Keys | None
    users: Keys | None
    tenants: Codes | None
    models: Codes | None


class Names(dict[str, int]):
    """Name → code, in the order of appearance; a bounded number of them."""

    def __init__(self) -> None:
        super().__init__({"": NOBODY})

    def __missing__(self, name: str) -> int:
        """The code of a name that is new; long ones are cut."""
        short = name.strip()[:LONGEST_NAME]
        if short in self:
            return self[short]
        if len(self) > MOST_NAMES:
            return OTHERS
        code = self[short] = len(self) + 1
        return code


def keys_of(names: Sequence[str]) -> Keys:
    """64-bit hashes of names, the same in every run; 0 for the empty name.

    A multiplicative hash of the first 64 bytes of UTF-8, finished as in splitmix64; longer names go through BLAKE2
    first. Among 10⁷ names two have the same hash with a chance of about 3 in a million.
    """
    encoded = [name.encode("utf-8", "surrogatepass") for name in names]
    if max(map(len, encoded), default=0) > _KEY_BYTES:
        encoded = [b if len(b) <= _KEY_BYTES else blake2b(b, digest_size=32).hexdigest().encode() for b in encoded]
    words = np.array(encoded, dtype=f"S{_KEY_BYTES}").view(np.uint64).reshape(len(names), -1)
    found = np.zeros(len(names), dtype=np.uint64)
    for word in words.T:
        found ^= word
        found *= _PRIME
        found ^= found >> np.uint64(29)
    found *= np.uint64(0xBF58476D1CE4E5B9)
    found ^= found >> np.uint64(32)
    return np.where(words.any(axis=1), np.maximum(found, np.uint64(1)), np.uint64(0))


def numbers(written: Sequence[object], bad: Callable[[int, str], None]) -> Floats:
    """The numbers that are written, NaN for blanks; `bad` is called with the place and why of what is none."""
    try:
        found = np.fromiter(map(float, written), np.float64, len(written))  # type: ignore[arg-type]
        if np.isfinite(found).all():
            return found
    except (TypeError, ValueError, OverflowError):
        pass
    return np.fromiter((_number(value, i, bad) for i, value in enumerate(written)), np.float64, len(written))


def _number(value: object, place: int, bad: Callable[[int, str], None]) -> float:
    if value is None or (isinstance(value, str) and value.strip().lower() in ("", "null", "none", "nan", "-")):
        return np.nan
    try:
        found = float(value) if isinstance(value, str | int | float) else np.nan
    except (ValueError, OverflowError):
        found = np.nan
    if not np.isfinite(found):
        bad(place, "is no number")
        return np.nan
    return found
