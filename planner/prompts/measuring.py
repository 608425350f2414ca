"""A file of prompts measured: how long they are, what their tokens are spent on, what repeats, what could go."""

from collections import Counter as Tally
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.errors import InputError
from planner.prompts.counting import Counter
from planner.prompts.options import Option, options, shared_tokens
from planner.prompts.parts import Splitter
from planner.prompts.prompt import KINDS, Kind, Parts, Prompt
from planner.prompts.reading import prompts_of
from planner.prompts.repeats import again, beginnings, digest_of, pieces_of, sent
from planner.prompts.sample import Sample

BATCH_CHARACTERS: Final = 2**20
MOST_DIGESTS: Final = 2**20
"""Different prompts that are remembered; later ones are not known when they come again."""
SHOWN_BLOCKS: Final = 5


@dataclass(frozen=True, slots=True)
class Lengths:
    """Tokens of all prompts of the file."""

    prompts: int
    total: float
    mean: float
    p50: float
    p95: float
    most: float
    answer_mean: float
    """Of what came back; NaN where the file does not say."""
    repeats: int
    """Prompts that came before, word for word."""
    all_known: bool
    """Whether every prompt was remembered; else there may be more repeats."""


@dataclass(frozen=True, slots=True)
class Share:
    """What the tokens of one kind come to."""

    kind: Kind
    tokens: float
    """Per prompt on average."""
    share: float
    prompts: int
    """Prompts of the sample that have any."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block that is sent again and again."""

    text: str
    times: int
    """How often it came again."""
    tokens: float
    """Of one of them."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a file of prompts holds; all but `lengths` is of the sample."""

    lengths: Lengths
    sampled: int
    step: int
    exact: bool
    """Counted by a tokenizer; else estimated from bytes."""
    shares: tuple[Share, ...]
    template_tokens: float
    efficiency: float
    """Question and context as a share of all tokens."""
    common_tokens: float
    """What all prompts begin with."""
    shared_tokens: float
    """What a prompt begins with as another one does, on average."""
    repeated_tokens: float
    """Of blocks that came before, per prompt on average."""
    repeated_share: float
    blocks: tuple[Block, ...]
    options: tuple[Option, ...]


def measure(path: Path, counter: Counter) -> Measured:
    """Measure all prompts of a file or folder; raises InvalidInput with everything that is wrong with it."""
    sample = Sample()
    lengths = _lengths(prompts_of(path), counter, sample)
    splitter = Splitter.of(sample.prompts)
    parts = [splitter.split(prompt) for prompt in sample.prompts]
    tokens = counter.parts(parts)
    total = float(sum(one.sum() for one in tokens))
    if total <= 0.0:
        message = f"{path}: the tokenizer finds no token in it"
        raise InputError(message)
    shares = tuple(_shares(parts, tokens, total))
    repeated, blocks = _repeated(parts, counter)
    texts = [sent(one) for one in parts]
    both = len(parts) > 1
    return Measured(
        lengths=lengths,
        sampled=len(parts),
        step=sample.step,
        exact=counter.exact,
        shares=shares,
        template_tokens=float(np.mean([sum(part.framing for part in one) for one in parts])),
        efficiency=sum(one.share for one in shares if one.kind in ("question", "context")),
        common_tokens=float(counter.texts([beginnings(texts).common])[0]) if both else 0.0,
        shared_tokens=float(shared_tokens(counter, parts).mean()) if both else 0.0,
        repeated_tokens=repeated / len(parts),
        repeated_share=repeated / total,
        blocks=tuple(blocks),
        options=tuple(options(counter, parts, lengths.repeats / lengths.prompts)),
    )


def _lengths(prompts: Iterator[Prompt], counter: Counter, sample: Sample) -> Lengths:
    """Count every prompt; those of the sample are kept."""
    sizes: Tally[int] = Tally()
    known: set[bytes] = set()
    total = answers = 0.0
    answered = repeats = 0
    for batch in _batches(prompts):
        for prompt in batch:
            sample.add(prompt)
            digest = digest_of("\0".join(f"{one.role}\0{one.text}" for one in prompt.messages))
            repeats += digest in known
            if len(known) < MOST_DIGESTS:
                known.add(digest)
        ends = np.cumsum([0] + [len(prompt.messages) for prompt in batch])
        texts = counter.texts([message.text for prompt in batch for message in prompt.messages])
        framing = [message.framing for prompt in batch for message in prompt.messages]
        tokens = np.add.reduceat(texts + framing, ends[:-1])
        total += float(tokens.sum())
        sizes.update(np.maximum(1, np.rint(tokens)).astype(np.int64).tolist())
        replies = [prompt.answer for prompt in batch if prompt.answer]
        answers += float(counter.texts(replies).sum()) if replies else 0.0
        answered += len(replies)
    number = sizes.total()
    return Lengths(
        prompts=number,
        total=total,
        mean=total / number,
        p50=_quantile(sizes, 0.5),
        p95=_quantile(sizes, 0.95),
        most=float(max(sizes)),
        answer_mean=answers / answered if answered else float("nan"),
        repeats=repeats,
        all_known=len(known) < MOST_DIGESTS,
    )


def _batches(prompts: Iterator[Prompt]) -> Iterator[list[Prompt]]:
    batch: list[Prompt] = []
    size = 0
    for prompt in prompts:
        batch.append(prompt)
        size += prompt.characters + len(prompt.answer)
        if size > BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _quantile(sizes: Tally[int], share: float) -> float:
    """The least length that this share of the prompts does not exceed."""
    lengths = sorted(sizes)
    reached = np.cumsum([sizes[length] for length in lengths])
    return float(lengths[int(np.searchsorted(reached, share * reached[-1]))])


def _shares(parts: Sequence[Parts], tokens: Sequence[Floats], total: float) -> Iterator[Share]:
    for kind in KINDS:
        mine = [float(size[[part.kind == kind for part in one]].sum()) for one, size in zip(parts, tokens, strict=True)]
        if any(mine):
            yield Share(kind, sum(mine) / len(parts), sum(mine) / total, sum(size > 0 for size in mine))


def _repeated(parts: Sequence[Parts], counter: Counter) -> tuple[float, list[Block]]:
    """Tokens of all blocks that came before, and the blocks that cost most."""
    known: set[bytes] = set()
    runs: Tally[str] = Tally()
    for one in parts:
        pieces = pieces_of(sent(one))
        flags = again(pieces, known)
        for old, run in groupby(zip(pieces, flags, strict=True), key=lambda pair: pair[1]):
            if old:
                runs["".join(piece for piece, _ in run)] += 1
    texts = list(runs)
    if not texts:
        return 0.0, []
    tokens = counter.texts(texts)
    times = np.array([runs[text] for text in texts], np.float64)
    dearest = np.argsort(-tokens * times, kind="stable")[:SHOWN_BLOCKS].tolist()
    return float(tokens @ times), [Block(texts[i], runs[texts[i]], float(tokens[i])) for i in dearest]
