"""The data of reports of all kinds; for type checkers alone, so that a report loads its own kind and no other."""

from planner.report.data.business_case import CaseData
from planner.report.data.collection import Collection
from planner.report.data.portfolio import PortfolioData
from planner.report.data.report_data import ReportData
from planner.report.data.review import ReviewData
from planner.report.data.serving import ServingData

Single = ReportData | ServingData | ReviewData | PortfolioData | CaseData
"""The data of a report of one outcome."""
Printed = Single | Collection
"""What a template can be filled with."""
