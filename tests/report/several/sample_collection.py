"""Several plans made of the sample: another job, one in which nothing is feasible, one of hostile names; and spend."""

from collections.abc import Sequence
from functools import cache

from planner.gate.chances import chances_of
from planner.outcome import BudgetState, Configuration, Place, Plan
from planner.outcome.spending import SharedBudget, SpendAmount, SpendDocument, Spending
from planner.report.data.collection import Collection
from planner.report.several.collection import chosen_of, collection, member_of
from tests.report.sample_plan import empty_plan, hostile_plan, sample_plan

SPEND_OF = {"ml-platform": ("cc-104", 400.0), "vision": ("cc-118", 100.0)}
"""Team → its cost centre, and what it spent in January 2025; every month is 10 % more than the one before."""


def scaled(plan: Plan, name: str, cost: float = 1.0, hours: float = 1.0, **metadata: str) -> Plan:
    """The plan under another name, all its costs and times times a factor."""

    def grown(c: Configuration) -> Configuration:
        changed = {}
        for figure, factor in (("cost_usd", cost), ("hours", hours)):
            for end in ("", "_lo", "_hi"):
                value = getattr(c, f"{figure}{end}")
                changed[f"{figure}{end}"] = None if value is None else value * factor
        return c.model_copy(update=changed)

    return plan.model_copy(
        update={
            "front": [grown(c) for c in plan.front],
            "metadata": plan.metadata.model_copy(update={"name": name, **metadata}),
            "scenario": plan.scenario.model_copy(update={"path": f"scenarios/{name}.yaml"}),
        }
    )


@cache
def own() -> Plan:
    """The sample, made once and of a few points."""
    plan = sample_plan()
    chosen = set(plan.decisions.values())
    return plan.model_copy(update={"front": [c for c in plan.front if c.id in chosen], "beside": [], "cloud": []})


@cache
def plans() -> tuple[Plan, ...]:
    """A job, one that is dearer and slower, and one in which nothing is feasible."""
    return (
        scaled(own(), "support-bot", team="ml-platform", cost_centre="cc-104"),
        scaled(own(), "code-model", cost=6.0, hours=1.05, team="vision", cost_centre="cc-118"),
        empty_plan(),
    )


def collected(chosen: Sequence[Plan], spending: Spending | None = None) -> Collection:
    """What a report of these plans prints."""
    members = [member_of(plan, link=f"{number}/report.html") for number, plan in enumerate(chosen)]
    chances = chances_of([chosen_of(plan, None)[1] for plan in chosen]) if len(chosen) <= 20 else {}
    return collection(members, chances, spending, [plan.metadata.labels for plan in chosen])


def hostile() -> list[Plan]:
    """The job, and one with names that try to run, to fetch and to break the layout."""
    return [own(), hostile_plan()]


def budget(per: str, key: str | None, spent: float | None, planned: float | None, limit: float) -> SharedBudget:
    """A budget of this month."""
    share = None if spent is None or planned is None else (spent + planned) / limit
    least = ((spent or 0.0) + (planned or 0.0)) / limit
    reached = [level for level in (0.5, 0.75, 0.9, 1.0) if level <= least]
    state = BudgetState(
        policy="spend", budget="month", who=f"{per} {key}", month="2026-03", limit_usd=limit, spent_usd=spent,
        spent_as_of="" if spent is None else "2026-03-20", planned_usd=planned, share=share,
        share_before=None if spent is None else spent / limit, reached=reached,
        crossed=[level for level in reached if spent is not None and level > spent / limit],
        place=Place(file="policies/spend.yaml", line=7),
    )  # fmt: skip
    return SharedBudget(per=per, key=key, state=state)


def spending(today: str = "2026-03-22", *, missing: Sequence[str] = (), budgets: bool = True) -> Spending:
    """January 2025 to March 2026, March up to the 20th; without the months that are `missing`."""
    documents, amounts = [], []
    for number in range(15):
        month = f"{2025 + number // 12}-{number % 12 + 1:02d}"
        if month in missing or month > today[:7]:
            continue
        last = "20" if month == "2026-03" else "28" if month.endswith("-02") else "31" if _long(month) else "30"
        documents.append(SpendDocument(month=month, as_of=f"{month}-{last}", file=f"policies/{month}.yaml"))
        for team, (centre, start) in SPEND_OF.items():
            amounts.append(SpendAmount(month=month, team=team, cost_centre=centre, usd=round(start * 1.1**number, 2)))
    own = [
        budget("team", "ml-platform", 900.0, 40.0, 1000.0),
        budget("cost_centre", "cc-118", 500.0, 60.0, 500.0),
        budget("team", "quiet", None, 20.0, 1000.0),
    ]
    return Spending(
        today=today, documents=documents, amounts=amounts, budgets=own if budgets else [],
        policies=["policies/spend.yaml"],
    )  # fmt: skip


def _long(month: str) -> bool:
    return month[5:] in {"01", "03", "05", "07", "08", "10", "12"}
