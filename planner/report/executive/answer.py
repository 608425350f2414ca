"""The answer in plain words: what to tune, how, on which data and machine, at what cost and in what time."""

from typing import Final

from planner.outcome import Configuration
from planner.outcome.settings_words import swept_words, value_words
from planner.report.names import clean, shorten
from planner.report.sections.rows import method_text
from planner.units import duration, usd

_METHODS: Final = {
    "lora": ("LoRA", "only small added matrices are trained"),
    "qlora": ("QLoRA", "only small added matrices are trained, beside a model held in 4 bits"),
    "full": ("full fine-tuning", "every weight is trained"),
}
"""What people call a method, and half a sentence on what it does; others keep their own name."""
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
    return f"{told}: about {usd(c.cost_usd)} and {duration(c.hours)} from request to finished artifact."


def _method(c: Configuration) -> str:
    own = str(c.method.get("name", "?"))
    if own not in _METHODS:
        return method_text(c.method)
    name, does = _METHODS[own]
    settings = method_text(c.method).removeprefix(own).strip().replace("r ", "rank ", 1)
    return f"{name}{f', {settings}' if settings else ''} ({does})"


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
