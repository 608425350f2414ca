"""Tokens of texts, a batch at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.prompts.prompt import Parts
from planner.space.dataset_tokens import BYTES_PER_TOKEN, Count

FEWEST_BYTES, MOST_BYTES = 3.5, 4.5
"""UTF-8 bytes of a token of English and code: the ends of what `dataset_tokens.BYTES_PER_TOKEN` stands in [E]."""
ESTIMATE_LOW: Final = BYTES_PER_TOKEN / MOST_BYTES
ESTIMATE_HIGH: Final = BYTES_PER_TOKEN / FEWEST_BYTES


@dataclass(frozen=True, slots=True)
class Counter:
    """Counts tokens, with a tokenizer or by bytes."""

    count: Count
    exact: bool
    """Whether a tokenizer cut the texts; else the band of the estimate applies."""

    def texts(self, texts: Sequence[str]) -> Floats:
        """(texts,) tokens of each, no template around it; what stands on either side of a NUL is counted apart."""
        apart = [[(piece, False) for piece in text.split("\0")] for text in texts]
        return np.array([tokens for tokens, _ in self.count(apart)], np.float64)

    def parts(self, prompts: Iterable[Parts]) -> list[Floats]:
        """For each prompt, (parts,) tokens of its parts with their template tokens."""
        every = list(prompts)
        sizes = self.texts([part.text for parts in every for part in parts])
        framing = np.array([part.framing for parts in every for part in parts], np.float64)
        ends = list(accumulate(map(len, every)))
        return np.split(sizes + framing, ends[:-1]) if every else []

    def prompts(self, prompts: Iterable[Parts]) -> Floats:
        """(prompts,) tokens of each, template included."""
        return np.array([tokens.sum() for tokens in self.parts(prompts)], np.float64)
