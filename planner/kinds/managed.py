"""What managed fine-tuning services offer beside the machines: jobs, and the fronts over what is known of them."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.catalog.managed_tuning import SERVICE
from planner.catalog.quoted import TuningPrice
from planner.catalog.rows import Ints
from planner.estimate.cost import tax_usd
from planner.estimate.managed_cost import charge_usd, storage_usd, unstated
from planner.estimate.quality import LABEL
from planner.kinds.decisions import front_points
from planner.kinds.describe import describe
from planner.kinds.managed_fronts import (
    NO_CARBON,
    NO_TIME,
    Joint,
    Kept,
    beaten_by,
    beaten_machines,
    join_fronts,
    keep_jobs,
    untold_limits,
)
from planner.kinds.managed_jobs import MATTERS, MOST, UNDISCLOSED, Jobs
from planner.kinds.managed_missed import lost_services, managed_relaxations
from planner.kinds.problem import Problem
from planner.kinds.quality_label import quality_label
from planner.outcome import Configuration, Plan, Source
from planner.outcome.managed import Managed, ManagedCost, ManagedFront, ManagedJob, Serving
from planner.outcome.method_words import method_name
from planner.outcome.service_words import service_cost
from planner.space.identity import canonical, configuration_id
from planner.space.recipes import decode
from planner.units import HOURS_PER_MONTH, Z90, usd

MOST_LISTED = 200
"""Jobs that a plan lists beside those of the fronts."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What a plan says about managed services, and the configurations beside its front that this refers to."""

    managed: Managed
    beside: Ints
    """Rows of the search."""


def offer_managed(
    problem: Problem, front: Ints, beside: Ints, configurations: list[Configuration], *, brief: bool = False
) -> Offered | None:
    """Managed jobs against the front of machines and those beside it; None where no service is in play.

    `front` and `beside` are rows of the search; `configurations` are those of the front, in its order. A `brief`
    answer has at most `MOST_LISTED` jobs of the fronts and the cheapest, and nothing of what is said of the fronts.
    """
    if not problem.space.tuning.prices:
        return None
    kept = keep_jobs(problem)
    rows = np.concatenate([front, beside])
    machines = front_points(problem, rows) if len(rows) else None
    joints = join_fronts(problem.objectives, machines, kept)
    needed = {int(p) for joint in joints for p in joint.contenders[joint.members] if len(front) <= p < joint.machines}
    further = {place: c.id for place, c in zip(sorted(needed), describe(problem, rows[sorted(needed)]), strict=True)}
    names = {i: c.id for i, c in enumerate(configurations)} | further
    ids = _ids(problem, kept)
    on_front = {int(p) - joint.machines for joint in joints for p in joint.contenders[joint.members]}
    named = names | {len(rows) + i: id_ for i, id_ in enumerate(ids)}
    known = kept.known(problem.objectives)
    jobs = []
    for i in _listed(kept, known, ids, on_front, brief=brief):
        rival = None
        for joint in joints:
            if joint.objectives == known[i]:
                at = int(np.flatnonzero(joint.contenders == joint.machines + i)[0])
                place = beaten_by(joint, at)
                rival = None if place is None else named[int(joint.contenders[place])]
        jobs.append(_job(problem, kept, i, ids[i], on_front=i in on_front, rival=rival or ""))
    managed = Managed(
        jobs=jobs,
        fronts=[] if brief else [_front(problem, joint, named, len(front)) for joint in joints],
        covered=kept.covered,
        feasible=kept.feasible,
        broken=kept.broken,
        untold=untold_limits(problem.limits),
        sampled=[_sampled(jobs) for jobs in kept.groups if not jobs.whole],
        relaxations=managed_relaxations(problem, kept.missed),
        lost=lost_services(problem, kept.lost),
    )
    return Offered(managed, rows[sorted(needed)])


def _listed(
    kept: Kept, known: list[tuple[str, ...]], ids: list[str], on_front: set[int], *, brief: bool
) -> list[int]:  # fmt: skip
    """Which of the kept jobs a plan lists, cheapest first: those on fronts, the cheapest, and of the others some."""

    def order(i: int) -> tuple[tuple[bool, float], str]:
        return _last(float(kept.points.cost_usd[i])), ids[i]

    everything = sorted((i for i in range(len(kept)) if known[i]), key=order)
    mine = [i for i in everything if i in on_front]
    others = [i for i in range(len(kept)) if i not in on_front]
    listed = {*everything[:1], *(mine[:MOST_LISTED] if brief else [*mine, *others[:MOST_LISTED]])}
    return sorted(listed, key=order)


