"""Limits as people write them, and figures as people read them, by the unit of a figure."""

import math
from collections.abc import Callable, Mapping
from typing import Final, Literal

from planner.source.amounts import hint_for
from planner.units import EXAMPLES, AmbiguousError, duration, gib, kilograms, parse_quantity, seconds, significant, usd

Unit = Literal["money", "time", "mass", "memory", "latency", "count", "share", "quality", "percent", "number"]

_PARSED: Final[Mapping[Unit, str]] = {"quality": "share", "percent": "share", "number": "count"}
"""Unit → kind of quantity that its limits are written in, where the two have different names."""
_CALLED: Final[Mapping[Unit, str]] = {
    "money": "an amount of money",
    "time": "a length of time",
    "latency": "a latency",
    "mass": "a mass",
    "memory": "an amount of memory",
    "count": "a number",
    "share": "a share",
    "quality": "a quality between 0 and 1",
    "percent": "a percentage",
    "number": "a number",
}
_WHOLE: Final[frozenset[Unit]] = frozenset({"share", "quality"})
"""Units in which more than 1 is a slip: 5 for 5 %."""
_SAME: Final = 1e-9
"""Relative difference up to which a figure is at its limit and not beyond it."""


def parse_limit(written: float | str, unit: Unit) -> float:
    """The limit in the figure's own unit; percentages are numbers of percent. Raises ValueError in plain words."""
    if isinstance(written, str):
        text = written.strip()
        sign = -1.0 if text.startswith("-") else 1.0
        try:
            value = sign * parse_quantity(text.removeprefix("-"), _PARSED.get(unit, unit))
        except AmbiguousError:
            raise
        except ValueError:
            example = "20 %" if unit == "percent" else EXAMPLES[_PARSED.get(unit, unit)]
            meant = hint_for(text, _PARSED.get(unit, unit)) or f"write for example {example}"
            message = f"{written!r} is not {_CALLED[unit]}; {meant}"
            raise ValueError(message) from None
        value *= 100.0 if unit == "percent" else 1.0
    else:
        value = float(written)
    if not math.isfinite(value):
        message = f"{written!r} is no finite number"
        raise ValueError(message)
    if unit in _WHOLE and abs(value) > 1:
        message = f"{value:g} is more than the whole; write {value / 100:g} or {value:g} %"
        raise ValueError(message)
    return value


def show(value: float | None, unit: Unit, *, signed: bool = False) -> str:
    """A figure for people: `$120`, `+3.0 h`, `-0.04`, `unknown`."""
    if value is None or math.isnan(value):
        return "unknown"
    sign = "-" if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{_SHOWN[unit](abs(value))}"


def show_apart(value: float, limit: float, unit: Unit, *, signed: bool = False) -> tuple[str, str]:
    """A figure and its limit for people, with all digits where rounding would make two different ones look the same."""
    one, other = show(value, unit, signed=signed), show(limit, unit)
    if show(value, unit) == other and (beyond(value, limit) or beyond(limit, value)):
        scale, end = (100.0, " %") if unit == "share" else (1.0, _END.get(unit, ""))
        start = "$" if unit == "money" else ""
        one, other = (
            f"{'-' if each < 0 else '+' if plus and each > 0 else ''}{start}{abs(each) * scale:,.10g}{end}"
            for each, plus in ((value, signed), (limit, False))
        )
    return one, other


def beyond(value: float, limit: float) -> bool:
    """Whether a figure is above a limit by more than the rounding of sums."""
    return value > limit + _SAME * max(abs(limit), abs(value))


def _share(value: float) -> str:
    percent = value * 100
    return f"{percent:,.0f} %" if percent >= 1000 else f"{percent:.3g} %"


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else significant(value)


_SHOWN: Final[Mapping[Unit, Callable[[float], str]]] = {
    "money": usd,
    "time": duration,
    "latency": seconds,
    "mass": kilograms,
    "memory": gib,
    "count": _number,
    "share": _share,
    "quality": lambda value: f"{value:.2f}",
    "percent": lambda value: _share(value / 100),
    "number": _number,
}
_END: Final[Mapping[Unit, str]] = {"time": " h", "latency": " s", "mass": " kg", "memory": " GiB", "percent": " %"}
