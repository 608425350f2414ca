"""The catalog as rows: what `planner list` shows of each part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.catalog.constants import STACK_SPEED

if TYPE_CHECKING:
    from planner.catalog.rows import Catalog, Gpu

Row = dict[str, Any]


def class_of(gpu: Gpu) -> str:
    """Kind of accelerator: gpu, tpu, or another maker's own (Gaudi, Trainium)."""
    if gpu.vendor.lower() in ("nvidia", "amd"):
        return "gpu"
    return "tpu" if gpu.vendor.lower() == "google" else "other"


def _models(catalog: Catalog) -> list[Row]:
    return [
        {
            "id": m.id,
            "family": m.family,
            "params_b": round(m.params_total / 1e9, 2),
            "active_b": round(m.params_active / 1e9, 2),
            "context": m.max_context,
            "license": m.license,
            "released": m.released,
            "decoder": m.decoder,
        }
        for m in catalog.models
    ]


def _gpus(catalog: Catalog) -> list[Row]:
    return [
        {
            "id": g.id,
            "class": class_of(g),
            "vendor": g.vendor,
            "memory_gib": g.mem_gib,
            "usable_gib": g.usable_gib,
            "bf16_tflops": g.bf16_tflops,
            "fp16_tflops": g.fp16_tflops,
            "bandwidth_gb_s": g.mem_bw_gb_s,
            "link_gb_s": g.link_gb_s,
            "tdp_w": g.tdp_w,
            "utilisation": g.utilisation_tag,
        }
        for g in catalog.gpus
    ]


def _offers(catalog: Catalog) -> list[Row]:
    o = catalog.offers
    tiers = o.tier.tolist()
    return [
        {
            "provider": o.providers[o.provider[i]],
            "service": str(o.service[i]),
            "instance": str(o.instance[i]),
            "gpu": catalog.gpus[o.gpu[i]].id,
            "count": int(o.gpu_count[i]),
            "region": str(o.region[i]),
            "country": str(o.country[i]) or "unknown",
            "tier": tiers[i],
            "usd_per_hour": float(o.price_usd_per_hour[i]),
            "usd_per_gpu_hour": float(o.price_usd_per_hour[i] / o.gpu_count[i]),
            "as_of": str(o.as_of[i]),
            "confidence": str(o.confidence[i]),
            "availability": float(o.availability[i]),
            "retired": bool(o.retired[i]),
            "marketplace": bool(o.marketplace[i]),
        }
        for i in range(len(o))
    ]


def _private(catalog: Catalog) -> list[Row]:
    """Prices that overlays laid on the catalog, beside the list's, and the rates by time that they bring along."""
    from planner.catalog.private import PrivatePrice
    from planner.catalog.rate_plans import FLAT, Weekly
    from planner.source.excerpt import visible

    o = catalog.offers
    rows: list[Row] = []
    for i, key in enumerate(o.identities()):
        found, plan = catalog.own.prices.get(key), o.terms.rates[o.rate[i]] if o.rate[i] != FLAT else None
        timed = plan if isinstance(plan, Weekly) else None
        if found is None and timed is None:
            continue
        price = float(o.price_usd_per_hour[i])
        if found is None:
            source = "" if timed is None else timed.source
            name = next((f.name for f in catalog.own.files if source == f.name or source.endswith(f"({f.name})")), "")
            found = PrivatePrice(price, price, "list price by time", source, name)
        listed = float("nan") if found.listed_usd_per_hour is None else found.listed_usd_per_hour
        provider, service, instance, region, tier = map(visible, key)
        rows.append(
            {
                "provider": provider,
                "service": service,
                "instance": instance,
                "gpu": catalog.gpus[o.gpu[i]].id,
                "count": int(o.gpu_count[i]),
                "region": region,
                "tier": tier,
                "list_usd_per_hour": listed,
                "usd_per_hour": found.usd_per_hour,
                "percent_off": 100.0 * (1.0 - found.usd_per_hour / listed),
                "how": found.how,
                "by_time": "" if timed is None else visible(timed.words),
                "as_of": str(o.as_of[i]),
                "until": found.until,
                "overlay": found.overlay,
                "source": visible(found.source),
            }
        )
    return rows


def _regions(catalog: Catalog) -> list[Row]:
    """Every provider's regions, with their country and how many offers they have."""
    o = catalog.offers
    counts = Counter(zip(o.provider.tolist(), o.region.tolist(), o.country.tolist(), strict=True))
    return [
        {"provider": o.providers[provider], "region": region, "country": country or "unknown", "offers": number}
        for (provider, region, country), number in sorted(counts.items())
    ]


def _methods(catalog: Catalog) -> list[Row]:
    return [
        {
            "id": m.id,
            "trains": m.trains,
            "base": m.base_precision,
            "options": ", ".join(m.options),
            "summary": m.summary,
        }
        for m in catalog.methods
    ]


def _stacks(catalog: Catalog) -> list[Row]:
    return [
        {
            "id": s.id,
            "speed": f"{catalog.calibration[STACK_SPEED + s.id]:.2f}",
            "methods": ", ".join(s.methods),
            "sharing": ", ".join(s.parallelism),
            "checkpointing": ", ".join(s.checkpointing),
            "evidence": s.tag,
        }
        for s in catalog.stacks
        if any(s.id == line.stack and line.ok for line in catalog.support)
    ]


