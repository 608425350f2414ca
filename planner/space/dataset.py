"""The training data of a scenario: checked, and where it is a file, counted."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from planner.catalog.rows import Floats
from planner.scenario.blocks import Dataset, TokensPerSample
from planner.source import Problem
from planner.space.dataset_jsonl import Samples, count_samples
from planner.space.dataset_lengths import count_lengths
from planner.space.dataset_lines import Broken, DataFile
from planner.space.dataset_places import NamedFileError, Places
from planner.space.dataset_tokens import Count, from_bytes, with_tokenizer

Complain = Callable[[tuple[str | int, ...], str, str | None], None]
HEAVIEST_TAIL = 3.86
"""exp(z^2/2) for the 95 % quantile: no lognormal has a larger ratio of p95 to mean."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a data file turned out to hold."""

    by: Literal["lengths", "bytes", "tokenizer"]
    """How its tokens were counted: given as lengths, estimated from bytes, or cut by a tokenizer."""
    path: str
    """The file, from the root of its repository."""
    digest: str
    form: str
    """Format of its rows; empty for a file of lengths."""
    lengths: Floats
    """Different lengths in tokens, ascending."""
    rows: Floats
    """Samples of each length."""
    completion_share: float | None
    """Share of the tokens that is learned from; None where the file does not say."""
    empty: int
    """Rows that hold no text and were left out."""
    tokenizer: str = ""
    tokenizer_digest: str = ""

    @property
    def samples(self) -> int:
        """Samples with at least one token."""
        return int(self.rows.sum())

    @property
    def tokens(self) -> float:
        """Tokens of all samples, templates included."""
        return float(self.lengths @ self.rows)

    @property
    def mean(self) -> float:
        """Mean length in tokens."""
        return self.tokens / self.samples

    @property
    def p95(self) -> float:
        """Length that 95 % of the samples do not exceed."""
        return float(self.lengths[np.searchsorted(np.cumsum(self.rows), 0.95 * self.samples)])


def check_dataset(dataset: Dataset, report: Complain, warn: Complain) -> None:
    """Exactly one source of lengths, and numbers that can be."""
    given = dataset.model_fields_set & {"samples", "tokens_per_sample"}
    files = [key for key in ("lengths", "file") if getattr(dataset, key) is not None]
    if len(files) == 2:
        report(("dataset", "lengths"), "both a file of lengths and the data itself are given", "keep one of the two")
    for name in sorted(given) if files else ():
        report(
            ("dataset", name), f"both {name} and a file are given",
            f"the file says how many samples there are and how long; remove {name} or {files[0]}",
        )  # fmt: skip
    if not files and len(given) < 2:
        missing = " and ".join(sorted({"samples", "tokens_per_sample"} - given))
        report(
            ("dataset",), f"the dataset has no {missing}",
            "give samples and tokens_per_sample, or a file of lengths (lengths: …), or the data itself (file: …)",
        )  # fmt: skip
    for name in ("tokenizer", "format"):
        if name in dataset.model_fields_set and dataset.file is None:
            report(("dataset", name), f"{name} does nothing without a data file", "it belongs to `file: ….jsonl`")
    _check_tail(dataset, report, warn)


def _check_tail(dataset: Dataset, report: Complain, warn: Complain) -> None:
    """A 95th percentile that no lognormal with this mean has."""
    tokens = dataset.tokens_per_sample
    if not isinstance(tokens, TokensPerSample) or tokens.p95 is None:
        return
    path = ("dataset", "tokens_per_sample", "p95")
    if tokens.p95 < tokens.mean:
        message = f"p95 ({tokens.p95:g}) lies below the mean ({tokens.mean:g})"
        report(path, message, "95 % of the samples are shorter than p95")
    elif tokens.p95 > HEAVIEST_TAIL * tokens.mean:
        most = HEAVIEST_TAIL * tokens.mean
        warn(path, f"p95 is over {HEAVIEST_TAIL:g} times the mean; the tail is planned as {most:,.0f}", None)


def measure(dataset: Dataset, places: Places, report: Complain, broken: list[Problem]) -> Measured | None:
    """What the dataset's file holds; None where there is none, or where it has problems, which are told.

    Problems with the scenario go to `report`, those with lines of the file to `broken`.
    """
    key = "file" if dataset.file is not None else "lengths" if dataset.lengths is not None else None
    if key is None or (dataset.file is not None and dataset.lengths is not None):
        return None
    tokenizer: tuple[Count, str, str] | None = None
    at = key
    try:
        place = places.find(dataset, key)
        if key == "file" and dataset.tokenizer is not None:
            at = "tokenizer"
            tokenizer = _tokenizer(dataset, places)
    except NamedFileError as error:
        report(("dataset", at), error.message, error.hint)
        return None
    found = Broken(place.shown)
    measured = _count(dataset, DataFile(place.path, found), place.name, found, tokenizer)
    broken += found.problems()
    return measured


def _tokenizer(dataset: Dataset, places: Places) -> tuple[Count, str, str]:
    place = places.find(dataset, "tokenizer")
    count = with_tokenizer(place.path, str(dataset.tokenizer))
    return count, place.name, hashlib.sha256(place.path.read_bytes()).hexdigest()


def _count(
    dataset: Dataset, file: DataFile, name: str, broken: Broken, tokenizer: tuple[Count, str, str] | None
) -> Measured | None:
    """The counts of a file, or None where it is broken or empty."""
    samples: Samples | None = None
    if dataset.file is None:
        counts = count_lengths(file, broken)
    else:
        form = None if dataset.format == "auto" else dataset.format
        samples = count_samples(file, broken, form, tokenizer[0] if tokenizer else from_bytes)
        counts = samples.lengths
    if broken.count or broken.whole:
        return None
    if not counts:
        said = f"all {samples.empty:,} rows are without text" if samples and samples.empty else "holds no sample"
        broken.file(
            said,
            "rows hold messages, prompt and completion, or text"
            if samples
            else "write one whole number of tokens per line",
        )
        return None
    if samples is not None and samples.learned <= 0:
        broken.file("has nothing to learn from: no assistant ever answers", "a chat needs messages of role assistant")
        return None
    lengths = np.array(sorted(counts), np.float64)
    by: Literal["lengths", "bytes", "tokenizer"] = "tokenizer" if tokenizer else "bytes" if samples else "lengths"
    return Measured(
        by=by,
        path=name,
        digest=file.digest,
        form=(samples.form or "") if samples else "",
        lengths=lengths,
        rows=np.array([counts[int(length)] for length in lengths], np.float64),
        completion_share=min(1.0, samples.learned / samples.tokens) if samples else None,
        empty=samples.empty if samples else 0,
        tokenizer=tokenizer[1] if tokenizer else "",
        tokenizer_digest=tokenizer[2] if tokenizer else "",
    )


def measured_settings(dataset: Dataset, measured: Measured | None) -> dict[str, float]:
    """Settings of the recipes that the file decides; what the scenario states wins."""
    if measured is None:
        return {}
    settings = {"dataset.samples": float(measured.samples)}
    if measured.completion_share is not None and "completion_share" not in dataset.model_fields_set:
        settings["dataset.completion_share"] = measured.completion_share
    return settings
