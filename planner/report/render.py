"""A plan, or several together, rendered into a folder: report.html, report.pdf, summary.md; all of it or nothing."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

from planner.errors import InputError, SetupError
from planner.files import place
from planner.outcome.drift import Drift
from planner.report.charts.charts import Chart
from planner.report.charts.expected import expected
from planner.report.charts.pictures import draw
from planner.report.data.collection import Collection
from planner.report.data_json import data_json
from planner.report.printers import USUAL, Asked, Paper, Takes, printer_for, printer_of
from planner.report.printing.html import html, vega_bundle
from planner.report.printing.loading import loading_notes
from planner.report.printing.page import fill
from planner.report.printing.pdf import paper_page
from planner.report.printing.second_process import Alone, Helper
from planner.report.printing.template import TEXT, Template, find_template, fitting
from planner.report.printing.worker import WorkerLostError

if TYPE_CHECKING:
    from planner.outcome.any_plan import Outcome
    from planner.report.data.printed import Printed, Single

__all__ = ["FILES", "Output", "place", "render"]

Output = Literal["html", "pdf", "md", "json"]
Keep = Callable[[Mapping[Path, bytes]], list[Path]]
"""Puts contents at their places, and returns these."""
Tell = Callable[[str], None]
"""Hears what is being made, such as `drawing charts`."""
FILES: Final[Mapping[str, str]] = {
    "html": "report.html",
    "pdf": "report.pdf",
    "md": "summary.md",
    "json": "report.json",
}


def render(
    plan: "Outcome | Collection", template: str | Template, out: Path, outputs: Sequence[Output],
    helper: Helper | None = None, keep: Keep = place, *, paper: Paper = "A4", names: Mapping[str, str] = FILES,
    drifts: Sequence[Drift] = (), sections: Sequence[str] | None = None, tell: Tell = lambda _: None,
) -> tuple[list[Path], list[str]]:  # fmt: skip
    """Write the outputs into `out`; returns the files written and notes on what was left out, and why.

    Every file is made before the first is moved into place, which `keep` does. A missing PDF or chart package is a note
    as long as something else was asked for. A `helper` from `prepare` draws the charts and the PDF beside this process.
    `names` are those of the files; `drifts` say what moved since earlier plans; `sections` are the parts of a review of
    spend, else those that its scenario names. `tell` hears what is being made. Raises InputError for a part that there
    is not, and for parts of anything but a review.
    """
    chosen = find_template(template) if isinstance(template, str) else template
    takes = takes_of(plan)
    chosen = fitting(chosen, takes) if takes in USUAL else chosen
    refuse_outputs(chosen, outputs, takes)
    tell("gathering figures")
    data = _data(plan, drifts, sections)
    contents, notes = contents_of(data, chosen, tuple(dict.fromkeys(outputs)), helper, paper, tell)
    if "pdf" in outputs and "pdf" not in contents and (out / names["pdf"]).exists():
        notes.append(f"{out / names['pdf']} is from an earlier run")
    return keep({out / names[name]: content for name, content in contents.items()}), notes


def takes_of(plan: "Outcome | Collection") -> Takes:
    """Which templates print it."""
    return "plans" if isinstance(plan, Collection) else printer_of(plan).takes


def _data(plan: "Outcome | Collection", drifts: Sequence[Drift], sections: Sequence[str] | None) -> "Printed":
    takes = takes_of(plan)
    if sections is not None and takes != "review":
        message = "sections are parts of a review of spend; other reports have all of their own"
        raise InputError(message)
    if isinstance(plan, Collection):
        return plan
    data: Single = printer_of(plan).data(plan, Asked(drifts, sections))
    return data


def refuse_outputs(template: Template, outputs: Sequence[str], takes: Takes) -> None:
    """Raise InputError where a template cannot print such a plan, or not as what is asked for."""
    unknown = [name for name in outputs if name not in get_args(Output)]
    if unknown:
        message = f"unknown output {unknown[0]!r}; choose from {', '.join(FILES)}"
        raise InputError(message)
    missing = [name for name in outputs if name not in template.forms()]
    if missing:
        message = f"template {template.name} has no {missing[0]}; it prints {', '.join(template.forms())}"
        raise InputError(message)
    if template.takes == takes:
        return
    if template.takes == "plans":
        message = (
            f"template {template.name} prints several plans; plan first, then: "
            f"planner report PLAN... -t {template.name}"
        )
        raise InputError(message)
    if takes == "plans":
        message = f"template {template.name} prints one outcome, and these are several"
        raise InputError(message)
    fitting(template, takes)


def contents_of(
    data: "Printed", template: Template, outputs: tuple[Output, ...], helper: Helper | None = None,
    paper: Paper = "A4", tell: Tell = lambda _: None,
) -> tuple[dict[str, bytes], list[str]]:  # fmt: skip
    """Output → its bytes, and notes."""
    if helper is not None:
        with contextlib.suppress(WorkerLostError):
            if helper.begin(draws=template.charts != (), lays_out="pdf" in outputs):
                return _contents(data, template, outputs, helper, paper, tell)
    return _contents(data, template, outputs, Alone(), paper, tell)


def _text(data: "Printed", template: Template) -> str:
    """The markdown: by the template where it has a text of its own, else the planner's summary of a plan."""
    if template.file(TEXT) is not None:
        return fill(template, page=TEXT, report=data) + "\n"
    if isinstance(data, Collection):
        message = f"template {template.name} has no {TEXT}, which the text of several plans needs"
        raise InputError(message)
    return printer_for(data).markdown(data)


def _contents(
    data: "Printed", template: Template, outputs: tuple[Output, ...], maker: Alone | Helper, paper: Paper, tell: Tell
) -> tuple[dict[str, bytes], list[str]]:  # fmt: skip
    notes: list[str] = []
    made: dict[str, bytes] = {}
    if {"html", "pdf"} & set(outputs):
        tell("drawing charts")
        # In this order, so that one process lays out while this one makes the specs and another draws them.
        seem = expected(data, template.charts) if "pdf" in outputs else None
        if seem is not None:
            maker.lay_out(paper_page(data, template, seem, (), paper))
        drawn, missing = _drawn(data, template)
        notes += [*loading_notes(template), *missing]
        for chart in drawn:
            maker.draw(chart.name, chart.paper)
        names = tuple(chart.name for chart in drawn)
        if "pdf" in outputs and (names != seem or missing):
            maker.lay_out(paper_page(data, template, names, missing, paper))
        if "html" in outputs and drawn:
            vega_bundle()
        svg = maker.pictures()
    if "html" in outputs:
        tell("writing the page")
        made["html"] = html(data, template, drawn, svg, missing).encode()
    if "md" in outputs:
        made["md"] = _text(data, template).encode()
    if "json" in outputs:
        made["json"] = data_json(data)
    if "pdf" in outputs:
        tell("laying out the PDF")
        try:
            made["pdf"] = maker.pdf()
        except SetupError as error:
            if set(outputs) == {"pdf"}:
                raise
            notes.append(str(error))
    return {name: made[name] for name in outputs if name in made}, notes


def _drawn(data: "Printed", template: Template) -> tuple[tuple[Chart, ...], tuple[str, ...]]:
    """The charts of the template's report, or a note where the packages for them are missing."""
    if template.charts is not None and not template.charts:
        return (), ()
    try:
        return draw(data, template.charts), ()
    except SetupError as error:
        return (), (str(error),)
