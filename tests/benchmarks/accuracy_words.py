"""Figures as the accuracy page and the README write them."""

import math
from typing import Final

UNKNOWN: Final = "–"


def percent(value: float | None) -> str:
    """A share with one decimal, `7.2 %`."""
    return UNKNOWN if value is None else f"{value * 100:.1f} %"


def whole(value: float) -> str:
    """A share that somebody chose, `15 %`."""
    return f"{value * 100:g} %"


def signed(value: float | None) -> str:
    """A bias in ln(measured/predicted), as how far predictions are off on average: `−3.4 %` is too low."""
    if value is None:
        return UNKNOWN
    off = math.expm1(-value) * 100
    return f"{off:+.1f} %".replace("-", "−")


def plain(value: float | None) -> str:
    """A ratio, `1.02`."""
    return UNKNOWN if value is None else f"{value:.2f}"


def factor(width: float | None) -> str:
    """A width on ln as a ratio: `2.8 ×`."""
    return UNKNOWN if width is None else f"{math.exp(width):.1f} ×"


def number(value: float) -> str:
    """A constant with four digits, large ones without an exponent."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


def rounded(value: object, digits: int = 5) -> object:
    """The same structure with numbers of so many significant digits, so that a new fit changes few lines."""
    if isinstance(value, dict):
        return {key: rounded(inner, digits) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner, digits) for inner in value]
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value
