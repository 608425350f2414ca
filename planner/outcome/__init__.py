"""The types of a plan: what kinds fill in, what plan.json holds, and all that reports, gates and exports read.

A figure is a plain number with its unit in its name; ``_lo`` and ``_hi`` bound its central 90 % band and
``_label`` says how far to trust it. ``null`` means unknown, never zero.
"""

from planner.outcome.configuration import (
    BELIEVABLE_PER_HOUR,
    Configuration,
    CostParts,
    Figure,
    Hardware,
    HourParts,
    Memory,
    Offer,
    Work,
)
from planner.outcome.findings import (
    Assumption,
    Claim,
    Constraint,
    DecisionNote,
    Pairing,
    Relaxation,
    Removal,
    ScalingPoint,
    Search,
    Source,
)
from planner.outcome.plan import CalibrationReference, CatalogReference, Metadata, Plan, PlannerReference, Reference

__all__ = [
    "BELIEVABLE_PER_HOUR",
    "Assumption",
    "CalibrationReference",
    "CatalogReference",
    "Claim",
    "Configuration",
    "Constraint",
    "CostParts",
    "DecisionNote",
    "Figure",
    "Hardware",
    "HourParts",
    "Memory",
    "Metadata",
    "Offer",
    "Pairing",
    "Plan",
    "PlannerReference",
    "Reference",
    "Relaxation",
    "Removal",
    "ScalingPoint",
    "Search",
    "Source",
    "Work",
]
