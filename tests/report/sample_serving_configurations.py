"""Ways to serve a support bot, from rough physics with fixed numbers."""

import math
from collections.abc import Sequence

from planner.outcome.configuration import Offer
from planner.outcome.serving_configuration import (
    ApiTerms,
    Capacity,
    Latencies,
    ServingConfiguration,
    ServingCost,
    ServingMachine,
    UnitCosts,
)

from .sample_configurations import short_hash

MODELS = {"llama-3.1-8b-instruct": (8.03, 0.69, 1.0), "llama-3.3-70b-instruct": (70.6, 0.83, 8.2)}
"""Billions of parameters, q, and how much longer than with the small one a token takes."""
MACHINES = {
    ("l40s", 1): ("nebius", "eu-north1", 1.55, 48.0, 1.0),
    ("l40s", 2): ("nebius", "eu-north1", 3.10, 48.0, 1.9),
    ("h100-sxm", 1): ("lambda", "us-west-3", 2.99, 80.0, 3.2),
    ("h100-sxm", 2): ("lambda", "us-west-3", 5.98, 80.0, 6.1),
    ("h100-sxm", 4): ("lambda", "us-west-3", 11.96, 80.0, 11.5),
}
"""GPU and count → provider, region, $/h, GiB, speed against one l40s."""
PRECISIONS = {"bf16": (2.0, 1.0, 0.0), "fp8": (1.0, 1.55, 0.006)}
"""Bytes of a weight, speed-up, loss of q."""
APIS = {
    ("openai", "gpt-4o-mini"): (0.15, 0.075, 0.60, 0.80, None),
    ("anthropic", "claude-haiku-4-5"): (1.00, 0.10, 5.00, 0.88, None),
    ("google", "gemini-2.5-flash"): (0.30, 0.03, 2.50, 0.86, 2.6),
}
"""Provider and model → $ per million tokens in, cached and out, q, measured p95 in seconds."""
LEVERS: Sequence[tuple[str, ...]] = ((), ("exact_cache",), ("prefix_cache",), ("exact_cache", "prefix_cache"))
INPUT, OUTPUT, HOURS = 900.0, 260.0, 730.0


