"""Portfolios made by hand: a rich one, the least there is, one without a schedule, one that runs already, a crowd."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, Final

from planner.outcome.findings import Assumption, Source
from planner.outcome.plan import CatalogReference, CurrencyReference, Metadata, PlannerReference, Reference
from planner.outcome.portfolio import (
    BudgetLine,
    Calendar,
    Change,
    ConflictPart,
    ConflictSet,
    FrontSchedule,
    JobPlan,
    OutageEffect,
    PortfolioPlan,
    Proof,
    QuotaUse,
    ShadowWords,
    TeamMonth,
    Totals,
)
from planner.report.data.portfolio import PortfolioData
from planner.report.portfolio.page import portfolio_data
from tests.report.portfolio.made_jobs import TEAMS, at, chosen, job, many_jobs, out, run, some_jobs

HOSTILE: Final = (
    "<script>alert(1)</script><img src=http://evil.example/x> {{7*7}} | **b** [a](http://evil.example) \u202e\x1b[31m"
)
LABEL: Final = "From the linear relaxation, at the margin. Whole jobs go in steps, so this is no promise."
SLOTS: Final = 168


def totals(jobs: Sequence[JobPlan], **changed: Any) -> Totals:
    """Sums of these jobs."""
    runs = [(one, one.run) for one in jobs if one.run is not None]
    cost = sum(found.cost_usd for _, found in runs)
    carbon = [found.carbon_kg for _, found in runs]
    known = [found.quality for _, found in runs if found.quality is not None]
    last = max((found for _, found in runs), key=lambda found: found.start_hours + found.hours, default=None)
    return Totals(**{
        "jobs": len(jobs), "runs": len(runs), "left_out": sum(one.status == "left out" for one in jobs),
        "failed": sum(one.status == "failed" for one in jobs), "cost_usd": cost, "cost_usd_lo": 0.88 * cost,
        "cost_usd_hi": 1.14 * cost, "value_usd": sum(one.value_usd or 0.0 for one, _ in runs),
        "late_jobs": sum(found.late_hours > 0 for _, found in runs),
        "late_hours": sum(found.late_hours for _, found in runs),
        "lateness_usd": sum(one.priority * one.late_usd_per_day / 24 * found.late_hours for one, found in runs),
        "quality": sum(known) / len(known) if known else None,
        "carbon_kg": None if None in carbon or not carbon else sum(filter(None, carbon)),
        "gpu_hours": sum(found.hours * (one.chosen.gpus if one.chosen else 0) for one, found in runs),
        "finish": last.end if last else "", "moved": sum(found.moved for _, found in runs), **changed,
    })  # fmt: skip


def plan_of(jobs: Sequence[JobPlan], **changed: Any) -> PortfolioPlan:
    """A plan of these jobs and of nothing that they share."""
    return PortfolioPlan(**{
        "api_version": "planner/v1", "kind": "Portfolio",
        "metadata": Metadata(name="december-batch", team="ml-platform", owner="Ana Sousa", cost_centre="cc-104"),
        "scenario": Reference(path="scenarios/december.yaml", digest="sha256:3f1c9a0d77e2b4415e9c"),
        "catalog": CatalogReference(as_of="2026-11-22", digest="sha256:b8812f06c1aa90de7734"),
        "planner": PlannerReference(version="0.1.0"),
        "calendar": Calendar(
            begins=at(0), ends=at(672), time_zone="Europe/Berlin", horizon_hours=672.0, months=["2026-12"]
        ),
        "jobs": list(jobs), "totals": totals(jobs),
        "proof": Proof(
            status="within the gap", objective_usd=31_400.0, bound_usd=31_650.0, gap=0.00796, asked_gap=0.01,
            columns=12_408, slot_hours=4.0, slots=SLOTS, seed=1,
            note="of the configurations that were considered, at most 12 of a job, and of starts every 4 h",
        ),
        "budgets": [], "team_months": [], "quotas": [], "shadow": ShadowWords(label=""), "front": [], "outages": [],
        "assumptions": [], "warnings": [], "sources": [], **changed,
    })  # fmt: skip


def budget(name: str, team: str, limit: float, spent: float, **changed: Any) -> BudgetLine:
    """A budget of December, as likely to hold as its slack says."""
    return BudgetLine(**{
        "name": name, "team": team, "month": "2026-12", "limit_usd": limit, "spent_usd": spent, "held_usd": spent,
        "holds": min(0.995, max(0.2, limit / spent / 1.3)) if spent else 1.0, "worth_per_usd": 0.0, **changed,
    })  # fmt: skip


def quota(name: str, units: float, peak: float, **changed: Any) -> QuotaUse:
    """A quota that is used in two waves, and grows in the middle."""
    used = [peak if 2 <= slot < 30 else peak / 2 if 40 <= slot < 70 else 0.0 for slot in range(SLOTS)]
    return QuotaUse(**{
        "name": name, "provider": name.split()[2], "region": name.split()[3], "gpu": name.partition(" ")[0], "tier": "",
        "used": used, "units": [units if slot < 60 else units + 8 for slot in range(SLOTS)], "peak": peak,
        "mean_share": 0.31, "worth_per_gpu_hour_usd": 0.0, "worth_per_gpu_usd": 0.0, "bound_hours": 0.0, **changed,
    })  # fmt: skip


@cache
def rich() -> PortfolioPlan:
    """Every block filled."""
    jobs = some_jobs()
    month = {team: sum(one.run.cost_usd for one in jobs if one.run and one.team == team) for team in TEAMS}
    limits = {"research": 7_000.0, "support": 4_500.0, "platform": 9_000.0}
    made = plan_of(jobs)
    return plan_of(
        jobs,
        metadata=made.metadata.model_copy(update={"question": "Can all of December run within the quotas?",
                                                  "labels": {"quarter": "Q4"}}),
        currency=CurrencyReference(code="EUR", usd_per_unit=1.1, as_of="2026-11-22", source="ECB reference rates"),
        calendar=made.calendar.model_copy(update={
            "closed": [[at(168), at(180), "maintenance"], [at(560), at(608), "Christmas"]],
            "months": ["2026-12", "2027-01"],
        }),
        budgets=[
            budget("research in 2026-12", "research", 7_000.0, month["research"], worth_per_usd=1.42, holds=0.71,
                   held_usd=6_900.0),
            budget("support in 2026-12", "support", 4_500.0, month["support"], holds=None),
            budget("platform in 2026-12", "platform", 9_000.0, month["platform"], spent_before_usd=600.0),
            budget("all teams, the whole portfolio", "", 20_000.0, sum(month.values()), month=""),
        ],
        team_months=[
            TeamMonth(team=team, month=name, spent_usd=part * month[team], limit_usd=limits[team] if early else None)
            for team in TEAMS for name, part, early in (("2026-12", 0.9, True), ("2027-01", 0.1, False))
        ],
        quotas=[
            quota("h100-sxm at aws us-east-1", 8, 8, worth_per_gpu_hour_usd=1.86, worth_per_gpu_usd=208.0,
                  bound_hours=112.0),
            quota("a100-80gb-sxm at lambda us-west-2", 16, 8),
            quota("l40s at hetzner fsn1", 4, 4, mean_share=None, worth_per_gpu_hour_usd=None, bound_hours=None,
                  worth_per_gpu_usd=None),
        ],
        carbon_limit_kg=80.0,
        shadow=ShadowWords(label=LABEL, sentences=[
            "$1 more for research in 2026-12 buys about $1.42 of the objective",
            "one more H100 hour at aws us-east-1 is worth about $1.86",
        ]),
        front=[
            FrontSchedule(held="cost", cost_usd=13_900.0, lateness_usd=2_350.0, quality=0.66, value_usd=38_000.0,
                          runs=7, objective_usd=28_100.0, gap=0.009),
            FrontSchedule(held="", cost_usd=15_850.0, lateness_usd=487.5, quality=0.71, value_usd=40_900.0, runs=8,
                          objective_usd=31_400.0, gap=0.008, chosen=True),
            FrontSchedule(held="lateness", cost_usd=17_600.0, lateness_usd=0.0, quality=0.71, value_usd=40_900.0,
                          runs=8, objective_usd=30_900.0, gap=0.01),
            FrontSchedule(held="quality", cost_usd=19_900.0, lateness_usd=900.0, quality=0.78, value_usd=40_900.0,
                          runs=8, objective_usd=28_800.0, gap=None),
        ],
        outages=[
            OutageEffect(provider="aws", region="us-east-1", feasible=True, cost_usd=17_240.0, more_cost_usd=1_390.0,
                         late_hours=61.0, lost=["toxicity"], gap=0.01,
                         moved=[Change(job="intent-model", before="8 × h100-sxm at aws us-east-1, 2026-12-01 00:00",
                                       after="8 × a100-80gb-sxm at lambda us-west-2, 2026-12-01 00:00")],
                         text="without aws us-east-1 it costs $1,390 more, 1 job is lost and 1 moves"),
            OutageEffect(provider="lambda", region="", feasible=False, cost_usd=None, more_cost_usd=None,
                         late_hours=None, lost=["search-embeddings"],
                         text="without lambda search-embeddings cannot meet its deadline"),
        ],
        assumptions=[Assumption(key="solver.slot_hours", value="4 h", tag="E", note="starts lie on slots")],
        warnings=["2 jobs have no known carbon; the limit on it is not checked for them"],
        sources=[Source(what="prices", source="price lists of the providers", as_of="2026-11-20")],
    )  # fmt: skip


def minimal() -> PortfolioPlan:
    """One job, and nothing that could be shared."""
    return plan_of([job("alone", "", deadline="", run=run(0, 5, 12.5, cost_usd_lo=None, cost_usd_hi=None))],
                   proof=rich().proof.model_copy(update={"gap": 0.0, "bound_usd": 31_400.0, "note": ""}))  # fmt: skip


def infeasible() -> PortfolioPlan:
    """No schedule keeps all constraints, and which are in conflict is known."""
    why = "no schedule keeps all constraints together"
    jobs = [out("ranker", "left out", why), out("speech", "left out", why, team="platform")]
    return plan_of(
        jobs,
        proof=rich().proof.model_copy(update={
            "status": "infeasible", "objective_usd": None, "bound_usd": None, "gap": None,
        }),
        conflict=ConflictSet(smallest=True, parts=[
            ConflictPart(constraint="ranker is done by 2026-12-04 00:00", needed=96.0, text="done by 2026-12-05 00:00"),
            ConflictPart(constraint="at most 8 h100-sxm at aws us-east-1", needed=16.0, text="16 of them"),
            ConflictPart(constraint="ranker runs after speech", needed=None, text="ranker need not wait for speech"),
        ]),
    )  # fmt: skip


def nothing_found() -> PortfolioPlan:
    """Time was up before any schedule was found."""
    proof = {"status": "nothing found", "objective_usd": None, "bound_usd": 9_000.0, "gap": None}
    return infeasible().model_copy(update={
        "conflict": None, "proof": rich().proof.model_copy(update=proof),
    })  # fmt: skip


def all_out() -> PortfolioPlan:
    """No job pays."""
    jobs = [out(f"idea-{n}", "left out", "it does not pay", optional=True, value_usd=10.0) for n in range(3)]
    proof = {"objective_usd": 0.0, "bound_usd": 0.0, "gap": 0.0}
    return plan_of(jobs, proof=rich().proof.model_copy(update=proof))


def nothing_to_plan() -> PortfolioPlan:
    """Every job failed."""
    jobs = [out(f"bad-{n}", "failed", "jobs/bad.yaml: no such file") for n in range(2)]
    proof = {"status": "nothing to plan", "objective_usd": None, "bound_usd": None, "gap": None, "columns": 0}
    return plan_of(jobs, proof=rich().proof.model_copy(update=proof))


def running() -> PortfolioPlan:
    """Two are done, two run, one failed before and is planned again, two moved."""
    jobs = some_jobs()
    jobs[0] = jobs[0].model_copy(update={"status": "done"})
    jobs[4] = jobs[4].model_copy(update={"status": "done"})
    jobs[1] = jobs[1].model_copy(update={"status": "started"})
    jobs[2] = jobs[2].model_copy(update={"status": "started"})
    for place, before in ((5, "8 × a100-80gb-sxm at lambda us-west-2, 2026-12-03 08:00"), (7, "")):
        found = jobs[place].run
        assert found is not None
        moved = found.model_copy(update={"moved": True, "before": before})
        jobs[place] = jobs[place].model_copy(update={"run": moved})
    made = rich()
    return made.model_copy(update={
        "jobs": jobs, "totals": totals(jobs), "calendar": made.calendar.model_copy(update={"now": at(60)}),
        "budgets": [*made.budgets[1:], budget("research in 2026-12", "research", 5_900.0, 6_160.0, holds=0.31)],
    })  # fmt: skip


def crowd(count: int = 300) -> PortfolioPlan:
    """Many jobs of many teams, with more budgets and quotas than a sheet has room for."""
    jobs = many_jobs(count)
    teams = sorted({one.team for one in jobs})
    made = rich()
    long = "a-name-as-long-as-people-make-them-and-then-some-more-of-it-"
    return made.model_copy(update={
        "jobs": jobs, "totals": totals(jobs),
        "budgets": [budget(f"{team} in 2026-12", team, 900.0 + 40 * n, 700.0 + 45 * n)
                    for n, team in enumerate(teams * 4)],
        "team_months": [TeamMonth(team=team, month=f"2027-{m:02}", spent_usd=100.0 * m, limit_usd=600.0)
                        for team in teams for m in range(1, 13)],
        "quotas": [quota(f"card-{n} at provider-{n} region-{n}", 8 + n, 8) for n in range(30)],
        "outages": [made.outages[0].model_copy(update={
            "provider": f"{long}{n}", "lost": [f"{long}{k}" for k in range(60)],
            "moved": [Change(job=f"{long}{k}", before=long * 3, after=long * 3) for k in range(80)],
        }) for n in range(9)],
        "warnings": [f"{n}: {'something that takes many words to say ' * 7}" for n in range(30)],
        "front": made.front * 5,
    })  # fmt: skip


def hostile() -> PortfolioPlan:
    """Names that try to run, to fetch and to break the layout."""
    made = running()
    text = f"{HOSTILE} {'long ' * 60}"
    jobs = [
        one.model_copy(update={
            "name": f"{HOSTILE}{n}", "team": f"{HOSTILE}team{n % 2}", "why": text, "after": [HOSTILE],
            "deadline": HOSTILE if n % 2 else one.deadline, "passed_over": {HOSTILE: 3},
            "chosen": one.chosen and chosen(n, **dict.fromkeys(
                ("id", "model", "what", "where", "provider", "region", "country", "gpu", "tier", "avoids"), text)),
            "run": one.run and one.run.model_copy(update={"start": text, "before": text, "moved": True}),
            "approval": one.approval and one.approval.model_copy(update={"approver": text, "policy": text}),
        })
        for n, one in enumerate(made.jobs)
    ]  # fmt: skip
    return made.model_copy(update={
        "metadata": made.metadata.model_copy(update={"name": HOSTILE, "team": HOSTILE, "question": text}),
        "scenario": Reference(path=HOSTILE, digest=HOSTILE), "jobs": jobs,
        "calendar": made.calendar.model_copy(update={"closed": [[HOSTILE, at(3), text], [at(5), at(9), text]],
                                                     "time_zone": HOSTILE, "months": [HOSTILE]}),
        "budgets": [one.model_copy(update={"name": text, "team": text}) for one in made.budgets],
        "team_months": [one.model_copy(update={"team": text, "month": text}) for one in made.team_months],
        "quotas": [one.model_copy(update={"name": text}) for one in made.quotas],
        "shadow": ShadowWords(label=text, sentences=[text] * 40),
        "front": [one.model_copy(update={"held": text}) for one in made.front],
        "outages": [one.model_copy(update={"provider": text, "region": text, "text": text, "lost": [text],
                                           "moved": [Change(job=text, before=text, after=text)]})
                    for one in made.outages],
        "conflict": ConflictSet(smallest=False, parts=[ConflictPart(constraint=text, needed=None, text=text)]),
        "proof": made.proof.model_copy(update={"status": text, "note": text}),
        "warnings": [text], "sources": [Source(what=text, source=text, as_of=text)],
        "assumptions": [Assumption(key=text, value=text, tag=HOSTILE, note=text)],
    })  # fmt: skip


def worst() -> PortfolioPlan:
    """Both: many jobs, and names that are as long as any."""
    made, many = hostile(), crowd(200)
    jobs = [*made.jobs, *many.jobs]
    return made.model_copy(update={"jobs": jobs, "totals": totals(jobs), "outages": many.outages,
                                   "budgets": [*made.budgets, *many.budgets]})  # fmt: skip


PLANS: Final[dict[str, Callable[[], PortfolioPlan]]] = {
    "rich": rich, "minimal": minimal, "infeasible": infeasible, "running": running, "crowd": crowd, "hostile": hostile,
    "all-out": all_out, "nothing": nothing_to_plan, "not-found": nothing_found,
    "thousand": partial(crowd, 1_000), "few": partial(crowd, 20), "worst": worst,
}  # fmt: skip
"""Name → what makes it."""


@cache
def data_of(name: str) -> PortfolioData:
    """The data of the report of one of them, made once."""
    return portfolio_data(PLANS[name]())
