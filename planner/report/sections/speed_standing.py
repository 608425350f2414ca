"""What the times of the decisions rest on, where that is not a measurement of jobs like them."""

from planner.report.data.report_data import ReportData
from planner.report.names import listed


def speed_standing(data: ReportData) -> str:
    """Which decisions' speed is extrapolated or believed, and why; empty where all are calibrated."""
    told: dict[str, list[str]] = {}
    for decision in data.decisions:
        label = decision.row.hours.label.removeprefix("speed ")
        if label.startswith(("extrapolated", "prior")):
            told.setdefault(label, []).extend(decision.row.roles)
    return " ".join(f"Speed of the {listed(names)} is {label}." for label, names in told.items())
