"""What the decisions cost in the scenario's own currency, and the tax on them: one paragraph beside the USD."""

from planner.outcome import Configuration, Plan
from planner.report.names import clean, listed, shorten
from planner.units import money, significant, usd


def money_text(plan: Plan) -> str:
    """The cost of every decision in the scenario's currency, and its tax; empty where the scenario names neither."""
    c = plan.currency
    chosen = _chosen(plan)
    if not chosen or (c is None and not plan.tax_name):
        return ""
    told = []
    if c is not None:
        costs = ", ".join(f"{names} {_in_currency(one.cost_usd, plan)}" for names, one in chosen)
        rate = f"1 {clean(c.code)} = {significant(c.usd_per_unit, 5)} USD on {clean(c.as_of)}"
        told.append(f"In {clean(c.code)}: {costs} ({rate}, {shorten(c.source, 60)}).")
    if plan.tax_name:
        taxes = ", ".join(f"{names} {_tax(one, plan)}" for names, one in chosen)
        told.append(f"{shorten(plan.tax_name, 40)} comes on top: {taxes}.")
    return " ".join(told)


def _chosen(plan: Plan) -> list[tuple[str, Configuration]]:
    """The decisions, each once with all its names."""
    names: dict[str, list[str]] = {}
    for name, id_ in plan.decisions.items():
        names.setdefault(id_, []).append(clean(name))
    found = ((listed(called), plan.configuration(id_)) for id_, called in names.items())
    return [(called, one) for called, one in found if one is not None]


def _in_currency(value_usd: float | None, plan: Plan) -> str:
    c = plan.currency
    return money(value_usd if value_usd is None or c is None else value_usd / c.usd_per_unit, c.code if c else "")


def _tax(one: Configuration, plan: Plan) -> str:
    tax = one.cost_parts.tax
    return usd(tax) if plan.currency is None else f"{usd(tax)} or {_in_currency(tax, plan)}"
