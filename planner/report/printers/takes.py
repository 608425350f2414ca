"""Which templates print what: the one table of the kinds of outcomes that are printed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from planner.kind_names import CALLED

Takes = Literal["plan", "plans", "serving", "review", "portfolio", "case"]
"""A plan of fine-tuning, several plans, a plan of serving, a review of spend, a portfolio, or a business case."""


@dataclass(frozen=True, slots=True)
class Printing:
    """Where the printer of a kind is, and what its templates are called."""

    takes: Takes
    module: str
    """Of this package; loaded when an outcome of the kind is printed."""
    data_type: str
    """Name of the type of its report's data."""
    technical: str
    """Template that the name `technical` means."""
    executive: str
    """The same of `executive`."""


PRINTED: Final[Mapping[str, Printing]] = {
    "FineTune": Printing("plan", "fine_tune", "ReportData", "technical", "executive"),
    "Serving": Printing("serving", "serving", "ServingData", "serving", "serving-executive"),
    "SpendReview": Printing("review", "review", "ReviewData", "spend", "spend-executive"),
    "Portfolio": Printing("portfolio", "portfolio", "PortfolioData", "portfolio", "portfolio-executive"),
    "BusinessCase": Printing("case", "business_case", "CaseData", "business-case", "business-case-executive"),
}
"""Kind of scenario → how what it becomes is printed."""
WORDS: Final[Mapping[Takes, str]] = {one.takes: CALLED[kind] for kind, one in PRINTED.items()} | {
    "plans": "several plans"
}
"""What templates take, in words."""
USUAL: Final[Mapping[Takes, Mapping[str, str]]] = {
    one.takes: {"technical": one.technical, "executive": one.executive}
    for one in PRINTED.values()
    if one.takes != "plan"
}
"""What the usual names mean of outcomes of other kinds than a plan of fine-tuning."""
