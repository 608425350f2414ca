"""A plan, or several together, rendered into a folder: report.html, report.pdf, summary.md; all of it or nothing."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, get_args

from planner.errors import InputError, SetupError
from planner.files import place
from planner.outcome import Plan
from planner.outcome.drift import Drift
from planner.report.data.collection import Collection, Printed
from planner.report.data_json import data_json
from planner.report.gather import report_data
from planner.report.printing.html import html, vega_bundle
from planner.report.printing.loading import loading_notes
from planner.report.printing.page import fill
from planner.report.printing.pdf import Paper, pdf
from planner.report.printing.second_process import Drawn, Helper, HelperLostError, draw_all, prepare
from planner.report.printing.template import TEXT, Template, find_template
from planner.report.sections.markdown import markdown

__all__ = ["FILES", "Output", "place", "prepare", "render"]

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
    plan: Plan | Collection, template: str | Template, out: Path, outputs: Sequence[Output],
    helper: Helper | None = None, keep: Keep = place, *, paper: Paper = "A4", names: Mapping[str, str] = FILES,
    drifts: Sequence[Drift] = (), tell: Tell = lambda _: None,
) -> tuple[list[Path], list[str]]:  # fmt: skip
    """Write the outputs into `out`; returns the files written and notes on what was left out, and why.

    Every file is made before the first is moved into place, which `keep` does. A missing PDF or chart package is a note
    as long as something else was asked for. A `helper` from `prepare` draws the charts and the PDF beside this process.
    `names` are those of the files; `drifts` say what moved since earlier plans. `tell` hears what is being made.
    """
    chosen = find_template(template) if isinstance(template, str) else template
    refuse_outputs(chosen, outputs, several=isinstance(plan, Collection))
    tell("gathering figures")
    data: Printed = plan if isinstance(plan, Collection) else report_data(plan, drifts)
    contents, notes = contents_of(data, chosen, tuple(dict.fromkeys(outputs)), helper, paper, tell)
    if "pdf" in outputs and "pdf" not in contents and (out / names["pdf"]).exists():
        notes.append(f"{out / names['pdf']} is from an earlier run")
    return keep({out / names[name]: content for name, content in contents.items()}), notes


def refuse_outputs(template: Template, outputs: Sequence[str], *, several: bool) -> None:
    """Raise InputError where a template cannot print one plan, or several together, as what is asked for."""
    unknown = [name for name in outputs if name not in get_args(Output)]
    if unknown:
        message = f"unknown output {unknown[0]!r}; choose from {', '.join(FILES)}"
        raise InputError(message)
    missing = [name for name in outputs if name not in template.forms()]
    if missing:
        message = f"template {template.name} has no {missing[0]}; it prints {', '.join(template.forms())}"
        raise InputError(message)
    if (template.takes == "plans") is not several:
        message = f"template {template.name} prints one plan"
        if template.takes == "plans":
            message = (
                f"template {template.name} prints several plans; plan first, then: "
                f"planner report PLAN... -t {template.name}"
            )
        raise InputError(message)


def contents_of(
    data: Printed, template: Template, outputs: tuple[Output, ...], helper: Helper | None = None,
    paper: Paper = "A4", tell: Tell = lambda _: None,
) -> tuple[dict[str, bytes], list[str]]:  # fmt: skip
    """Output → its bytes, and notes."""
    if helper is not None:
        with contextlib.suppress(HelperLostError):
            return _contents(data, template, outputs, _Helped(helper, data, template, outputs, paper), tell)
    return _contents(data, template, outputs, _Alone(data, template, paper), tell)


class _Alone:
    """Charts and PDF made here."""

    def __init__(self, data: Printed, template: Template, paper: Paper) -> None:
        self._data, self._template, self._paper = data, template, paper

    @cached_property
    def drawn(self) -> Drawn:
        """The charts."""
        return draw_all(self._data, self._template.charts)

    def pdf(self) -> bytes:
        """The PDF."""
        return pdf(self._data, self._template, self.drawn.svg, self.drawn.notes, self._paper)


class _Helped:
    """Charts and PDF made by the second process, while this one does something else."""

    def __init__(
        self, helper: Helper, data: Printed, template: Template, outputs: tuple[Output, ...], paper: Paper
    ) -> None:
        helper.begin(data, template, paper if "pdf" in outputs else None)
        self._helper = helper
        if data.feasible and "html" in outputs:
            with contextlib.suppress(ImportError):  # missing, as the helper will say
                vega_bundle()

    @cached_property
    def drawn(self) -> Drawn:
        """The charts."""
        return self._helper.drawn()

    def pdf(self) -> bytes:
        """The PDF."""
        return self._helper.pdf()


def _text(data: Printed, template: Template) -> str:
    """The markdown: by the template where it has a text of its own, else the planner's summary of a plan."""
    if template.file(TEXT) is not None:
        return fill(template, page=TEXT, report=data) + "\n"
    if isinstance(data, Collection):
        message = f"template {template.name} has no {TEXT}, which the text of several plans needs"
        raise InputError(message)
    return markdown(data)


def _contents(
    data: Printed, template: Template, outputs: tuple[Output, ...], maker: _Alone | _Helped, tell: Tell
) -> tuple[dict[str, bytes], list[str]]:  # fmt: skip
    notes: list[str] = []
    made: dict[str, bytes] = {}
    if {"html", "pdf"} & set(outputs):
        tell("drawing charts")
        notes += [*loading_notes(template), *maker.drawn.notes]
    if "html" in outputs:
        tell("writing the page")
        made["html"] = html(data, template, maker.drawn.charts, maker.drawn.svg, maker.drawn.notes).encode()
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
