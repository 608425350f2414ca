"""How a business case is printed."""

from typing import Final

from planner.report.business_case.markdown import case_markdown
from planner.report.business_case.member import case_member
from planner.report.business_case.page import case_data
from planner.report.business_case.paper import on_paper
from planner.report.business_case.text import case_text
from planner.report.data.business_case import CaseData
from planner.report.printers.printer import Printer

PRINTER: Final = Printer(
    takes="case",
    data_type=CaseData,
    data=lambda case, _: case_data(case),
    markdown=case_markdown,
    text=case_text,
    on_paper=lambda data, _: on_paper(data),
    member=case_member,
)