def _tasks(catalog: Catalog) -> list[Row]:
    return [{"id": t.id, "benchmarks": ", ".join(t.benchmarks), "summary": t.summary} for t in catalog.tasks]


def _providers(catalog: Catalog) -> list[Row]:
    return [
        {
            "id": p.id,
            "billed_per_s": p.billing_granularity_s,
            "least_s": p.billing_minimum_s,
            "queue_s": p.queue_s,
            "boot_s": p.boot_s,
            "longest_hours": p.max_run_hours,
            "preemption_per_hour": p.preemption_per_hour,
            "confidence": p.confidence,
        }
        for p in catalog.providers
    ]


def _cpus(catalog: Catalog) -> list[Row]:
    from planner.catalog.managed import QUOTED

    return [
        {
            "id": q.instance,
            "provider": q.provider,
            "vcpus": q.vcpus,
            "memory_gib": q.memory_gib,
            "usd_per_hour": q.price_usd_per_hour,
            "as_of": q.as_of,
            "confidence": QUOTED,
        }
        for q in catalog.quotes
        if not q.gpu_count
    ]


def _discounts(catalog: Catalog) -> list[Row]:
    return [
        {
            "provider": d.provider,
            "gpus": ", ".join(d.gpus) or "all",
            "term": d.term,
            "plan": d.plan,
            "low": d.low,
            "high": d.high,
            "confidence": d.confidence,
            "as_of": d.as_of,
            "source": d.source,
        }
        for d in catalog.discounts
    ]


def _services(catalog: Catalog) -> list[Row]:
    return [
        {
            "id": s.service,
            "provider": s.provider,
            "surcharge": s.share,
            "low": s.low,
            "high": s.high,
            "longest_hours": s.max_run_hours,
            "confidence": s.confidence,
            "as_of": s.as_of,
            "derivation": s.derivation,
        }
        for s in catalog.surcharges
    ]


def _tuning(catalog: Catalog) -> list[Row]:
    return [
        {
            "provider": p.provider,
            "model": p.model or ", ".join(p.open_models) or p.offered,
            "aim": p.aim,
            "method": p.method or "undisclosed",
            "usd_per_mtok": p.usd_per_mtok,
            "usd_per_hour": p.usd_per_hour,
            "minimum_usd": p.minimum_usd,
            "hosting_usd_per_hour": p.hosting_usd_per_hour,
            "storage_usd_per_month": p.storage_usd_per_month,
            "input_usd_per_mtok": p.input_usd_per_mtok,
            "output_usd_per_mtok": p.output_usd_per_mtok,
            "as_of": p.as_of,
            "confidence": p.confidence,
            "retired": p.retired,
        }
        for p in catalog.tuning_prices
    ]


def _apis(catalog: Catalog) -> list[Row]:
    from planner.catalog.apis import scores_of

    return [
        {
            "id": a.id,
            "provider": a.provider,
            "input_usd_per_mtok": a.input_usd_per_mtok,
            "output_usd_per_mtok": a.output_usd_per_mtok,
            "cached_input_usd_per_mtok": a.cached_input_usd_per_mtok,
            "cache_write_usd_per_mtok": a.cache_write_usd_per_mtok,
            "batch_input_usd_per_mtok": a.batch_input_usd_per_mtok,
            "batch_output_usd_per_mtok": a.batch_output_usd_per_mtok,
            "max_input_tokens": a.max_input_tokens,
            "max_output_tokens": a.max_output_tokens,
            "open_model": a.open_model,
            "quality": "published scores" if scores_of(catalog, a) else "unknown",
            "as_of": a.as_of,
            "confidence": "low: doubtful" if a.doubt else a.confidence,
        }
        for a in catalog.apis
    ]


def template_rows(roots: Sequence[Path]) -> list[Row]:
    """The templates in these folders, which come first, and the planner's own."""
    from planner.report.printers import WORDS
    from planner.report.printing.template import list_templates

    return [
        {
            "id": t.name,
            "takes": WORDS[t.takes],
            "prints": ", ".join(t.forms()),
            "what": t.summary,
        }
        for t in list_templates(roots)
    ]


def _samplers(_catalog: Catalog) -> list[Row]:
    from importlib.util import find_spec

    from planner.space.samplers import SAMPLERS

    return [
        {
            "id": s.name,
            "objectives": "any" if s.objectives is None else str(s.objectives),
            "constraints": "no" if not s.limits else "yes" if s.steered else "after the fact",
            "choices": s.choices,
            "good_for_trials": "any number" if s.trials is None else f"up to {s.trials:,}",
            "can_be_kept": s.stored,
            "needs": s.package or "",
            "installed": s.package is None or find_spec(s.package) is not None,
            "what": s.summary,
        }
        for s in SAMPLERS.values()
    ]


TABLES: dict[str, Callable[[Catalog], list[Row]]] = {
    "models": _models,
    "gpus": _gpus,
    "cpus": _cpus,
    "offers": _offers,
    "private": _private,
    "regions": _regions,
    "discounts": _discounts,
    "services": _services,
    "tuning": _tuning,
    "apis": _apis,
    "methods": _methods,
    "stacks": _stacks,
    "tasks": _tasks,
    "providers": _providers,
    "templates": lambda _: template_rows(()),
    "samplers": _samplers,
}
PRIVATE = "private"
"""Table of what overlays lay on the catalog: without one there is nothing to list."""
NO_CATALOG = frozenset({"templates", "samplers"})
"""Tables that come with the planner, whatever its catalog says."""
