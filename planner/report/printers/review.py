"""How a review of spend is printed."""

from typing import Final

from planner.report.data.review import ReviewData
from planner.report.printers.printer import Printer
from planner.report.review.markdown import review_markdown
from planner.report.review.member import review_member
from planner.report.review.page import review_data
from planner.report.review.paper import on_paper
from planner.report.review.text import review_text

PRINTER: Final = Printer(
    takes="review",
    data_type=ReviewData,
    data=lambda review, asked: review_data(review, asked.sections),
    markdown=review_markdown,
    text=review_text,
    on_paper=lambda data, _: on_paper(data),
    member=review_member,
)
