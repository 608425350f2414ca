"""The answer in plain words: what to tune, how, on which data and machine, at what cost and in what time."""

from typing import Final

from planner.outcome import Configuration
from planner.outcome.method_words import rank_words
from planner.outcome.settings_words import swept_words, value_words
from planner.report.names import clean, shorten
from planner.report.sections.rows import method_text
from planner.report.sections.wording import outlay

_METHODS: Final = {
    "lora": "only small added matrices are trained",
    "qlora": "only small added matrices are trained, beside a model held in 4 bits",
    "lora-8bit": "only small added matrices are trained, beside a model held in 8 bits",
    "dora": "only small added matrices and the lengths of the weights are trained",
    "full": "every weight is trained",
}
"""Half a sentence on what a method does; of others nothing is told."""
_FULL: Final = "full fine-tuning"
_TOLD: Final = frozenset(
    {"method.rank", "method.targets", "method.precision", "dataset.share", "train.max_seq_len", "train.epochs"}
)
"""Axes that the sentence tells in words of its own."""
_SPOT: Final = "as a spot machine (cheaper, but it may be taken away)"


def answer(c: Configuration) -> str:
    """`Fine-tune qwen3-8b with LoRA, rank 16 (…), on 8 h100-sxm cards at gcp in europe-north1: about $4.43 …`."""
    region = "" if c.offer.region in ("any", "") else f" in {shorten(c.offer.region, 40)}"
    where = f"{_cards(c)} at {shorten(c.offer.seller, 40)}{region}"
    settings = shorten(swept_words(c, _TOLD), 80)
    parts = [
        f"Fine-tune {shorten(c.model, 40)} with {_method(c)}",
        _data(c),
        settings and f"with {settings}",
        f"on {where}",
        _SPOT if c.offer.tier == "spot" else clean(c.offer.tier.replace("_", " ")),
    ]
    told = ", ".join(filter(None, parts))
    return f"{told}: {outlay(c.cost_usd, c.hours)}."


def _method(c: Configuration) -> str:
    """`LoRA, rank 16 (only small added matrices are trained)`."""
    own, rank = str(c.method.get("name", "?")), rank_words(c.method)
    first, *settings = method_text(c.method).split(" ")
    told = [f"rank {rank[1:]}" if one == rank else one for one in settings]
    name = ", ".join(filter(None, [_FULL if own == "full" else first, " ".join(told)]))
    return f"{name} ({_METHODS[own]})" if own in _METHODS else name


def _data(c: Configuration) -> str:
    """How much of the data, where samples are cut and for how long, as far as the scenario leaves that open."""
    share, length = c.axes.get("dataset.share"), c.axes.get("train.max_seq_len")
    told = []
    if isinstance(share, int | float):
        told.append("on all of the data" if share == 1 else f"on {value_words(100 * share)} % of the data")
    if isinstance(length, int | float):
        told.append(f"{'samples' if told else 'with samples'} cut at {length:,.0f} tokens")
    epochs = c.axes.get("train.epochs")
    if isinstance(epochs, int | float):
        told.append(f"for {value_words(epochs)} epoch{'' if epochs == 1 else 's'}")
    return ", ".join(told)


def _cards(c: Configuration) -> str:
    """`8 h100-sxm cards`, `2 machines of 8 h100-sxm cards each`."""
    h = c.hardware
    cards = f"{h.count} {shorten(h.gpu, 40)} card{'' if h.count == 1 else 's'}"
    return cards if h.nodes == 1 else f"{h.nodes} machines of {cards}{'' if h.count == 1 else ' each'}"
