"""`planner explain` of what is served: load, capacity, latency, replicas, cost, quality and carbon, term by term."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from planner.cli.explain_rows import bars
from planner.errors import InputError
from planner.outcome.serving_words import place_words, serving_text
from planner.units import compact, gib, kilograms, seconds, share_text, significant, usd

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.outcome.serving_configuration import ApiTerms, ServingConfiguration
    from planner.outcome.serving_plan import ServingPlan

    _Figure = tuple[float | None, float | None, float | None]

FORMULAS: Final = {
    "capacity": "a step grows with the sequences in it; most requests/s that keep to the targets (DOMAIN 9.1, 9.2)",
    "latency": "first token = floor + prefill + waiting; then one step a token (DOMAIN 9.2, 9.3)",
    "replicas": "replicas = requests/s of the hour over capacity times headroom, at least the least (DOMAIN 9.3)",
    "rented": "cost = machine-hours of a month at their price + levers + training (DOMAIN 9.3, 9.4)",
    "api": "cost = input, cached input and output tokens at their prices + levers + training (DOMAIN 9.4)",
    "quality": "published scores as q, less what precision and levers cost (DOMAIN 4.3)",
}
_LATENCIES: Final = {"ttft": "first token", "itl": "each next token", "total": "last token"}


def explain_serving(plan: ServingPlan, configuration: str | None, form: str) -> str:
    """A configuration of the plan as text or JSON; raises InputError where there is none of this name."""
    found = find_serving(plan, configuration)
    return json.dumps(found.model_dump(), indent=2) if form == "json" else explained(plan, found)


def find_serving(plan: ServingPlan, name: str | None) -> ServingConfiguration:
    """The configuration with this id, the beginning of one, or the name of a decision.

    Left out, it is the knee; of a plan without a front the cheapest API.
    """
    if not plan.front and not plan.beside:
        message = "the plan has no configuration: nothing was feasible"
        raise InputError(message)
    first = next((decision for decision in ("knee", "cheapest_api") if decision in plan.decisions), None)
    wanted = name or first or (plan.front or plan.beside)[0].id
    found = plan.configuration(plan.decisions.get(wanted, wanted))
    if found is None:
        known = ", ".join(plan.decisions)
        message = f"no single configuration {wanted!r} in this plan; use an id of the front, or one of: {known}"
        raise InputError(message)
    return found


def explained(plan: ServingPlan, c: ServingConfiguration) -> str:
    """The whole explanation as text."""
    names = ", ".join(name for name, id_ in plan.decisions.items() if id_ == c.id)
    blocks = [
        [f"{c.id}  {names}".rstrip(), f"  {serving_text(c)}", f"  {place_words(c)}{_price(c)}"],
        _load(plan),
        _capacity(c),
        _latency(plan, c),
        _replicas(c),
        _cost(c),
        _quality(c),
        [_band("carbon", kilograms, _figure(c, "carbon_kg_per_month"), " CO2e a month", c.carbon_kg_per_month_label)],
        _levers(plan, c),
    ]
    if c.unknown:
        blocks.append([f"unknown: {reason}" for reason in c.unknown])
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _price(c: ServingConfiguration) -> str:
    if c.offer is None:
        return ""
    o = c.offer
    return f"; a machine is {usd(o.price_usd_per_hour)}/h as of {o.as_of} ({o.price_confidence} confidence)"


def _load(plan: ServingPlan) -> list[str]:
    t = plan.traffic
    rates = f"{_number(t.mean_requests_per_s)} requests/s, {_number(t.peak_requests_per_s)} in the busiest hour"
    tokens = f"{_number(t.input_tokens_mean)} tokens in and {_number(t.output_tokens_mean)} out of a request"
    return [
        f"load  {compact(t.requests_per_month)} requests a month; {rates}; {tokens}",
        f"  of {'numbers of the scenario' if t.source == 'scenario' else t.source}; "
        f"burstiness {_number(t.burstiness)}, where 1 is a Poisson stream",
    ]


def _capacity(c: ServingConfiguration) -> list[str]:
    cap, machine = c.capacity, c.machine
    if cap is None or machine is None:
        return []
    copies = f"{machine.tensor_parallel} GPU{'s' if machine.tensor_parallel > 1 else ''} for each"
    return [
        f"capacity of a replica  {_number(cap.requests_per_s)} requests/s within the targets, bound by {cap.bound_by}; "
        f"{_number(cap.tokens_per_s)} output tokens/s at full load",
        f"  {FORMULAS['capacity']}",
        f"  {machine.replicas_per_machine} on a machine of {machine.gpus_per_machine}x {machine.gpu} "
        f"({gib(machine.memory_per_gpu_gib)} each), {copies}; weights {gib(machine.weights_gib)}, "
        f"room for the keys and values of {compact(machine.cache_tokens)} tokens",
        f"  in the busiest hour it works on {_number(cap.sequences)} requests at a time, "
        f"at {_share(cap.load)} of what it can do",
    ]


def _latency(plan: ServingPlan, c: ServingConfiguration) -> list[str]:
    what = " p95 to the last token in the busiest hour"
    lines = [_band("latency", seconds, _figure(c, "latency_s"), what, c.latency_s_label)]
    if all(value is None for value in c.latencies.model_dump().values()):
        return lines
    lines.append(f"  {FORMULAS['latency']}")
    for short, words in _LATENCIES.items():
        told = [f"p{share} {seconds(getattr(c.latencies, f'{short}_p{share}_s'))}" for share in (50, 95, 99)]
        asked = [f"{name.split()[-1]} {seconds(target)}" for name, target in plan.targets.items()
                 if name.startswith(f"{short} ")]  # fmt: skip
        lines.append(f"  {words:<16}  {', '.join(told)}{'; asked for: ' + ', '.join(asked) if asked else ''}")
    return lines


def _replicas(c: ServingConfiguration) -> list[str]:
    cap = c.capacity
    if cap is None:
        return []
    waits = "" if cap.cold_start_share is None else f"; {_share(cap.cold_start_share)} of the requests wait for a start"
    return [
        f"replicas  {cap.replicas_peak:,} in the busiest hour, {cap.replicas_least:,} at least; "
        f"{cap.machines_peak:,} machine{'s' if cap.machines_peak != 1 else ''}; scaling {c.scaling.replace('_', ' ')}",
        f"  {FORMULAS['replicas']}",
        f"  {_number(cap.replica_hours)} replica-hours a month, used to {_share(cap.utilisation)}{waits}",
    ]


def _cost(c: ServingConfiguration) -> list[str]:
    beside = ("tax", "upfront")
    parts = {name: v for name, v in c.cost_parts.model_dump().items() if v and name not in beside}
    lines = [
        _band("cost", usd, _figure(c, "cost_usd_per_month"), " a month", c.cost_usd_per_month_label),
        f"  {FORMULAS[c.way]}",
        *bars(parts, usd),
        *([] if c.api is None else _terms(c.api)),
    ]
    outside = [f"{name} {usd(v)}" for name in beside if (v := getattr(c.cost_parts, name)) is not None]
    if outside:
        lines.append(f"  beside it, not in it: {', '.join(outside)}")
    unit = c.unit_costs
    each = [(unit.per_1k_requests, "1,000 requests"), (unit.per_mtok_input, "a million input tokens"),
            (unit.per_mtok_output, "a million output tokens"), (unit.per_active_user, "an active user")]  # fmt: skip
    told = [f"{_cents(value)} for {what}" for value, what in each if value is not None]
    return [*lines, f"  {', '.join(told)}"] if told else lines


def _terms(api: ApiTerms) -> list[str]:
    listed = [
        (api.input_usd_per_mtok, "input"), (api.cached_input_usd_per_mtok, "cached input"),
        (api.output_usd_per_mtok, "output"), (api.batch_input_usd_per_mtok, "batch input"),
        (api.batch_output_usd_per_mtok, "batch output"),
    ]  # fmt: skip
    told = [f"{what} {_cents(value)}" for value, what in listed if value is not None]
    limit = "" if api.max_input_tokens is None else f"; at most {compact(api.max_input_tokens)} tokens in a request"
    lines = [f"  a million tokens: {', '.join(told)}, as of {api.as_of}{limit}"]
    if api.share_within_limits is not None:
        lines.append(f"  rate limits let {_share(api.share_within_limits)} of the busiest hour through")
    return lines


def _quality(c: ServingConfiguration) -> list[str]:
    return [
        _band("quality", lambda v: f"q {v:.3f}", _figure(c, "quality"), "", c.quality_label),
        f"  {FORMULAS['quality']}",
    ]


def _levers(plan: ServingPlan, c: ServingConfiguration) -> list[str]:
    """What each lever does to the decision that this is."""
    mine = [name for name, id_ in plan.decisions.items() if id_ == c.id]
    told = dict.fromkeys(effect.text for effect in plan.levers if effect.decision in mine)
    return ["levers", *(f"  {text}" for text in told)] if told else []


def _figure(c: ServingConfiguration, name: str) -> _Figure:
    """A figure with the ends of its band."""
    return getattr(c, name), getattr(c, f"{name}_lo"), getattr(c, f"{name}_hi")


def _band(name: str, say: Callable[[float], str], figure: _Figure, unit: str, label: str) -> str:
    """`cost  $6,117 ($5,190 to $7,211) a month; estimate`; of what is unknown why."""
    value, low, high = figure
    if value is None:
        return f"{name}  {label if label.startswith('unknown') else 'unknown'}"
    band = "" if low is None or high is None else f" ({say(low)} to {say(high)})"
    return f"{name}  {say(value)}{band}{unit}; {label}"


def _number(value: float | None) -> str:
    return significant(value)


def _share(value: float | None) -> str:
    return "unknown" if value is None else share_text(value, 1)


def _cents(value: float | None) -> str:
    """A price of little, to three digits below ten cents."""
    return usd(value) if value is None or value >= 0.1 or value == 0 else f"${significant(value)}"
