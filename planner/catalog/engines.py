"""Serving engines: their generations, what they are called, and how they use a card (DOMAIN 9.1)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

VERSION: Final = re.compile(r"\d{1,9}(?:\.\d{1,9})*")
"""A version as it is printed: 0.17, 1.0."""
UNKNOWN: Final = "other"
"""Id of the entry for engines that are not named, or not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One generation of a serving engine."""

    id: str
    aliases: tuple[str, ...]
    """Other names of it."""
    family: str
    """Word that printed names of all its generations hold, in small letters."""
    since: tuple[int, ...]
    """Oldest version that is taken for it: (0, 17) for 0.17."""
    speed_prior: float
    """Multiplier on tokens per second before any row was looked at; `Calibration` has the one in use."""
    speed_sd: float
    """Spread of that on ln."""
    step_s: float
    """What a step costs once, whatever the model."""
    of_card: float
    """Share of a card's usable memory that the engine may fill."""
    of_free: float
    """Share of what weights leave of that which it gives to the KV cache."""
    reserve_gib: float
    """Memory of a card that neither weights nor cache may use: activations, graphs, buffers."""
    most_sequences: float
    """Sequences that it decodes at a time at most."""
    static: bool
    """Batches run to their last answer before the next is taken; others let requests in at every step."""
    attention_by_sequence: bool
    """Cards of a mixture share out sequences, not heads (attention data parallelism): weights of attention are copied
    and tokens gathered, which takes the memory `serving.mixture_reserve_gib`."""
    tag: str
    source: str


@dataclass(frozen=True, slots=True)
class EngineSupport:
    """One line of the table."""

    vendor: str
    min_cc: float
    """Lowest NVIDIA compute capability; NaN for other vendors."""
    max_cc: float
    architectures: tuple[str, ...]
    """Of other vendors; empty for NVIDIA."""
    families: tuple[str, ...]
    """Families of engines."""
    precisions: tuple[str, ...]
    weight_only: bool
    """Weights are kept so and computed in 16 bit; keys and values stay in 16 bit."""


def version_of(printed: str) -> tuple[int, ...]:
    """The first version in a text, (0, 17) for `TensorRT-LLM 0.17`; empty where there is none."""
    found = VERSION.search(printed)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def printed_engine(engines: Sequence[Engine], printed: str) -> Engine | None:
    """The engine that a printed name and version mean: `TensorRT-LLM 0.14 (Triton)`, `vLLM`, `hf generate`.

    The newest generation that is not newer than the version; the newest of all where no version is printed, and the
    oldest where all are newer. None for a family that is not known.
    """
    words = printed.strip().lower()
    named = [engine for engine in engines if words in (engine.id, *engine.aliases)]
    family = named or [engine for engine in engines if engine.family in words]
    if named or not family:
        return named[0] if named else None
    version = version_of(words.partition(family[0].family)[2])
    past = [engine for engine in family if not version or engine.since <= version]
    return max(past, key=lambda engine: engine.since) if past else min(family, key=lambda engine: engine.since)


def runs_on(
    support: Iterable[EngineSupport], family: str, precision: str, vendor: str, architecture: str, capability: float
) -> EngineSupport | None:
    """The line by which engines of a family serve a precision on a card; None where they do not."""
    for line in support:
        if line.vendor != vendor or family not in line.families or precision not in line.precisions:
            continue
        if architecture in line.architectures or line.min_cc <= capability <= line.max_cc:
            return line
    return None
