"""What prompts have in common: the beginnings that a provider's cache finds again, and blocks anywhere in them."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final

from planner.prompts.prompt import Parts

LEAST_BLOCK: Final = 64
"""Characters of the shortest block that counts as repeated: anything less is a turn of phrase [E]."""
MOST_PIECES: Final = 20_000
"""Of one prompt; what lies beyond is not looked at."""
MOST_BLOCKS: Final = 2**20
"""Different blocks that are remembered; later ones are not known when they come again."""
RULES: Final = (
    f"a block is {LEAST_BLOCK} characters or more of whole lines or sentences; it is repeated where it came before, in "
    "this prompt or an earlier one"
)
_PIECE: Final = re.compile(r"[^\n\0]*?(?:[.!?][ \t]+|[\n\0])|[^\n\0]+\Z")


def pieces_of(text: str) -> list[str]:
    """Lines, and in them sentences, the last of very many with all that follows; they join to the text again."""
    found = [piece[0] for piece in islice(_PIECE.finditer(text), MOST_PIECES)]
    rest = text[sum(map(len, found)) :]
    return [*found, rest] if rest else found


def windows(pieces: Sequence[str]) -> Iterator[tuple[int, int, bytes]]:
    """Blocks: from each piece on the fewest that make one, and up to each; first, one past the last, digest."""
    bare = [" ".join(piece.split()) for piece in pieces[:MOST_PIECES]]
    sizes = list(map(len, bare))
    back = ((len(bare) - end, len(bare) - start) for start, end in _fewest(sizes[::-1]))
    for start, end in sorted({*_fewest(sizes), *back}):
        yield start, end, digest_of("\n".join(bare[start:end]))


def _fewest(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """From each piece that has a word, one past the last of the fewest that make a block."""
    end = size = 0
    for start, own in enumerate(sizes):
        while end < len(sizes) and size < LEAST_BLOCK:
            size += sizes[end]
            end += 1
        if size < LEAST_BLOCK:
            return
        if own:
            yield start, end
        size -= own


def digest_of(text: str) -> bytes:
    """What tells texts apart."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()


def marked(pieces: Sequence[str], known: set[bytes] | frozenset[bytes]) -> list[bool]:
    """Pieces that lie in a block that is known."""
    found = [False] * len(pieces)
    for start, end, digest in windows(pieces):
        if digest in known:
            found[start:end] = [True] * (end - start)
    return found


def again(pieces: Sequence[str], known: set[bytes]) -> list[bool]:
    """Pieces that lie in a block that is known or came earlier among them; all blocks become known."""
    found = [False] * len(pieces)
    for start, end, digest in windows(pieces):
        if digest in known:
            found[start:end] = [True] * (end - start)
        if len(known) < MOST_BLOCKS:
            known.add(digest)
    return found


@dataclass(frozen=True, slots=True)
class Beginnings:
    """How much of each prompt another one begins with, too."""

    common: str
    """What all begin with."""
    shared: tuple[str, ...]
    """For each prompt the longest beginning that another prompt has."""


def sent(parts: Parts) -> str:
    """A prompt as one text, a NUL between its messages."""
    return "".join(("\0" if part.framing and i else "") + part.text for i, part in enumerate(parts))


def beginnings(texts: Sequence[str]) -> Beginnings:
    """Longest common beginnings: in alphabetical order a neighbour has the longest one."""
    order = sorted(range(len(texts)), key=texts.__getitem__)
    longest = [0] * len(texts)
    for left, right in pairwise(order):
        size = alike(texts[left], texts[right])
        longest[left], longest[right] = max(longest[left], size), max(longest[right], size)
    common = alike(texts[order[0]], texts[order[-1]]) if len(texts) > 1 else 0
    return Beginnings(texts[0][:common] if texts else "", tuple(t[:n] for t, n in zip(texts, longest, strict=True)))


def alike(one: str, other: str) -> int:
    """Characters that two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def in_most(prompts: Iterable[Parts], share: float) -> frozenset[bytes]:
    """Blocks inside a part that at least this share of the prompts have, and at least two of them."""
    counts: dict[bytes, int] = {}
    number = 0
    for parts in prompts:
        number += 1
        for digest in {digest for part in parts for _, _, digest in windows(pieces_of(part.text))}:
            if digest in counts or len(counts) < MOST_BLOCKS:
                counts[digest] = counts.get(digest, 0) + 1
    return frozenset(digest for digest, count in counts.items() if count >= max(2.0, share * number))
