"""How charts look: one set of colours, sizes and fonts for screen and paper, in light and dark.

Text, axes and outlines are drawn in `currentColor` on a transparent ground, so that the page's own style decides
them; fills are chosen to stay apart for colour-blind readers, in grey, and on white as on near-black.
"""

from typing import Any, Final

INK: Final = "currentColor"
FONT: Final = "system-ui, 'Segoe UI', 'Liberation Sans', Arial, sans-serif"
BLUE, ORANGE, GREEN, PINK = "#0072B2", "#E69F00", "#009E73", "#CC79A7"
SKY, VERMILION, YELLOW, GREY = "#56B4E9", "#D55E00", "#F0E442", "#999999"
SERIES: Final = {
    "weights": BLUE, "adapters": ORANGE, "gradients": GREEN, "optimizer": PINK, "activations": SKY, "logits": VERMILION,
    "temporary": YELLOW, "CUDA context": GREY,
    "compute": BLUE, "storage": ORANGE, "egress": GREEN, "re-runs": SKY,
    "start-up": ORANGE, "loading": GREEN, "warm-up": PINK, "training": BLUE, "evaluation": SKY, "saving": VERMILION,
    "preemption": YELLOW,
    "machines": BLUE, "tokens": ORANGE, "first model": GREEN, "levers": SKY, "fine-tuning": PINK,
}  # fmt: skip
"""Term → a colour of Okabe and Ito (2008); neighbours also differ in lightness, and what usually leads is blue."""
DARK: Final = frozenset({BLUE, GREEN, VERMILION})
"""Fills on which white text reads."""
SHAPES: Final = (
    "circle",
    "square",
    "triangle-up",
    "diamond",
    "cross",
    "triangle-down",
    "triangle-right",
    "triangle-left",
)
SWATCH: Final = "M-1,-0.55H1V0.55H-1Z"
"""A patch of colour that is no method's shape; a gradient would not print everywhere."""
QUALITY_SCHEME: Final = "cividis"
QUALITY_EXTENT: Final = [0.12, 1.0]
"""Lightness rises evenly, so it also reads in grey; made for colour-blind readers (Nunez 2018)."""

CONFIG: Final[dict[str, Any]] = {
    "background": None,
    "aria": False,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK, "titleColor": INK, "domainColor": INK, "tickColor": INK, "gridColor": INK,
        "gridOpacity": 0.12, "domainOpacity": 0.4, "tickOpacity": 0.4, "labelFontSize": 11, "titleFontSize": 11,
        "titleFontWeight": "normal", "titlePadding": 8, "labelOverlap": "greedy",
    },
    "legend": {
        "labelColor": INK, "titleColor": INK, "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal",
        "orient": "top", "direction": "horizontal", "symbolStrokeColor": INK,
    },
    "text": {"color": INK, "fontSize": 11},
}  # fmt: skip
PAPER_WIDTH: Final = 640
PHONE_WIDTH: Final = 420
"""Below this plot width legends and labels are laid out anew."""
FRONT_HEIGHT: Final = 340
SCALING_HEIGHT: Final = 210
PANEL_HEIGHT: Final = 230
HALF_PAPER: Final = 320
AXIS: Final = 50
"""What an axis with its labels and title takes of the width."""
ROW_HEIGHT: Final = 36
"""Sizes in CSS pixels, on paper with axes and labels; on the screen the width is that of the page."""
