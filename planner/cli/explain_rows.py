"""Parts of a figure as rows with bars."""

from collections.abc import Callable, Mapping
from typing import Final

_BAR: Final = 28


def bars(parts: Mapping[str, float], show: Callable[[float], str]) -> list[str]:
    """A row for each part: its name, its figure and a bar as long as its share of the largest."""
    top = max((abs(v) for v in parts.values()), default=0.0) or 1.0
    width = max((len(name) for name in parts), default=0)
    return [
        f"  {name:<{width}}  {show(v):>12}  {'#' * round(_BAR * abs(v) / top)}".rstrip() for name, v in parts.items()
    ]
