"""How a plan of fine-tuning is printed."""

from dataclasses import replace
from typing import Final

from planner.outcome import Plan
from planner.report.data.collection import Member
from planner.report.data.report_data import ReportData
from planner.report.gather import report_data
from planner.report.printers.printer import Paper, Printer
from planner.report.sections.markdown import markdown
from planner.report.sections.text import text
from planner.report.sections.thinning import TABLE_ROWS, thin_front
from planner.report.several.collection import member_of


def _on_paper(data: ReportData, paper: Paper) -> ReportData:
    page = data.executive
    fit = page.letter if paper == "letter" else page.paper
    front = thin_front(data.front, TABLE_ROWS, data.objectives)
    return replace(data, front=front, executive=replace(page, paper=fit))


def _member(plan: Plan) -> Member:
    """Without what only a comparison prints, since it may travel between processes."""
    return replace(member_of(plan), facts=(), decisions=())


PRINTER: Final = Printer(
    takes="plan",
    data_type=ReportData,
    data=lambda plan, asked: report_data(plan, asked.drifts),
    markdown=markdown,
    text=text,
    on_paper=_on_paper,
    member=_member,
)
