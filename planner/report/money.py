"""What the decisions cost in the scenario's own currency, and the tax on them: one paragraph beside the USD."""

from planner.outcome import Configuration, ManagedJob, Plan
from planner.outcome.service_words import service_text
from planner.report.names import clean, listed, shorten
from planner.units import money, significant, usd


def money_text(plan: Plan) -> str:
    """The cost of every decision in the scenario's currency, and its tax; empty where the scenario names neither.

    The cheapest managed service stands beside the decisions, all of which are machines.
    """
    c = plan.currency
    chosen = _chosen(plan)
    if not chosen or (c is None and not plan.tax_name):
        return ""
    told = []
    if c is not None:
        costs = ", ".join(f"{names} {_least(one)}{_in_currency(one.cost_usd, plan)}" for names, one in chosen)
        rate = f"1 {clean(c.code)} = {significant(c.usd_per_unit, 5)} USD on {clean(c.as_of)}"
        told.append(f"In {clean(c.code)}: {costs} ({rate}, {shorten(c.source, 60)}).")
    if plan.tax_name:
        taxes = ", ".join(f"{names} {_least(one)}{_tax(one, plan)}" for names, one in chosen)
        told.append(f"{shorten(plan.tax_name, 40)} comes on top: {taxes}.")
    return " ".join(told)


def beside_usd(job: ManagedJob, plan: Plan) -> list[str]:
    """The cost of a managed job in the scenario's currency, and its tax; empty where the scenario names neither."""
    told = [] if plan.currency is None else [_in_currency(job.cost_usd, plan)]
    return [*told, *([f"{shorten(plan.tax_name, 40)} {_tax(job, plan)}"] if plan.tax_name else [])]


def _chosen(plan: Plan) -> list[tuple[str, Configuration | ManagedJob]]:
    """The decisions, each once with all its names, and the cheapest managed service."""
    names: dict[str, list[str]] = {}
    for name, id_ in plan.decisions.items():
        names.setdefault(id_, []).append(clean(name))
    found = ((listed(called), plan.configuration(id_)) for id_, called in names.items())
    service = plan.cheapest_service
    chosen: list[tuple[str, Configuration | ManagedJob]] = [(called, one) for called, one in found if one is not None]
    return [*chosen, *([(f"managed ({clean(service_text(service))})", service)] if service is not None else [])]


def _least(one: Configuration | ManagedJob) -> str:
    """What stands before a sum of a service that may ask for more than is known."""
    return "at least " if isinstance(one, ManagedJob) and one.cost_usd_at_least else ""


def _in_currency(value_usd: float | None, plan: Plan) -> str:
    c = plan.currency
    return money(value_usd if value_usd is None or c is None else value_usd / c.usd_per_unit, c.code if c else "")


def _tax(one: Configuration | ManagedJob, plan: Plan) -> str:
    tax = one.cost_parts.tax
    return usd(tax) if plan.currency is None else f"{usd(tax)} or {_in_currency(tax, plan)}"
