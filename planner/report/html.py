"""One self-contained page that can reach nothing: every script and style is inline and named by its hash."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from planner.report.charts import Chart
from planner.report.data import ReportData
from planner.report.page import SCRIPT, STYLE, fill, markup, read

BUNDLE_MARKER: Final = "/*vega*/"
"""First characters of the third-party script, so that tests can cut it out."""


@cache
def vega_bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed, as the installed vl-convert package holds them."""
    import vl_convert

    text: str = vl_convert.javascript_bundle("window.vegaEmbed=vegaEmbed;")
    return BUNDLE_MARKER + text.replace("\r", "").replace("</script", r"<\/script").replace("<!--", r"<\!--")


def html(
    data: ReportData, folder: Path, drawn: tuple[Chart, ...], svg: Mapping[str, str], notes: tuple[str, ...] = ()
) -> str:  # fmt: skip
    """The page for the screen."""
    style, script = read(folder, STYLE), read(folder, SCRIPT)
    scripts = [vega_bundle(), script] if drawn else [script]
    specs = embedded({chart.name: chart.screen for chart in drawn})
    head = (
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(scripts, [style])}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<style>{style}</style>\n"
    )
    tail = f'<script type="application/json" id="charts">{specs}</script>\n' + "".join(
        f"<script>{text}</script>\n" for text in scripts if text
    )
    return fill(folder, data, charts=markup(svg), notes=notes, paper=False, **markup({"head": head, "tail": tail}))


def policy(scripts: list[str], styles: list[str]) -> str:
    """The Content-Security-Policy of a page with exactly these inline scripts and styles.

    No 'unsafe-eval': Vega's expressions are walked by the interpreter that Vega-Embed carries.
    """
    script = " ".join(_hash(text) for text in scripts if text) or "'none'"
    style = " ".join(_hash(text) for text in styles if text) or "'none'"
    return (
        f"default-src 'none'; script-src {script}; style-src {style}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def embedded(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")
