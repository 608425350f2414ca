"""`planner explain`: one configuration of a plan, term by term, with the name of each formula."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli.explain_rows import bars
from planner.errors import InputError
from planner.units import compact, duration, gib, kilograms, share_text, significant, usd

if TYPE_CHECKING:
    from planner.outcome import Assumption, CalibrationReference, Configuration, Plan
    from planner.outcome.serving_plan import ServingPlan

FORMULAS = {
    "memory": "peak memory = larger of backward pass and optimizer step (DOMAIN 3)",
    "time": "step = compute by the utilisation law + de-quantisation + exposed communication + optimizer (DOMAIN 2)",
    "hours": "wall-clock = queue, start-up, data, training, evaluation, saving, preemption, upload (DOMAIN 2.9, 7)",
    "cost": "cost = billed compute + storage + egress + expected re-runs (DOMAIN 7)",
    "quality": "logit q = base + gain + method - capacity - overfit (DOMAIN 4.2)",
}
_SHOWN = "  other tools would show: PyTorch reserved {}, nvidia-smi {}; their cache on top is not needed to run"


@click.command("explain")
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("configuration", metavar="[ID]", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to print it.",
)
@click.option(
    "--measure",
    is_flag=True,
    help="Print the one small measurement that would most lower the risk of this choice, as a command.",
)
@click.option(
    "--why-not",
    metavar="CONFIG",
    help="Say why CONFIG is not the choice: an id, or words such as model=qwen3-8b,gpu=l40s,tier=spot,train.epochs=2.",
)
@click.option(
    "--second-opinion",
    "opinion",
    is_flag=True,
    help="Of a rented way to serve: what aiconfigurator says of it, beside our figures. Needs its package.",
)
@click.option(
    "--scenario",
    type=click.Path(path_type=Path),
    help="The plan's scenario, for --why-not. Default: where the plan says it lies.",
)
def command(
    plan: Path,
    configuration: str | None,
    form: str,
    measure: bool,
    why_not: str | None,
    opinion: bool,
    scenario: Path | None,
) -> None:
    """Explain one configuration of PLAN (a plan.json, or the folder it lies in): memory, time, cost and quality.

    ID is an id, the beginning of one, or the name of a decision (cheapest, fastest, best, knee); left out, it is the
    knee. Of a plan of serving it is load, capacity, latency, replicas and cost.

    With --why-not the scenario is read again and what is asked about is estimated: what dominates it, which limit cuts
    it, why it cannot run, or what keeps it out of the scenario; of several meant, the best by each objective.

    \b
    Example: planner explain reports/support-bot/plan.json cheapest
             planner explain reports/support-bot --why-not model=qwen3-8b,gpu=l40s,method=lora,tier=spot
    """  # noqa: D301 - click wants the character itself
    from planner.outcome.serving_plan import ServingPlan
    from planner.report.reading import read_any_plan

    read = read_any_plan(plan)
    if isinstance(read, ServingPlan):
        _refuse_of_serving(plan, {"--measure": measure, "--why-not": why_not, "--scenario": scenario})
        if opinion:
            click.echo(_second_opinion(read, configuration, form))
            return
        from planner.cli.explain_serving import explain_serving

        click.echo(explain_serving(read, configuration, form))
        return
    if opinion:
        message = f"{plan}: --second-opinion asks about a plan of serving, and this is one of fine-tuning"
        raise InputError(message)
    if why_not is not None:
        _refuse_with_why_not(configuration, measure)
        click.echo(_why_not(read, plan, why_not, scenario, form))
        return
    if scenario is not None:
        message = "--scenario goes with --why-not"
        raise InputError(message)
    found = find_configuration(read, configuration)
    if measure:
        click.echo(_measurement(read, found, form))
        return
    click.echo(json.dumps(found.model_dump(), indent=2) if form == "json" else explanation(read, found))


def _second_opinion(plan: ServingPlan, configuration: str | None, form: str) -> str:
    from planner.cli.environment import Settings
    from planner.cli.explain_serving import find_serving
    from planner.cli.second_opinion import second_opinion

    catalog = click.get_current_context().ensure_object(Settings).load_catalog()
    return second_opinion(plan, find_serving(plan, configuration), catalog, form)


def _refuse_of_serving(plan: Path, options: Mapping[str, object]) -> None:
    """Raise InputError for an option that asks about a job."""
    given = next((name for name, value in options.items() if value), None)
    if given is not None:
        message = f"{plan}: {given} asks about a plan of fine-tuning, and this is one of serving"
        raise InputError(message)


def _refuse_with_why_not(configuration: str | None, measure: bool) -> None:
    if configuration is not None or measure:
        message = "--why-not asks about what it names; leave out ID and --measure"
        raise InputError(message)


def _why_not(plan: Plan, file: Path, asked: str, scenario: Path | None, form: str) -> str:
    from planner.cli.environment import Settings
    from planner.cli.why_not import answer, answer_text

    catalog = click.get_current_context().ensure_object(Settings).load_catalog()
    found = answer(plan, file, asked, scenario, catalog)
    return json.dumps(found.model_dump(), indent=2) if form == "json" else answer_text(found)


def _measurement(plan: Plan, c: Configuration, form: str) -> str:
    from planner.choose.measure import advise
    from planner.cli.environment import Settings
    from planner.cli.measurement import advice_data, advice_text

    catalog = click.get_current_context().ensure_object(Settings).load_catalog()
    advice = advise(plan, c, catalog)
    if form == "json":
        return json.dumps(advice_data(advice), indent=2)
    return advice_text(advice, _names(plan, c))


def _names(plan: Plan, c: Configuration) -> list[str]:
    return [name for name, id_ in plan.decisions.items() if id_ == c.id]


def find_configuration(plan: Plan, name: str | None) -> Configuration:
    """The configuration with this id, the beginning of one, or the name of a decision; left out, the knee."""
    if not plan.front and not plan.beside:
        services = plan.managed is not None and plan.managed.jobs
        why = "only managed services tune it, and plan.json has all of them" if services else "nothing was feasible"
        message = f"the plan has no configuration: {why}"
        raise InputError(message)
    wanted = plan.decisions.get(name or "knee", name or plan.front[0].id if plan.front else plan.beside[0].id)
    found = plan.configuration(wanted)
    if found is None:
        known = ", ".join(plan.decisions)
        message = f"no single configuration {wanted!r} in this plan; use an id of the front, or one of: {known}"
        raise InputError(message)
    return found


def explanation(plan: Plan, c: Configuration) -> str:
    """The whole explanation as text."""
    from planner.cli.advice_text import change_lines

    calibrated = calibrated_lines(plan.calibration, plan.assumptions)
    return "\n".join([explained(c, _names(plan, c)), *change_lines(plan, c), *calibrated])


def calibrated_lines(calibration: CalibrationReference | None, assumptions: Sequence[Assumption]) -> list[str]:
    """What the user's own runs changed, figure by figure."""
    if calibration is None:
        return []
    changed = [(a.key.removeprefix("calibration "), a) for a in assumptions if a.key.startswith("calibration ")]
    width = max((len(key) for key, _ in changed), default=0)
    runs = f"{calibration.runs:,} run{'' if calibration.runs == 1 else 's'}"
    return [
        "",
        f"calibrated with {runs} of yours; {calibration.file} ({calibration.digest[:12]})",
        *(f"  {key:<{width}}  {a.value}; {a.note}" for key, a in changed),
    ]


