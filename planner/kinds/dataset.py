"""The scenario's data as the estimates need it, and what a plan says about where its lengths come from."""

from planner.estimate.bands import TOKENISED_SD, TOKENS_SD
from planner.estimate.lengths import Lengths
from planner.outcome import Source
from planner.scenario.blocks import Dataset, TokensPerSample
from planner.space.dataset import Measured
from planner.space.dataset_rows import END_TOKENS, MESSAGE_TOKENS
from planner.space.dataset_tokens import BYTES_PER_TOKEN
from planner.traffic.lengths import TYPICAL_SIGMA
from planner.units import compact, share_text

Row = tuple[str, str, str, str]
"""Key, value, evidence and note of an assumption."""


def dataset_lengths(dataset: Dataset, measured: Measured | None) -> Lengths:
    """Lengths of the samples: through the numbers of the scenario, or as its file has them."""
    tokens = dataset.tokens_per_sample
    if isinstance(tokens, TokensPerSample):
        return Lengths.from_numbers(tokens.mean, tokens.p95)
    if tokens is not None or measured is None:
        return Lengths.from_numbers(tokens or 1.0, None)
    sd = TOKENS_SD if measured.by == "bytes" else TOKENISED_SD
    return Lengths.from_counts(measured.lengths, measured.rows, sd)


def dataset_assumptions(dataset: Dataset, measured: Measured | None) -> list[Row]:
    """How the lengths came about."""
    if measured is not None:
        return _measured(dataset, measured)
    tokens = dataset.tokens_per_sample
    if isinstance(tokens, TokensPerSample) and tokens.p95 is not None:
        shape, note = "lognormal through mean and p95", "the shape between the two is assumed"
    else:
        shape, note = f"lognormal, spread {TYPICAL_SIGMA}", "give p95 to replace the typical spread"
    return [("dataset.tokens_per_sample", shape, "E", note)]


def dataset_sources(measured: Measured | None) -> list[Source]:
    """The data file and its tokenizer, by their digests."""
    if measured is None:
        return []
    files = [("training data" if measured.form else "lengths of the training data", measured.path, measured.digest)]
    if measured.tokenizer:
        files.append(("tokenizer", measured.tokenizer, measured.tokenizer_digest))
    return [Source(what=what, source=f"{path}, SHA-256 {digest}", as_of="") for what, path, digest in files]


def _measured(dataset: Dataset, m: Measured) -> list[Row]:
    how, tag, note = {
        "lengths": ("counted by you", "U", "other models' tokenizers cut differently"),
        "tokenizer": (f"counted with {m.tokenizer}", "R", "other models' tokenizers cut differently"),
        "bytes": (f"estimated from bytes, {BYTES_PER_TOKEN:g} per token", "E", "name a tokenizer to narrow the bands"),
    }[m.by]
    value = (
        f"{how}: {m.samples:,} samples, {compact(m.tokens)} tokens, mean {m.mean:,.0f}, p95 {m.p95:,.0f}, "
        f"longest {m.lengths[-1]:,.0f}"
    )
    rows = [("dataset.lengths", value, tag, note)]
    if m.empty:
        rows.append(("dataset.empty", f"{m.empty:,} rows left out", "R", "they hold no text"))
    if m.completion_share is not None:
        form = m.form.replace("_", " and ")
        template = f"{MESSAGE_TOKENS + END_TOKENS} per message" if m.form == "chat" else f"{END_TOKENS} per sample"
        rows.append(("dataset.template", f"{template} ({form})", "E", "what a chat template or an end token adds"))
        if "completion_share" not in dataset.model_fields_set:
            what = {"chat": "answers of the assistant", "text": "all of the text"}.get(m.form, "completions")
            rows.append(("dataset.completion_share", share_text(m.completion_share, 1), "R", f"measured: {what}"))
    return rows