def _sampled(jobs: Jobs) -> str:
    price = jobs.price
    of = f"{price.provider} {price.offered} by {method_name(jobs.method.name)}"
    return f"of {len(jobs.space):,} settings of {of} {MOST:,}, evenly spread, were priced: there may be a better one"


def _front(problem: Problem, joint: Joint, named: dict[int, str], front: int) -> ManagedFront:
    members = [named[int(place)] for place in joint.contenders[joint.members]]
    chosen = [d for d in joint.decisions if d.name != "knee" or (len(joint.objectives) > 1 and not d.undefined)]
    return ManagedFront(
        objectives=list(joint.objectives),
        members=members,
        beaten=[named[int(place)] for place in beaten_machines(joint, front)],
        decisions={d.name: members[d.point] for d in chosen},
        rules={d.name: d.rule for d in chosen},
        complete=joint.objectives == tuple(problem.objectives),
    )


def _settings(problem: Problem, jobs: Jobs, row: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Method with its options, settings that matter to the service, and the axes among them."""
    method: dict[str, Any] = {"name": jobs.method.name}
    train: dict[str, Any] = {}
    for path in sorted(MATTERS):
        block, name = path.split(".")
        value = decode(path, float(jobs.recipes.columns[path][row]))
        if block != "method":
            train[path] = value
        elif name in jobs.method.options:
            method[name] = value
    axes = {
        axis.path: decode(axis.path, float(jobs.recipes.columns[axis.path][row]))
        for axis in jobs.space.axes
        if jobs.space.applies(axis, jobs.method)
    }
    train["dataset_mean_tokens"] = round(problem.lengths.whole_mean, 6)
    return method, train, axes


def _ids(problem: Problem, kept: Kept) -> list[str]:
    found = []
    for g, r in zip(kept.group.tolist(), kept.row.tolist(), strict=True):
        jobs = kept.groups[g]
        method, train, _ = _settings(problem, jobs, r)
        recipe = {"model": jobs.models[r], "method": method, "train": train}
        offer = {"provider": jobs.price.provider, "service": SERVICE, "offered": jobs.price.offered}
        found.append(configuration_id(canonical(recipe), canonical(offer)))
    return found


def _job(problem: Problem, kept: Kept, i: int, id_: str, *, on_front: bool, rival: str) -> ManagedJob:
    jobs, r = kept.groups[int(kept.group[i])], int(kept.row[i])
    price, q = jobs.price, jobs.quality
    method, _, axes = _settings(problem, jobs, r)
    tokens, reruns = jobs.tokens[[r]], float(jobs.recipes.number("train.expected_reruns")[r])
    training, cost = float(charge_usd(price, tokens)[0]), float(kept.points.cost_usd[i])
    stored = math.nan if math.isnan(price.storage_usd_per_month) else storage_usd(price)
    tax = None if problem.tax is None else _known(tax_usd(problem.tax.percent, cost))
    low, high = (float(jobs.cost_usd(z)[r]) for z in (-Z90, Z90))
    q_low, q_high = (float(end[r]) for end in q.band(Z90))
    model = int(jobs.recipes.model[r])
    return ManagedJob(
        id=id_,
        provider=price.provider,
        model=jobs.models[r],
        offered=price.offered,
        method=method,
        axes=axes,
        usd_per_mtok=_known(price.usd_per_mtok),
        usd_per_hour=_known(price.usd_per_hour),
        minimum_usd=_known(price.minimum_usd),
        billed_tokens=float(tokens[0]),
        cost_usd=_known(cost),
        cost_usd_lo=_known(low),
        cost_usd_hi=_known(high),
        cost_usd_label=_cost_label(price),
        cost_usd_at_least=bool(unstated(price)) and not math.isnan(cost),
        cost_parts=ManagedCost(
            training=_known(training), storage=_known(stored), reruns=_known(reruns * training), tax=tax
        ),
        hours=None,
        hours_label=f"unknown: {NO_TIME}",
        quality=_known(float(q.q[r])),
        quality_lo=_known(q_low),
        quality_hi=_known(q_high),
        quality_label=_quality_label(problem, jobs, model, float(q.q[r])),
        serving=_serving(price),
        as_of=price.as_of,
        confidence=price.confidence,
        source=price.source,
        notes=price.notes,
        unknown=_unknown(problem, jobs, kept, i),
        on_front=on_front,
        beaten_by=rival,
    )


def _cost_label(price: TuningPrice) -> str:
    """How far to trust the cost, and what is not in it."""
    if math.isnan(price.usd_per_mtok):
        return f"unknown: billed {usd(price.usd_per_hour)} per hour of training, and {NO_TIME}"
    missing = unstated(price)
    told = f"; at least this: no {' or '.join(missing)} is known, and none is counted" if missing else ""
    size = (
        "; priced by size: whether the service has this model is not known"
        if not price.model and not price.open_models
        else ""
    )
    return f"estimate by the tokens of the dataset, {price.confidence} confidence{told}{size}"


def _quality_label(problem: Problem, jobs: Jobs, model: int, q: float) -> str:
    how = "; how the service trains is not disclosed" if jobs.method.name == UNDISCLOSED else ""
    if model >= 0:
        return quality_label(problem, model) + how
    return "unknown: no published score" if math.isnan(q) else LABEL + how


def _serving(price: TuningPrice) -> Serving:
    hosting = price.hosting_usd_per_hour
    return Serving(
        hosting_usd_per_hour=_known(hosting),
        hosting_usd_per_month=_known(hosting * HOURS_PER_MONTH),
        input_usd_per_mtok=_known(price.input_usd_per_mtok),
        output_usd_per_mtok=_known(price.output_usd_per_mtok),
        cached_input_usd_per_mtok=_known(price.cached_input_usd_per_mtok),
        input_uplift=_ratio(price.input_usd_per_mtok, price.base_input_usd_per_mtok),
        output_uplift=_ratio(price.output_usd_per_mtok, price.base_output_usd_per_mtok),
    )


def _unknown(problem: Problem, jobs: Jobs, kept: Kept, i: int) -> list[str]:
    """Objectives and limits that nobody can tell of a job."""
    reasons = {
        "cost": "hours are billed, and no managed service tells how many",
        "time": NO_TIME,
        "quality": f"no comparable {problem.baseline.benchmark.id} score of the base model",
        "carbon": NO_CARBON,
    }
    known = {name for name in problem.objectives if np.isfinite(kept.points.figure(name)[i])}
    told = [f"{name}: {reasons[name]}" for name in problem.objectives if name not in known]
    told += [f"{name}: {why}" for name, why in untold_limits(problem.limits).items()]
    bounded = {limit.name for limit in problem.limits}
    if "constraints.max_cost" in bounded and math.isnan(float(kept.points.cost_usd[i])):
        told.append(f"constraints.max_cost: {reasons['cost']}")
    if math.isnan(float(kept.points.quality[i])):
        told += [f"{name}: {reasons['quality']}" for name in sorted(bounded) if name.startswith("quality.floor")]
    return told


def with_note(plan: Plan) -> Plan:
    """The plan, its cheapest decision told where a managed service would be cheaper still."""
    note, job = plan.decision_notes.get("cheapest"), plan.cheapest_service
    chosen = plan.configuration(plan.decisions.get("cheapest", "-"))
    if note is None or job is None or job.cost_usd is None or chosen is None or chosen.cost_usd is None:
        return plan
    if job.cost_usd >= chosen.cost_usd:
        return plan
    told = f"{job.provider} would tune {job.model} for {service_cost(job)}, its time unknown"
    notes = plan.decision_notes | {"cheapest": note.model_copy(update={"text": f"{note.text}; {told}"})}
    return plan.model_copy(update={"decision_notes": notes})


def managed_warnings(problem: Problem, offered: Managed | None) -> list[str]:
    """What a reader must know before comparing managed jobs with machines."""
    if offered is None:
        return []
    told = [f"{name}: {why} (managed fine-tuning)" for name, why in offered.untold.items()]
    told += [f"managed fine-tuning: {text}" for text in offered.sampled]
    if offered.feasible:
        told += [
            f"nothing of {who} is left: no job there keeps to the limits; {way}" for who, way in offered.lost.items()
        ]
    else:
        cut = "; ".join(f"{name}: {n:,}" for name, n in offered.broken.items())
        lets = f"; {offered.relaxations[0].text}" if offered.relaxations else ""
        told.append(f"no managed fine-tuning job keeps to the limits ({cut or 'rules leave none'}){lets}")
    return told


def managed_sources(problem: Problem) -> list[Source]:
    """Where the prices in play come from, each once."""
    rows = {(price.provider, price.source, price.as_of): None for price in problem.space.tuning.prices}
    return [Source(what=f"fine-tuning prices {who}", source=what, as_of=when) for who, what, when in rows]


def _last(value: float) -> tuple[bool, float]:
    return (True, 0.0) if math.isnan(value) else (False, value)


def _ratio(tuned: float, base: float) -> float | None:
    return _known(tuned / base) if base > 0 else None


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
