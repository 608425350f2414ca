"""Jobs of portfolios made by hand: what each is, where it runs, and when."""

import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from planner.outcome.plan import Reference
from planner.outcome.portfolio import Approval, Chosen, JobPlan, Run

ZONE: Final = ZoneInfo("Europe/Berlin")
BEGINS: Final = datetime.datetime(2026, 12, 1, tzinfo=ZONE)
TEAMS: Final = ("research", "support", "platform")
PLACES: Final = (
    ("aws", "us-east-1", "US", "h100-sxm", 8), ("lambda", "us-west-2", "US", "a100-80gb-sxm", 8),
    ("hetzner", "fsn1", "DE", "l40s", 2), ("coreweave", "us-east-04", "US", "h200-sxm", 4),
)  # fmt: skip


def at(hours: float) -> str:
    """A moment so many hours after the portfolio begins, as plans write it."""
    return (BEGINS.astimezone(datetime.UTC) + datetime.timedelta(hours=hours)).astimezone(ZONE).isoformat()


def chosen(place: int = 0, **changed: Any) -> Chosen:
    """A configuration at one of the places."""
    provider, region, country, gpu, gpus = PLACES[place % len(PLACES)]
    return Chosen(**{
        "id": f"{place:04x}c0ffee", "model": "qwen2.5-7b", "what": "qwen2.5-7b, QLoRA r16, 3 epochs",
        "where": f"{gpus} × {gpu} at {provider} {region}, on demand", "provider": provider, "region": region,
        "country": country, "gpu": gpu, "gpus": gpus, "tier": "on_demand", "decisions": ["knee"], **changed,
    })  # fmt: skip


def run(start: float, hours: float, cost_usd: float, late: float = 0.0, **changed: Any) -> Run:
    """A run from this hour on, its cost within a fifth."""
    months: dict[str, float] = {}
    for hour, share in ((start, 0.75), (start + hours - 1e-6, 0.25)):
        month = at(hour)[:7]
        months[month] = months.get(month, 0.0) + share * cost_usd
    return Run(**{
        "start": at(start), "end": at(start + hours), "start_hours": start, "hours": hours, "cost_usd": cost_usd,
        "cost_usd_lo": 0.82 * cost_usd, "cost_usd_hi": 1.2 * cost_usd, "mean_rate_cost_usd": 1.04 * cost_usd,
        "cost_by_month_usd": months, "quality": 0.71, "carbon_kg": 4.2, "late_hours": late, "moved": False,
        "worth_usd": 2.1 * cost_usd, **changed,
    })  # fmt: skip


def job(name: str, team: str = "research", **changed: Any) -> JobPlan:
    """A job that runs; what differs as given."""
    return JobPlan(**{
        "name": name, "team": team, "scenario": Reference(path=f"jobs/{name}.yaml", digest="sha256:77e2"),
        "kind": "FineTune", "status": "runs", "priority": 1.5, "optional": False, "value_usd": 5_000.0,
        "deadline": at(400), "late_usd_per_day": 300.0, "chosen": chosen(), "run": run(8, 40, 900.0),
        "considered": 1_280, "on_front": 14, **changed,
    })  # fmt: skip


def out(name: str, status: str, why: str, **changed: Any) -> JobPlan:
    """A job that does not run."""
    return job(name, **{"status": status, "why": why, "chosen": None, "run": None, **changed})


def some_jobs() -> list[JobPlan]:
    """Eight that run, one of them late, two left out and one failed."""
    asked = Approval(approver="head of research", above_usd=2_000.0, policy="spend", enforced=True)
    board = Approval(approver="finance board", above_usd=5_000.0, policy="spend", enforced=False)
    return [
        job("intent-model", run=run(0, 30, 640.0), earliest=at(0)),
        job("ranker-large", run=run(8, 120, 5_210.0, late=26.0), deadline=at(102), chosen=chosen(3), approval=board),
        job("bot-serving", "support", kind="Serving", run=run(24, 600, 3_120.0), chosen=chosen(2), deadline=""),
        job("summaries", "support", run=run(32, 52, 1_010.0), after=["intent-model"]),
        job("ocr-small", "platform", run=run(40, 16, 140.0, quality=None, carbon_kg=None), chosen=chosen(2)),
        job("search-embeddings", "platform", run=run(60, 76, 2_440.0), chosen=chosen(1), approval=asked,
            deadline=at(240), hard=True),
        job("toxicity", run=run(130, 22, 310.0), optional=True, value_usd=900.0,
            chosen=chosen(0, tier="spot", avoids="aws eu-central-1")),
        job("speech", "platform", run=run(140, 90, 2_980.0), chosen=chosen(1), approval=asked),
        out("poem-writer", "left out", "it does not pay: it is worth $200 and costs at least $410", optional=True,
            value_usd=200.0, passed_over={"data residency": 220, "spot threshold": 12}),
        out("second-ranker", "left out", "no room: the quota h100-sxm at aws us-east-1 is full until its deadline",
            optional=True, value_usd=1_800.0, team="support"),
        out("broken", "failed", "jobs/broken.yaml: model.name: unknown model 'qwn2.5-7b'; did you mean qwen2.5-7b?",
            team="platform", considered=0, on_front=0),
    ]  # fmt: skip


def many_jobs(count: int) -> list[JobPlan]:
    """So many that run over four weeks, every ninth late, every fortieth left out."""
    found, ends = list[JobPlan](), [0.0] * 24
    for number in range(count):
        if number % 40 == 39:
            found.append(out(f"job-{number:04}", "left out", "it does not pay", optional=True, value_usd=50.0))
            continue
        lane = min(range(len(ends)), key=ends.__getitem__)
        hours = 6.0 + 7.0 * (number % 11)
        start, late = ends[lane], 5.0 * (number % 9 == 0)
        ends[lane] = start + hours
        found.append(job(
            f"job-{number:04}", f"team-{number % 13:02}", chosen=chosen(number % 4), deadline=at(start + hours - late),
            run=run(start, hours, 20.0 + 13.0 * (number % 37), late=late),
        ))  # fmt: skip
    return found
