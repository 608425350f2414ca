"""The types of a business case: kinds/business_case fills them, reports and exports read them."""

from planner.outcome.business_case.case import Case
from planner.outcome.business_case.comparisons import (
    BuildOrBuy,
    CrossoverVolume,
    HourDecline,
    HourPrice,
    HourTable,
    ScalePoint,
    ScaleResult,
    ScenarioResult,
    Swing,
    TornadoChart,
)
from planner.outcome.business_case.figures import Banded, CaseInput, CashLine
from planner.outcome.business_case.options import CategoryCost, OptionResult, Returns, UnitTable

__all__ = [
    "Banded", "BuildOrBuy", "Case", "CaseInput", "CashLine", "CategoryCost", "CrossoverVolume", "HourDecline",
    "HourPrice", "HourTable", "OptionResult", "Returns", "ScalePoint", "ScaleResult", "ScenarioResult", "Swing",
    "TornadoChart", "UnitTable",
]  # fmt: skip
