"""ServingConfiguration → ServingRow: every figure of one configuration as it is printed."""

from collections.abc import Iterable, Mapping
from typing import Final

from planner.outcome.configuration import Offer
from planner.outcome.serving_configuration import ApiTerms, ServingConfiguration
from planner.outcome.serving_plan import ServingPlan
from planner.outcome.tier_words import commitment_text
from planner.report.data.rows import Figure
from planner.report.data.serving_rows import ServingRow
from planner.report.names import clean, listed, plural, shorten
from planner.report.sections.rows import day_text, figure_of, quality_text, roles_of
from planner.units import compact, kilograms, seconds, share_text, significant, usd

API: Final = "API"
RENTED: Final = "rented"
_SCALINGS: Final = {"fixed": "replicas fixed", "hourly": "replicas by the hour", "to_zero": "replicas down to none"}
_HALF_CENT: Final = 0.005


def chosen_of(plan: ServingPlan) -> dict[str, tuple[str, ...]]:
    """Configuration id → the decisions it is, in words, in the order in which they are told."""
    return {id_: tuple(map(words, names)) for id_, names in roles_of(plan.decisions).items()}


def in_told_order(plan: ServingPlan, names: Iterable[str]) -> list[int]:
    """Places of these decisions, in the order in which decisions are told; those that are none last."""
    told = {name: at for at, name in enumerate(n for same in roles_of(plan.decisions).values() for n in same)}
    given = list(names)
    return sorted(range(len(given)), key=lambda at: (told.get(given[at], len(told)), at))


def words(name: str) -> str:
    """`cheapest_api` as a reader meets it: `cheapest API`."""
    return shorten(" ".join("API" if part == "api" else part for part in name.split("_")), 40)


def serving_row(c: ServingConfiguration, roles: tuple[str, ...] = ()) -> ServingRow:
    """One configuration as a table row."""
    cap = c.capacity
    return ServingRow(
        id=clean(c.id),
        roles=roles,
        way=API if c.way == "api" else RENTED,
        model=shorten(_model(c), 60),
        settings=settings_text(c),
        machine=machine_text(c),
        offer=offer_text(c),
        tier="" if c.offer is None else c.offer.tier.replace("_", " "),
        price=price_text(c),
        replicas="" if cap is None else _span(cap.replicas_least, cap.replicas_peak),
        replicas_peak=None if cap is None else cap.replicas_peak,
        machines="" if cap is None else f"{cap.machines_peak:,}",
        utilisation="" if cap is None else share(cap.utilisation),
        cost=figure_of(money, c.cost_usd_per_month, c.cost_usd_per_month_lo, c.cost_usd_per_month_hi,
                       c.cost_usd_per_month_label),
        latency=_latency(c),
        quality=figure_of(quality_text, c.quality, c.quality_lo, c.quality_hi, c.quality_label),
        carbon=figure_of(kilograms, c.carbon_kg_per_month, c.carbon_kg_per_month_lo, c.carbon_kg_per_month_hi,
                         c.carbon_kg_per_month_label),
        per_1k=figure_of(small_usd, c.unit_costs.per_1k_requests, None, None, ""),
        per_mtok_input=small_usd(c.unit_costs.per_mtok_input),
        per_mtok_output=small_usd(c.unit_costs.per_mtok_output),
        per_user="" if c.unit_costs.per_active_user is None else small_usd(c.unit_costs.per_active_user),
        unknown=tuple(shorten(reason, 160) for reason in c.unknown),
    )  # fmt: skip


def _model(c: ServingConfiguration) -> str:
    """The model; of an API without the provider, who stands beside it."""
    return c.model if c.api is None else c.model.removeprefix(f"{c.api.provider}/")


def _latency(c: ServingConfiguration) -> Figure:
    return figure_of(seconds, c.latency_s, c.latency_s_lo, c.latency_s_hi, c.latency_s_label)


def money(value_usd: float | None) -> str:
    """Money as `usd` tells it, and what is less than half a cent as that."""
    return "under $0.01" if value_usd is not None and 0.0 < value_usd < _HALF_CENT else usd(value_usd)


