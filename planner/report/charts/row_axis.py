"""Charts whose rows are named at the left and told at the right: their axes, and the rows as one scale."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

_PLAIN: Final[dict[str, Any]] = {"domain": False, "ticks": False, "labelLimit": 170, "labelPadding": 6}


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows from top to bottom: what stands at the left and at the right of each key."""

    left: Mapping[str, str]
    right: Mapping[str, str | list[str]]
    bold: tuple[str, ...] = ()
    """Keys of headings."""
    bold_right: tuple[str, ...] = ()
    """Keys whose right side is a total."""
    field: str = "row"

    def encoding(self, side: Literal["left", "right"] | None = None) -> Any:  # noqa: ANN401
        """The y of a layer; only one layer shows the left side, and one the right."""
        import altair as alt

        axis = None
        if side:
            said, bold = (self.left, self.bold) if side == "left" else (self.right, self.bold_right)
            axis = alt.Axis(orient=side, labelExpr=_lookup(said), labelFontWeight=_weight(bold), **_PLAIN)
        order = list(self.left)
        return alt.Y(
            f"{self.field}:N",
            title=None,
            sort=order,
            scale=alt.Scale(domain=order),
            axis=axis,
        )


def _lookup(said: Mapping[str, str | list[str]]) -> str:
    return f"{json.dumps(dict(said))}[datum.value] || ''"


def _weight(keys: Sequence[str]) -> Any:  # noqa: ANN401
    if not keys:
        return "normal"
    test = f"indexof({json.dumps(list(keys))}, datum.value) >= 0"
    return {"condition": {"test": test, "value": "bold"}, "value": "normal"}
