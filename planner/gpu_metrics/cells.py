"""Written values of a figure → numbers in its unit."""

import math
import re
from collections.abc import Sequence
from typing import Any, Final

from planner.gpu_metrics.columns import SHARES, UNITS, factor

UNKNOWN: Final = frozenset(
    ("", "n/a", "[n/a]", "na", "nan", "null", "none", "-", "[not supported]", "not supported", "[unknown error]",
     "err!", "[gpu requires reset]", "[gpu is lost]", "[insufficient permissions]")
)  # fmt: skip
"""What exporters write for a figure that they do not know, in lower case."""
BLANK: Final = 2.0**47 - 16
"""From here on a number is one that DCGM writes for a blank (`DCGM_INT64_BLANK` 0x7ffffffffffffff0, `DCGM_FP64_BLANK`
140737488355328.0, and their kinds)."""
_LARGEST: Final = {"share": 1.0, "mib": 64.0 * 2**20, "power_w": 20_000.0}
MOST_KNOWN: Final = 200_000
"""Written values that are remembered."""
_SLACK: Final = 1.001
"""Counters of DCGM may round above a whole."""
_NO_NUMBER: Final = "is no number"
_NO_UNIT: Final = "has a unit that this figure has not"
_CELL: Final = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-z%]*)")


class CellError(ValueError):
    """Why a text is no such figure; `hint` says what to write."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def number(written: Any, figure: str, per_unit: float) -> float:  # noqa: ANN401 - what JSON or CSV holds
    """The value of a figure in shares, MiB or W; NaN where it is not known; raises CellError.

    `per_unit` is the factor of the unit that the name of the column says; one in the cell counts instead.
    """
    unit = ""
    if isinstance(written, bool):
        raise CellError(_NO_NUMBER, _hint(figure))
    if written is None:
        return math.nan
    if isinstance(written, int | float):
        value = float(written) if abs(written) < 1e300 else math.inf
    else:
        text = str(written).strip()
        if text.lower() in UNKNOWN:
            return math.nan
        found = _CELL.fullmatch(text)
        if found is None:
            raise CellError(_NO_NUMBER, _hint(figure))
        value, unit = float(found[1]), found[2]
    if math.isnan(value) or value >= BLANK:
        return math.nan
    own = factor(figure, unit) if unit else per_unit
    if own is None:
        raise CellError(_NO_UNIT, _hint(figure))
    value *= own
    largest = _LARGEST.get(figure, _LARGEST["share" if figure in SHARES else "mib"])
    if not 0 <= value <= largest * _SLACK:
        above = "is below 0" if value < 0 else f"is above {'100 %' if figure in SHARES else f'{largest:,.0f}'}"
        raise CellError(above, _hint(figure))
    return min(value, largest)


def memo(cells: Sequence[Any], figure: str, per_unit: float, known: dict[Any, float | CellError]) -> list[float]:
    """The values of cells, NaN where one is not known or no value; `known` keeps what was read before."""
    try:
        # True equals 1 as a key, and is no number here.
        keys = cells if all(type(cell) is str for cell in cells) else [_key(cell) for cell in cells]
        found = [known[key] for key in keys]
    except KeyError:
        found = [_read(cell, key, figure, per_unit, known) for cell, key in zip(cells, keys, strict=True)]
    return [math.nan if isinstance(one, CellError) else one for one in found]


def _key(cell: Any) -> Any:  # noqa: ANN401 - what JSON holds
    return type(cell) if isinstance(cell, bool | list | dict) else cell


def _read(cell: Any, key: Any, figure: str, per_unit: float, known: dict[Any, float | CellError]) -> float | CellError:  # noqa: ANN401 - what JSON or CSV holds
    found = known.get(key)
    if found is None:
        try:
            found = number(cell, figure, per_unit)
        except CellError as error:
            found = error
        if len(known) < MOST_KNOWN:
            known[key] = found
    return found


def _hint(figure: str) -> str:
    if figure in SHARES:
        return "write 45 % or the number that the exporter gives"
    units = UNITS["w" if figure == "power_w" else "mib"]
    return f"write a number, or one with a unit of {', '.join(units)}"