def load() -> list[float]:
    """Requests per second by hour of the week: days busier than nights, weekends at half."""
    day = [0.5 - 0.42 * math.cos((hour - 3) / 24 * 2 * math.pi) for hour in range(24)]
    return [round(38.0 * day[h % 24] * (0.5 if h // 24 >= 5 else 1.0 + 0.06 * (h // 24)), 4) for h in range(168)]


def rented(
    model: str, machine: tuple[str, int], precision: str, levers: tuple[str, ...], scaling: str
) -> ServingConfiguration | None:  # fmt: skip
    """One way on machines; None where the weights do not fit."""
    billions, q, slower = MODELS[model]
    provider, region, price, memory, speed = MACHINES[machine]
    size, quicker, loss = PRECISIONS[precision]
    weights = billions * size * 0.93
    if weights > machine[1] * memory * 0.8:
        return None
    kept = (0.82 if "exact_cache" in levers else 1.0, 0.72 if "prefix_cache" in levers else 1.0)
    itl = 0.021 * slower / (speed**0.8) / quicker
    ttft = 0.16 * slower / speed / quicker * kept[1]
    rate = 2.3 * speed * quicker / slower / kept[1]
    peak = [max(2, math.ceil(v * kept[0] / (rate * 0.7))) for v in load()]
    running = [max(peak)] * 168 if scaling == "fixed" else peak
    hours = sum(running) / 168 * HOURS
    asked = sum(load()) / 168 * 3600 * HOURS
    used = sum(load()) * kept[0] / (sum(running) * rate)
    full = max(load()) * kept[0] / (max(peak) * rate)
    upkeep = 85.0 if "exact_cache" in levers else None
    compute = hours * price
    cost = compute + (upkeep or 0.0)
    slow = 1 / (1 - 0.55 * full)
    total = ttft * slow + OUTPUT * itl * slow
    carbon = hours * machine[1] * (0.09 if machine[0] == "l40s" else 0.22)
    return ServingConfiguration(
        id=short_hash("serve", model, machine, precision, levers, scaling),
        way="rented", model=model, precision=precision, engine="vllm", levers=list(levers), scaling=scaling,
        machine=ServingMachine(
            gpu=machine[0], gpus_per_machine=machine[1], tensor_parallel=machine[1], replicas_per_machine=1,
            memory_per_gpu_gib=memory, weights_gib=round(weights, 2),
            cache_tokens=round((machine[1] * memory * 0.9 - weights) * 7600),
        ),
        offer=Offer(
            provider=provider, instance=f"{machine[1]}x-{machine[0]}", region=region, tier="on_demand",
            price_usd_per_hour=price, as_of="2026-10-03", price_confidence="high", preemption_per_hour=None,
            preemption_break_even_per_hour=None,
        ),
        cost_usd_per_month=round(cost, 2), cost_usd_per_month_lo=round(cost * 0.78, 2),
        cost_usd_per_month_hi=round(cost * 1.29, 2), cost_usd_per_month_label="estimate, not calibrated",
        latency_s=round(total * 1.35, 4), latency_s_lo=round(total * 1.0, 4), latency_s_hi=round(total * 1.9, 4),
        latency_s_label="estimate, not calibrated",
        quality=round(q - loss, 4), quality_lo=round(q - loss - 0.05, 4), quality_hi=round(q - loss + 0.05, 4),
        quality_label="published score",
        carbon_kg_per_month=round(carbon, 1), carbon_kg_per_month_lo=round(carbon * 0.6, 1),
        carbon_kg_per_month_hi=round(carbon * 1.6, 1), carbon_kg_per_month_label="estimate",
        latencies=Latencies(
            ttft_p50_s=ttft, ttft_p95_s=ttft * 2.1 * slow, ttft_p99_s=ttft * 3.2 * slow,
            itl_p50_s=itl, itl_p95_s=itl * 1.3 * slow, itl_p99_s=itl * 1.7 * slow,
            total_p50_s=total * 0.92, total_p95_s=round(total * 1.35, 4), total_p99_s=total * 1.7,
        ),
        capacity=Capacity(
            requests_per_s=rate, tokens_per_s=rate * OUTPUT * 1.35, sequences=rate * total, load=full,
            bound_by="itl p95" if machine[0] == "l40s" else "memory", replicas_peak=max(running),
            replicas_least=min(running), replica_hours=hours, machines_peak=max(running), utilisation=used,
        ),
        cost_parts=ServingCost(
            compute=round(compute, 2), levers=upkeep, upfront=3000.0 if "exact_cache" in levers else None
        ),
        unit_costs=UnitCosts(
            per_1k_requests=1000 * cost / asked, per_mtok_input=0.3 * cost / (asked * INPUT) * 1e6,
            per_mtok_output=0.7 * cost / (asked * OUTPUT) * 1e6, per_active_user=cost / 260_000,
        ),
    )  # fmt: skip


def by_api(provider: str, model: str, levers: tuple[str, ...] = ()) -> ServingConfiguration:
    """One way by an API; no API but one has a known latency."""
    into, cached, out, q, p95 = APIS[provider, model]
    asked = sum(load()) / 168 * 3600 * HOURS * (0.82 if "exact_cache" in levers else 1.0)
    hit = 0.4 * cached + 0.6 * into if "prefix_cache" in levers else into
    tokens = asked * (INPUT * hit + OUTPUT * out) / 1e6
    cost = tokens + (85.0 if "exact_cache" in levers else 0.0)
    whole = sum(load()) / 168 * 3600 * HOURS
    none = dict.fromkeys(Latencies.model_fields)
    return ServingConfiguration(
        id=short_hash("api", provider, model, levers),
        way="api", model=model, levers=list(levers),
        api=ApiTerms(
            provider=provider, input_usd_per_mtok=into, cached_input_usd_per_mtok=cached, output_usd_per_mtok=out,
            batch_input_usd_per_mtok=into / 2, batch_output_usd_per_mtok=out / 2, max_input_tokens=128_000,
            as_of="2026-10-03", share_within_limits=0.97 if provider == "openai" else None,
        ),
        cost_usd_per_month=round(cost, 2), cost_usd_per_month_lo=round(cost * 0.93, 2),
        cost_usd_per_month_hi=round(cost * 1.08, 2), cost_usd_per_month_label="list price",
        latency_s=p95, latency_s_lo=None, latency_s_hi=None,
        latency_s_label="unknown" if p95 is None else "as you measured it",
        quality=q, quality_lo=q - 0.04, quality_hi=q + 0.04, quality_label="published score",
        carbon_kg_per_month=None, carbon_kg_per_month_lo=None, carbon_kg_per_month_hi=None,
        carbon_kg_per_month_label="unknown",
        latencies=Latencies(**(none | {"ttft_p95_s": 0.7, "itl_p95_s": 0.0073, "total_p95_s": p95} if p95 else none)),
        cost_parts=ServingCost(tokens=round(tokens, 2), levers=85.0 if "exact_cache" in levers else None),
        unit_costs=UnitCosts(
            per_1k_requests=1000 * cost / whole, per_mtok_input=into, per_mtok_output=out,
            per_active_user=cost / 260_000,
        ),
        unknown=[] if p95 else ["latency: no measured latency of this API is known; give ttft and itl"],
    )  # fmt: skip


def everything() -> list[ServingConfiguration]:
    """All of them."""
    ways = [
        found
        for model in MODELS
        for machine in MACHINES
        for precision in PRECISIONS
        for levers in LEVERS
        for scaling in ("fixed", "hourly")
        if (found := rented(model, machine, precision, levers, scaling)) is not None
    ]
    return [*ways, *(by_api(*api, levers) for api in APIS for levers in LEVERS)]
