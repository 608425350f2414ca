"""One self-contained page that can reach nothing: every script and style is inline and named by its hash."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from planner.report.charts.charts import Chart
from planner.report.data.report_data import ReportData
from planner.report.data.serving import ServingData
from planner.report.printing.head import guarded, head_of
from planner.report.printing.page import SCRIPT, STYLE, added, fill, markup
from planner.report.printing.template import Template
from planner.report.sections.details import compact
from planner.report.serving import details as serving_details

if TYPE_CHECKING:
    from planner.report.data.printed import Printed

BUNDLE_MARKER: Final = "/*vega*/"
"""First characters of the third-party script, so that tests can cut it out."""


@cache
def vega_bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed, as the installed vl-convert package holds them."""
    import vl_convert

    text: str = vl_convert.javascript_bundle("window.vegaEmbed=vegaEmbed;")
    return BUNDLE_MARKER + text.replace("\r", "").replace("</script", r"<\/script").replace("<!--", r"<\!--")


def html(
    data: "Printed", template: Template, drawn: tuple[Chart, ...], svg: Mapping[str, str], notes: tuple[str, ...] = ()
) -> str:  # fmt: skip
    """The page for the screen; raises InputError where a template takes away what keeps it to itself."""
    style, script = added(template, STYLE), added(template, SCRIPT)
    scripts = [vega_bundle(), script] if drawn else [script]
    specs = embedded({chart.name: chart.screen for chart in drawn})
    head = head_of(scripts, style)
    tail = f'<script type="application/json" id="charts">{specs}</script>\n' + "".join(
        f"<script>{text}</script>\n" for text in scripts if text
    )
    parts = markup({"head": head, "tail": tail}) | {"configurations": _Configurations(data)}
    page = fill(template, report=data, charts=markup(svg), notes=notes, paper=False, **parts)
    return guarded(page, head, tail, template)


@dataclass(frozen=True, slots=True)
class _Configurations:
    """The terms of every configuration as JSON, made where a template prints it."""

    data: "Printed"

    def __html__(self) -> str:
        if isinstance(self.data, ServingData):
            return embedded(serving_details.compact(self.data.details))
        return embedded(compact(self.data.details) if isinstance(self.data, ReportData) else None)


def embedded(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")