def explained(c: Configuration, names: Sequence[str] = ()) -> str:
    """A configuration term by term; `names` are the decisions it is."""
    title = f"{c.id}  {', '.join(names)}".rstrip()
    options = ", ".join(f"{key} {value}" for key, value in c.method.items() if key != "name")
    head = [
        title,
        f"  {c.model}, {c.method['name']}{f' ({options})' if options else ''}, {c.stack}",
        f"  {c.hardware.count}x {c.hardware.gpu}, {c.hardware.parallelism}; {c.offer.seller} {c.offer.instance}, "
        f"{c.offer.region}, {c.offer.tier.replace('_', '-')} at {usd(c.offer.price_usd_per_hour)}/h "
        f"as of {c.offer.as_of} ({c.offer.price_confidence} confidence); "
        f"host memory {gib(c.offer.host_memory_gib)}",
        *_sharing(c),
        *([f"  the same in {', '.join(c.offer.also_in)}"] if c.offer.also_in else []),
        f"  {_train(c.train)}",
    ]
    return "\n".join(
        [
            *head,
            "",
            *_memory(c),
            "",
            *_step(c),
            "",
            *_hours(c),
            "",
            *_cost(c),
            "",
            *_quality(c),
            "",
            *_carbon(c),
        ]
    )


def _train(train: dict[str, Any]) -> str:
    shown = (
        "epochs",
        "max_seq_len",
        "global_batch_size",
        "micro_batch_size",
        "grad_accum",
        "checkpointing",
        "attention",
        "loss_kernel",
        "packing",
    )
    return ", ".join(f"{key} {_plain(train[key])}" for key in shown if key in train)