def small_usd(value_usd: float | None) -> str:
    """The price of one of something: cents, and below ten of them three digits."""
    if value_usd is None or value_usd == 0.0 or abs(value_usd) >= 0.1:
        return usd(value_usd)
    return f"${significant(value_usd, 2)}" if value_usd >= 1e-6 else "under $0.000001"


def volume(value: float | None) -> str:
    """Requests a month: `496,000`, `7.43 M`."""
    return compact(value if value is None else float(f"{value:.3g}"))


def asked_text(value_s: float) -> str:
    """A target as people write it: `1 s`, `60 ms`."""
    return f"{value_s:g} s" if value_s >= 1 else f"{1000 * value_s:g} ms"


def share(value: float | None) -> str:
    """A share in whole per cent, never all or nothing by rounding; `unknown` where nobody knows."""
    if value is None:
        return "unknown"
    return "under 1 %" if 0.0 < value < 0.01 else "over 99 %" if 0.99 < value < 1.0 else share_text(value)


def settings_text(c: ServingConfiguration) -> str:
    """Precision, engine, how replicas follow the load, and levers."""
    levers = [lever_words(name) for name in c.levers]
    told = [c.precision, c.engine, _SCALINGS.get(c.scaling, c.scaling), f"with {listed(levers)}" if levers else ""]
    return shorten(", ".join(filter(None, told)), 120)


def lever_words(name: str) -> str:
    """`exact_cache` → `exact cache`."""
    return shorten(name.replace("_", " "), 60)


def machine_text(c: ServingConfiguration) -> str:
    """`2 × l40s, one copy over 2 GPUs`; `API` where there is no machine."""
    m = c.machine
    if m is None:
        return API if c.way == "api" else "machine unknown"
    copies = f", {plural(m.replicas_per_machine, 'replica')} on each" if m.replicas_per_machine > 1 else ""
    return f"{m.gpus_per_machine} × {shorten(m.gpu, 40)}{copies}"


def offer_text(c: ServingConfiguration) -> str:
    """Provider and region; of an API its provider."""
    if c.offer is not None:
        region = "" if c.offer.region in ("any", "") else f" {c.offer.region}"
        return shorten(f"{c.offer.seller}{region}", 40)
    return shorten(c.api.provider, 40) if c.api is not None else ""


def price_text(c: ServingConfiguration) -> str:
    """Price of an hour of the machine, or of a million tokens, with its date."""
    if c.offer is not None:
        return _machine_price(c.offer)
    return _token_price(c.api) if c.api is not None else ""


def _machine_price(o: Offer) -> str:
    if o.price_usd_per_hour is None:
        return "price unknown"
    told = f"{usd(o.price_usd_per_hour)}/h, price of {day_text(o.as_of)}, {o.price_confidence} confidence"
    more = [shorten(o.private, 160), "" if o.commitment is None else commitment_text(o.commitment)]
    return clean("; ".join(filter(None, [told, *more])))


def _token_price(api: ApiTerms) -> str:
    prices: Mapping[str, float | None] = {
        "in": api.input_usd_per_mtok, "cached": api.cached_input_usd_per_mtok, "out": api.output_usd_per_mtok
    }  # fmt: skip
    told = ", ".join(f"{small_usd(value)} {name}" for name, value in prices.items() if value is not None)
    return clean(f"{told or 'price unknown'} per million tokens, price of {day_text(api.as_of)}")


def _span(least: int, peak: int) -> str:
    return f"{peak:,}" if least == peak else f"{least:,} to {peak:,}"


def short_name(row: ServingRow) -> str:
    """`llama-3.1-8b fp8 on 1 × l40s`, `gpt-4o-mini (openai)`: for the end of a line of a chart."""
    if row.way == API:
        return shorten(f"{row.model} ({row.offer})", 44)
    return shorten(f"{row.model} on {row.machine.partition(',')[0]}", 44)
