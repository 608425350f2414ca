"""What was cut and left out, and what would free it: the same tables for plans of every kind."""

from planner.outcome import AnyPlan, Relaxation
from planner.report.data.tables import Count, Cut
from planner.report.names import clean


def constraints_of(plan: AnyPlan) -> tuple[Cut, ...]:
    """Constraints with what each cuts, and what it cuts alone."""
    whole = plan.search.covered
    return tuple(
        Cut(clean(c.name), clean(c.text), f"{c.cuts:,}", _percent(c.cuts, whole), f"{c.cuts_alone:,}")
        for c in plan.constraints
    )


def infeasible_of(plan: AnyPlan) -> tuple[Count, ...]:
    """Reasons why combinations were cut, with their counts."""
    return tuple(
        Count(clean(reason), f"{n:,}", _percent(n, plan.search.covered)) for reason, n in plan.infeasible.items()
    )


def removed_of(plan: AnyPlan) -> tuple[Count, ...]:
    """What was left out before the search, with the line that turns each filter off."""
    return tuple(Count(clean(r.what), f"{r.count:,}", line=clean(r.turn_off)) for r in plan.removed)


def relaxations_of(plan: AnyPlan) -> tuple[str, ...]:
    """The smallest changes that make something feasible."""
    return tuple(map(_relaxation, plan.relaxations))


def _relaxation(relaxation: Relaxation) -> str:
    text = clean(relaxation.text)
    return text if relaxation.change is None else f"{text} (a change of {100 * relaxation.change:.0f} %)"


def _percent(count: int, whole: int) -> str:
    return f"{100 * count / whole:.1f} %" if whole else ""
