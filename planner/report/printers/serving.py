"""How a plan of serving is printed."""

from typing import Final

from planner.report.data.serving import ServingData
from planner.report.printers.printer import Printer
from planner.report.serving.markdown import serving_markdown
from planner.report.serving.member import serving_member
from planner.report.serving.page import serving_data
from planner.report.serving.paper import on_paper
from planner.report.serving.text import serving_text

PRINTER: Final = Printer(
    takes="serving",
    data_type=ServingData,
    data=lambda plan, _: serving_data(plan),
    markdown=serving_markdown,
    text=serving_text,
    on_paper=lambda data, _: on_paper(data),
    member=serving_member,
)
