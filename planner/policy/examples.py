"""Examples of policy tests made into differences, as `planner check` would make them of real scenarios."""

import math
from collections.abc import Mapping
from typing import Any, Final

from planner.outcome import (
    FIGURES,
    FIGURES_OF,
    AnyPlan,
    Configuration,
    CostParts,
    Delta,
    Difference,
    Hardware,
    HourParts,
    LockState,
    ManagedJob,
    Memory,
    Metadata,
    Offer,
    Revision,
    ScenarioDifference,
    Side,
    Total,
    Totals,
    Work,
)
from planner.outcome.difference_words import choice_text, decision_sentence, is_same
from planner.outcome.managed import ManagedCost, Serving
from planner.outcome.sides import plan_side
from planner.policy.cases import Case, ExampleJob
from planner.policy.figures import PARTS, figure_kind, value_of
from planner.policy.units import parse_limit

_LABELS: Final = {"hours": "speed {}"}


def difference_of(case: Case, head: AnyPlan | None, base: AnyPlan | None, decision: str) -> Difference:
    """The difference of a case that names plans or gives jobs."""
    job, before_job = case.job, case.base_job
    after = _side(head, job, decision)
    before = _side(base, before_job, decision)
    metadata, was = _metadata(head, job), None
    written = {} if job is None else _figures(job)
    moved = any(name.startswith(("delta.", "chance_higher.")) for name in written)
    path = case.path or (head.scenario.path if head else f"scenarios/{metadata.name}.yaml")
    quiet = job.within_noise if job else []
    if before is not None or moved:
        # What a case does not say of the base is as it is at the head.
        told = base is not None or (before_job is not None and "metadata" in before_job.model_fields_set)
        was = _metadata(base, before_job) if told else metadata
    scenario = ScenarioDifference(
        path=path,
        name=metadata.name,
        kind="FineTune" if head is None else head.kind,
        kind_before=base.kind if base is not None and head is not None and base.kind != head.kind else "",
        metadata=metadata,
        metadata_before=was,
        renamed_from=was.name if was is not None and was.name != metadata.name else "",
        change="changed" if before is not None or moved else "added",
        before=before,
        after=after,
        flipped=None if not (_chooses(before) and _chooses(after)) else not is_same(*_both(before, after)),
        sentence=decision_sentence(before, after),
        delta={name: _delta(name, before, after, written, quiet=name in quiet) for name in _names(head, base)},
        lock=_lock(path, job),
    )
    return Difference(
        base=Revision(name="before the case"),
        head=Revision(name="the case"),
        planner="",
        scenarios=[scenario],
        totals=Totals(all=Total(scenarios=1)),
    )


def _names(head: AnyPlan | None, base: AnyPlan | None) -> tuple[str, ...]:
    """The figures of the kinds on both sides; a job is one of fine-tuning."""
    kinds = dict.fromkeys("FineTune" if plan is None else plan.kind for plan in (head, base or head))
    return tuple(dict.fromkeys(name for kind in kinds for name in FIGURES_OF.get(kind, FIGURES)))


def _metadata(plan: AnyPlan | None, job: ExampleJob | None) -> Metadata:
    if plan is not None:
        return plan.metadata
    return Metadata(name="example") if job is None else Metadata.model_validate(job.metadata.model_dump())


def _side(plan: AnyPlan | None, job: ExampleJob | None, decision: str) -> Side | None:
    if plan is not None:
        return plan_side(plan, decision, f"catalog of {plan.catalog.as_of}")
    return None if job is None else _of_job(job, decision)


def _of_job(job: ExampleJob, decision: str) -> Side:
    figures = _figures(job)
    chosen = None if job.state != "feasible" else (_managed if job.managed else _configuration)(job, figures)
    return Side(
        scenario_digest="",
        catalog_as_of="",
        prices="as the case says",
        planner="",
        decision=decision,
        configuration=chosen if isinstance(chosen, Configuration) else None,
        service=chosen if isinstance(chosen, ManagedJob) else None,
        choice=choice_text(chosen) if chosen else "",
        margin=figures.get("margin"),
        front=int(figures.get("front", 0)),
        feasible=int(figures.get("feasible", 0)),
        problems=["the case says that it cannot be read"] if job.state == "unreadable" else [],
    )


def _figures(job: ExampleJob) -> dict[str, float]:
    """The figures of a job, each in its own unit."""
    return {name: parse_limit(written, figure_kind(name).unit) for name, written in job.figures.items()}


