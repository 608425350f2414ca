"""Managed fine-tuning services as they are printed: what each asks, and where it stands over what is known of it."""

from dataclasses import dataclass
from typing import Final

from planner.outcome import ManagedFront, ManagedJob, Plan
from planner.outcome.method_words import method_name, rank_words
from planner.outcome.service_words import UNDISCLOSED, service_cost
from planner.outcome.settings_words import setting_words
from planner.report.money import beside_usd
from planner.report.names import clean, listed, plural, shorten
from planner.units import quality_q, significant, usd

MOST_ROWS: Final = 20
"""Jobs that a report prints; plan.json lists more."""


@dataclass(frozen=True, slots=True)
class ManagedRow:
    """One job at a managed service."""

    id: str
    provider: str
    model: str
    method: str
    """With its rank and what is swept."""
    cost: str
    cost_band: str
    """The band, and the cost in the scenario's currency and its tax, where it names them."""
    quality: str
    hosting: str
    """Per month, of the deployment that serves the model."""
    inference: str
    """USD per million tokens in and out, and the uplift over the untuned model."""
    trust: str
    """Date and confidence of the price."""
    on_front: bool
    notes: tuple[int, ...]
    """Which notes below the table hold for it, counted from 1."""


@dataclass(frozen=True, slots=True)
class ManagedTable:
    """What managed services offer; without rows where the scenario asks for none."""

    rows: tuple[ManagedRow, ...] = ()
    notes: tuple[str, ...] = ()
    """How far to trust cost and quality, what is unknown, and where prices come from; rows refer to them by number."""
    sentences: tuple[str, ...] = ()
    """Where they stand: one for each set of objectives that is known."""
    more: str = ""
    """How many jobs are in plan.json only; empty where all are shown."""


def managed_table(plan: Plan) -> ManagedTable:
    """The managed jobs of a plan, those on a front first."""
    managed = plan.managed
    if managed is None or not managed.jobs:
        return ManagedTable()
    jobs = sorted(managed.jobs, key=lambda job: not job.on_front)
    left = len(jobs) - MOST_ROWS
    notes: dict[str, int] = {}
    return ManagedTable(
        rows=tuple(_row(job, plan, notes) for job in jobs[:MOST_ROWS]),
        notes=tuple(notes),
        sentences=tuple(_sentence(front, plan) for front in managed.fronts),
        more=f"{plural(left, 'more job')} in plan.json." if left > 0 else "",
    )


def managed_headline(plan: Plan) -> tuple[str, tuple[str, ...]] | None:
    """The headline of a plan that has managed jobs and no feasible machine, and its details; None of any other."""
    managed = plan.managed
    if managed is None or not managed.fronts or plan.front:
        return None
    machines = "No machine is feasible" if plan.search.covered else "No machine is in play"
    front = managed.fronts[0]
    job = managed.job(next(iter(front.decisions.values()), front.members[0]))
    if job is None:
        return None
    cost = service_cost(job) if job.cost_usd_at_least else f"about {usd(job.cost_usd)}"
    told = f"{_what(job)} for {cost}, in a time that it does not tell"
    return f"{machines}; a managed service tunes {told}.", tuple(_sentence(one, plan) for one in managed.fronts)


def _row(job: ManagedJob, plan: Plan, notes: dict[str, int]) -> ManagedRow:
    """One job's row; texts that many jobs share are added to `notes` once, with their number."""
    s = job.serving
    told = [*job.cost_usd_label.split("; "), f"quality: {job.quality_label}", *job.unknown, f"price: {job.source}"]
    band = [] if job.cost_usd is None else [f"{usd(job.cost_usd_lo)} to {usd(job.cost_usd_hi)}", *beside_usd(job, plan)]
    return ManagedRow(
        id=clean(job.id),
        provider=shorten(job.provider, 40),
        model=shorten(job.model, 40),
        method=_method(job),
        cost=service_cost(job),
        cost_band="; ".join(band),
        quality=quality_q(job.quality),
        hosting=_hosting(s.hosting_usd_per_month),
        inference=_inference(job),
        trust=f"{clean(job.as_of)}, {clean(job.confidence)} confidence",
        on_front=job.on_front,
        notes=tuple(sorted({notes.setdefault(shorten(text, 300), len(notes) + 1) for text in told})),
    )


def _method(job: ManagedJob) -> str:
    name = str(job.method.get("name", "?"))
    name = "method not disclosed" if name == UNDISCLOSED else method_name(name)
    swept = [setting_words(path, value) for path, value in job.axes.items() if path != "method.rank"]
    return shorten(", ".join([f"{name} {rank_words(job.method)}".rstrip(), *swept]), 80)


def _hosting(month: float | None) -> str:
    if month is None:
        return "unknown"
    return f"{usd(month)} a month" if month else "none, billed by token"


def _inference(job: ManagedJob) -> str:
    s = job.serving
    if s.input_usd_per_mtok is None or s.output_usd_per_mtok is None:
        return "unknown"
    uplift = f" ({significant(s.output_uplift, 2)} times the untuned)" if s.output_uplift is not None else ""
    return f"{usd(s.input_usd_per_mtok)} in, {usd(s.output_usd_per_mtok)} out{uplift}"


def _what(job: ManagedJob) -> str:
    return f"{clean(job.model)} ({_method(job)}) at {clean(job.provider)}"


def _sentence(front: ManagedFront, plan: Plan) -> str:
    """Where managed jobs stand over some objectives, against the machines."""
    managed = plan.managed
    jobs = {job.id: job for job in managed.jobs} if managed is not None else {}
    mine = [jobs[id_] for id_ in front.members if id_ in jobs]
    over = listed([clean(name) for name in front.objectives])
    whole = "" if front.complete else ", the time left out" if "time" in plan.objectives else ", all that is known"
    if not mine:
        rented = [clean(id_) for id_ in front.members[:1]]
        return f"Over {over}{whole}, no managed job is on the front: machines are better (such as {rented[0]})."
    named: dict[str, list[str]] = {}
    for name, id_ in front.decisions.items():
        if id_ in jobs:
            named.setdefault(id_, []).append(clean(name))
    whose = [f"the {listed(names)} is " if len(front.members) > 1 else "" for names in named.values()]
    chosen = [
        f"{which}{_what(jobs[id_])} for {service_cost(jobs[id_])}" for which, id_ in zip(whose, named, strict=True)
    ]
    count = (
        "the one point of the front is a managed job"
        if len(front.members) == 1
        else f"{len(mine)} of the {len(front.members):,} points of the front "
        f"{'is a managed job' if len(mine) == 1 else 'are managed jobs'}"
    )
    beaten = (
        f"; on these objectives {len(front.beaten):,} of the {plural(len(plan.front), 'front point')} of machines "
        f"{'is' if len(front.beaten) == 1 else 'are'} beaten by a managed job"
        if front.beaten
        else ""
    )
    return f"Over {over}{whole}, {count}{beaten}" + (f": {listed(chosen)}." if chosen else ".")
