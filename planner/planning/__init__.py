"""Scenario and catalog → plan: the only door to the planner for reports, commands and the Python API.

(The module is not called `plan` because the package's function of that name would hide it.)
"""

from planner.planning.any_kind import (
    case_scenario,
    digest_of,
    outcome_of,
    portfolio_scenario,
    read_ready,
    review_scenario,
)
from planner.planning.candidates import refuse_candidates, write_candidates
from planner.planning.checking import check_scenario, missing_templates
from planner.planning.making import (
    estimate_ready,
    estimate_scenario,
    join_search,
    keep_search,
    plan_ready,
    plan_scenario,
    plan_serving_scenario,
    why_not_ready,
)
from planner.planning.reading import NO_CHANGES, read_any, read_scenario
from planner.planning.ready import (
    MAPPING,
    AnyReady,
    CaseReady,
    PortfolioReady,
    Readied,
    Ready,
    ReviewReady,
    ServingReady,
    Source,
    shown_path,
)
from planner.planning.told import remarks_of, warning_text

__all__ = [
    "MAPPING", "NO_CHANGES", "AnyReady", "CaseReady", "PortfolioReady", "Readied", "Ready", "ReviewReady",
    "ServingReady", "Source", "case_scenario", "check_scenario", "digest_of", "estimate_ready", "estimate_scenario",
    "join_search", "keep_search", "missing_templates", "outcome_of", "plan_ready", "plan_scenario",
    "plan_serving_scenario", "portfolio_scenario", "read_any", "read_ready", "read_scenario", "refuse_candidates",
    "remarks_of", "review_scenario", "shown_path", "warning_text", "why_not_ready", "write_candidates",
]  # fmt: skip