def _configuration(job: ExampleJob, figures: Mapping[str, float]) -> Configuration:
    """A configuration with the figures that are given; all others are unknown."""
    main: dict[str, Any] = {f"{name}{end}": figures.get(f"{name}{end}") for name in FIGURES for end in _ENDS}
    labels: dict[str, Any] = {
        f"{name}_label": _LABELS.get(name, "{}").format(job.labels.get(name, "calibrated"))  # type: ignore[call-overload]
        for name in FIGURES
    }
    return Configuration(
        id="example",
        model=job.model,
        method={"name": job.method},
        stack=job.stack,
        train={name.removeprefix("train."): value for name, value in figures.items() if name.startswith("train.")},
        axes={},
        hardware=Hardware(
            gpu=job.gpu,
            count=job.gpus,
            nodes=job.nodes,
            parallelism="single" if job.gpus * job.nodes == 1 else "ddp",
            memory_per_gpu_gib=figures.get("memory_per_gpu_gib", math.nan),
        ),
        offer=Offer(
            provider=job.provider,
            instance="",
            region=job.region,
            tier=job.tier,
            price_usd_per_hour=figures.get("price_usd_per_hour"),
            as_of="",
            price_confidence=job.price_confidence,
            service="" if job.service == "vm" else job.service,
            country=job.country,
            host_memory_gib=figures.get("host_memory_gib"),
            preemption_per_hour=figures.get("preemption_per_hour"),
            preemption_break_even_per_hour=figures.get("preemption_break_even_per_hour"),
        ),
        memory_gib=Memory(
            label=job.labels.get("memory_gib", "calibrated"),
            metric="",
            phase="",
            **_block(Memory, "memory_gib", figures),
        ),
        cost_parts=CostParts(**_block(CostParts, "cost_parts", figures)),
        hour_parts=HourParts(**_block(HourParts, "hour_parts", figures)),
        work=Work(step_parts_s={}, **_block(Work, "work", figures)),
        quality_parts={},
        **main,
        **labels,
    )  # fmt: skip


def _managed(job: ExampleJob, figures: Mapping[str, float]) -> ManagedJob:
    """A job at a managed service with the figures that are given; all others are unknown."""
    main: dict[str, Any] = {
        f"{name}{end}": figures.get(f"{name}{end}") for name in ("cost_usd", "quality") for end in _ENDS
    }
    return ManagedJob(
        id="example",
        provider=job.provider,
        model=job.model,
        offered=job.model,
        method={"name": job.method},
        axes={},
        usd_per_mtok=None,
        usd_per_hour=None,
        minimum_usd=None,
        billed_tokens=math.nan,
        cost_usd_label="",
        cost_parts=ManagedCost(
            training=None, **{name: figures.get(f"cost_parts.{name}") for name in ("storage", "reruns", "tax")}
        ),
        hours=None,
        hours_label="",
        quality_label=job.labels.get("quality", "calibrated"),
        serving=Serving(**dict.fromkeys(Serving.model_fields)),
        as_of="",
        confidence=job.price_confidence,
        source="",
        notes="",
        unknown=[],
        on_front=True,
        **main,
    )


_ENDS: Final = ("", "_lo", "_hi")
_TEXTS: Final = frozenset({"label", "metric", "phase", "step_parts_s"})


def _block(
    form: type[Memory | CostParts | HourParts | Work], prefix: str, figures: Mapping[str, float]
) -> dict[str, Any]:
    return {name: figures.get(f"{prefix}.{name}", math.nan) for name in form.model_fields if name not in _TEXTS}


def _delta(name: str, before: Side | None, after: Side | None, figures: Mapping[str, float], *, quiet: bool) -> Delta:
    """The change of a figure: as the case gives it, else from the two sides."""
    one, other = value_of(before, name), value_of(after, name)
    total = None if one is None or other is None else other - one
    parts = {part: figures.get(f"delta.{name}.{part}") for part in PARTS}
    return Delta(
        before=one,
        after=other,
        total=figures.get(f"delta.{name}", total),
        chance_higher=figures.get(f"chance_higher.{name}"),
        within_noise=quiet,
        **parts,
    )


def _lock(path: str, job: ExampleJob | None) -> LockState | None:
    if job is None or job.lock is None:
        return None
    file = f"{path.rpartition('.')[0] or path}.lock.yaml"
    return LockState(file=file, state=job.lock, as_of=job.lock_as_of or "", text=job.lock.replace("-", " "))


def _chooses(side: Side | None) -> bool:
    return side is not None and side.chosen is not None


def _both(before: Side | None, after: Side | None) -> tuple[Side, Side]:
    assert before is not None
    assert after is not None
    return before, after
