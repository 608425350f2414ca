"""Swept settings in words: `data share 0.728, epochs 2`."""

from typing import Any, Final

from planner.outcome.configuration import Configuration
from planner.units import significant

_SHORT: Final = {
    "max_seq_len": "length", "global_batch_size": "batch", "share": "data share",
    "micro_batch_size": "micro-batch",
}  # fmt: skip
BY_METHOD: Final = frozenset({"method.rank"})
"""What the words for a method say already."""


def setting_words(path: str, value: Any) -> str:  # noqa: ANN401 - any value of a scenario
    """One setting by its dotted path: `data share 0.728`, `packing on`."""
    name = path.rsplit(".", 1)[-1]
    return f"{_SHORT.get(name, name.replace('_', ' '))} {value_words(value)}"


def value_words(value: Any) -> str:  # noqa: ANN401 - any value of a scenario
    """A value as people read it: whole numbers in full, others with three significant digits."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if not isinstance(value, int | float):
        return str(value)
    if value == int(value):
        return f"{value:,.0f}"
    text = significant(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def swept_words(c: Configuration, told: frozenset[str] = BY_METHOD) -> str:
    """Values of a configuration's axes, less those that are `told` already; empty where there are none."""
    return ", ".join(setting_words(p, value) for p, value in c.axes.items() if value is not None and p not in told)