def _plain(value: object) -> str:
    return (
        ("yes" if value else "no")
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _memory(c: Configuration) -> list[str]:
    m = c.memory_gib
    terms = {
        n: getattr(m, n)
        for n in (
            "weights",
            "adapters",
            "gradients",
            "optimizer",
            "activations",
            "logits",
            "temporary",
            "context",
        )
    }
    return [
        f"memory per GPU  {gib(m.total)} ({gib(m.total_lo)} to {gib(m.total_hi)}) of {gib(m.usable)} usable; "
        f"{m.metric}; peak in the {m.phase}",
        f"  {FORMULAS['memory']}",
        *bars({name: v for name, v in terms.items() if v > 0}, gib),
        *([] if m.reserved is None else [_SHOWN.format(gib(m.reserved), gib(m.nvidia_smi))]),
    ]


def _step(c: Configuration) -> list[str]:
    w = c.work
    return [
        f"step time  {significant(w.step_s)} s; {significant(w.tokens_per_s_per_gpu)} tokens/s per GPU; "
        f"HFU {share_text(w.hfu)}, MFU {share_text(w.mfu)}; {compact(w.flops_per_token)}FLOP per token",
        f"  {FORMULAS['time']}",
        *bars({name: v for name, v in w.step_parts_s.items() if v > 0}, lambda v: f"{significant(v)} s"),
    ]


def _hours(c: Configuration) -> list[str]:
    w = c.work
    return [
        f"wall-clock  {duration(c.hours)} ({duration(c.hours_lo)} to {duration(c.hours_hi)}); {c.hours_label}; "
        f"{w.steps:,.0f} steps, {compact(w.tokens)} tokens, {share_text(w.useful_tokens / w.tokens)} of them useful",
        *_truncation(c),
        f"  {FORMULAS['hours']}",
        *bars({name: v for name, v in c.hour_parts.model_dump().items() if v > 0}, duration),
    ]


def _sharing(c: Configuration) -> list[str]:
    if c.offer.spot_twin_usd_per_hour is None:
        return []
    share = f"{share_text(c.train['spot_share'])} of the work goes first, on its spot twin"
    return [f"  {share} at {usd(c.offer.spot_twin_usd_per_hour)}/h; the rest runs on demand"]


def _truncation(c: Configuration) -> list[str]:
    w = c.work
    if not w.cut_sample_share:
        return []
    cut = f"{share_text(w.cut_sample_share, 1)} of the samples are cut at {c.train['max_seq_len']:,} tokens"
    return [f"  {cut}; {share_text(w.lost_token_share, 1)} of all tokens are lost"]


def _cost(c: Configuration) -> list[str]:
    people = ("labour", "management", "tax")
    parts = {name: v for name, v in c.cost_parts.model_dump().items() if v and name not in people}
    lines = [
        f"cost  {usd(c.cost_usd)} ({usd(c.cost_usd_lo)} to {usd(c.cost_usd_hi)}); {c.cost_usd_label}",
        f"  {FORMULAS['cost']}",
        *bars(parts, usd),
    ]
    beside = [f"{name} {usd(v)}" for name in people if (v := getattr(c.cost_parts, name)) is not None]
    if beside:
        lines.append(f"  beside it, not in it: {', '.join(beside)}")
    if c.offer.timed is not None:
        from planner.outcome.time_words import timed_text

        lines.append(f"  {timed_text(c.offer.timed)}")
    if c.offer.commitment is not None:
        from planner.outcome.tier_words import commitment_text

        lines.append(f"  {commitment_text(c.offer.commitment)}")
    if c.offer.tier == "spot":
        from planner.outcome import BELIEVABLE_PER_HOUR

        even = c.offer.preemption_break_even_per_hour
        if even is None:
            against = "not offered on demand"
        elif even > BELIEVABLE_PER_HOUR:
            against = f"cheaper than on demand even at {BELIEVABLE_PER_HOUR:g} per hour"
        else:
            against = f"costs as much as on demand at {significant(even, 2)} per hour"
        lines.append(f"  preemption {significant(c.offer.preemption_per_hour, 2)} per running hour; {against}")
    return lines


def _quality(c: Configuration) -> list[str]:
    parts = {name: v for name, v in c.quality_parts.items() if name != "points" and v is not None}
    points = c.quality_parts.get("points")
    shown = "unknown" if c.quality is None else f"q {c.quality:.3f} ({c.quality_lo:.2f} to {c.quality_hi:.2f})"
    lines = [
        f"quality  {shown}; {c.quality_label}",
        f"  {FORMULAS['quality']}",
        *bars(parts, lambda v: f"{v:+.3f} logit"),
    ]
    if points is not None:
        lines.append(f"  base model's published score: {points:g} points (before tuning)")
    return lines


def _carbon(c: Configuration) -> list[str]:
    return [
        f"carbon  {kilograms(c.carbon_kg)} CO2e ({kilograms(c.carbon_kg_lo)} to {kilograms(c.carbon_kg_hi)}); "
        f"{c.carbon_kg_label}"
    ]
