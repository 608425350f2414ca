"""How a plan of a portfolio is printed."""

from typing import Final

from planner.report.data.portfolio import PortfolioData
from planner.report.portfolio.markdown import portfolio_markdown
from planner.report.portfolio.member import portfolio_member
from planner.report.portfolio.page import portfolio_data
from planner.report.portfolio.paper import on_paper
from planner.report.portfolio.text import portfolio_text
from planner.report.printers.printer import Printer

PRINTER: Final = Printer(
    takes="portfolio",
    data_type=PortfolioData,
    data=lambda plan, _: portfolio_data(plan),
    markdown=portfolio_markdown,
    text=portfolio_text,
    on_paper=lambda data, _: on_paper(data),
    member=portfolio_member,
)
