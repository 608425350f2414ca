"""The same case month by month in plain Python, from the words of the format; known numbers only."""

from typing import Any


def monthly_rate(per_year: float) -> float:
    return float((1.0 + per_year) ** (1.0 / 12.0) - 1.0)


def driver(raw: dict[str, Any], name: str, month: int) -> float:
    """Predictions, users or revenue of a month, or how far demand has grown."""
    demand = raw.get("demand", {})
    level = raw.get("times", 1.0) * (1.0 + demand.get("growth", 0.0)) ** ((month - 1) / 12.0)
    if name == "demand":
        return float(level)
    if name == "per_prediction":
        return float(demand["predictions_per_month"] * level)
    if name == "per_user":
        return float(demand["users"] * level)
    revenue = raw["revenue"]
    if "per_month" in revenue:
        return float(revenue["per_month"] * level)
    key = next(key for key in ("per_prediction", "per_user") if key in revenue)
    return float(revenue[key] * driver(raw, key, month))


def of_line(raw: dict[str, Any], line: dict[str, Any], month: int) -> float:
    """What a written line pays in a month."""
    growth, falls = line.get("growth", 0.0), raw.get("market", {}).get("price_decline", 0.0)
    falls = falls if line.get("market_price") else 0.0
    if "once" in line:
        years = month / 12.0
        return line["once"] * (1 + growth) ** years * (1 - falls) ** years if month == line.get("at", 0) else 0.0
    if not line.get("starts", 1) <= month <= line.get("ends", raw["horizon"]):
        return 0.0
    moved = (1 + growth) ** ((month - 1) / 12.0) * (1 - falls) ** ((month - 1) / 12.0)
    for key in ("per_prediction", "per_user"):
        if key in line:
            return float(line[key] * driver(raw, key, month) * moved)
    if "of_revenue" in line:
        return float(line["of_revenue"] * driver(raw, "of_revenue", month) * moved)
    amount = line["per_month"] if "per_month" in line else line["per_year"] / 12.0
    return float(amount * moved * (driver(raw, "demand", month) if line.get("with_demand") else 1.0))


def of_overlooked(raw: dict[str, Any], o: dict[str, Any], month: int) -> dict[str, float]:
    """What is easily overlooked, by category."""
    build = o["build_engineer_months"] * o["engineer_per_month"]
    if month == 0:
        failed = o["experiments"] * (1.0 / (1.0 - o["failed_share"]) - 1.0)
        return {"engineering": build, "annotation": o["labels_at_start"] * o["label"], "experiments": failed,
                "compliance": o["compliance_at_start"]}  # fmt: skip
    salaries = (1.0 + o["salary_growth"]) ** ((month - 1) / 12.0)
    demand = driver(raw, "demand", month)
    return {
        "engineering": o["operate_engineers"] * o["engineer_per_month"] * salaries,
        "annotation": o["labels_per_month"] * o["label"] * demand,
        "debt": build * o["debt_share_per_year"] / 12.0 * salaries,
        "compliance": o["compliance_per_year"] / 12.0,
        "egress": o["egress_gb_per_month"] * o["egress_per_gb"] * demand,
    }


def of_machines(raw: dict[str, Any], m: dict[str, Any], month: int) -> dict[str, float]:
    """What machines cost in a month by category, less what they are sold for in it."""
    life, last = m["life"], raw["horizon"]
    falls = raw.get("market", {}).get("price_decline", 0.0) if m.get("price_falls", True) else 0.0
    costs = {"hardware": 0.0}
    for bought in range(0, last, life):
        price = m["price"] * (1 - falls) ** (bought / 12.0)
        if month == bought:
            costs["hardware"] += price
        if month == min(bought + life, last):
            costs["hardware"] -= price - price * (1 - m["residual"]) * (month - bought) / life
    if month:
        kw = m["power_kw"] * (m["utilisation"] + (1 - m["utilisation"]) * m["idle_power_share"])
        costs["power"] = kw * 730 * m["pue"] * m["electricity_per_kwh"]
        costs["colocation"], costs["support"] = m["colocation_per_month"], m["staff_per_month"]
    return costs


def months_of(raw: dict[str, Any], option: dict[str, Any]) -> tuple[list[dict[str, float]], list[float]]:
    """Costs at full features by category, and income, of each month from now on."""
    costs, income = [], []
    for month in range(raw["horizon"] + 1):
        paid: dict[str, float] = {}
        parts = [{line["category"]: of_line(raw, line, month)} for line in option.get("costs", [])]
        earned = sum(of_line(raw, line, month) for line in option.get("income", []))
        if "overlooked" in option:
            parts.append(of_overlooked(raw, option["overlooked"], month))
        if "machines" in option:
            parts.append(of_machines(raw, option["machines"], month))
        for part in parts:
            for category, usd in part.items():
                paid[category] = paid.get(category, 0.0) + usd / option.get("parity", 1.0)
        costs.append(paid)
        income.append(earned)
    return costs, income


def npv(raw: dict[str, Any], flows: list[float]) -> float:
    """Worth now."""
    rate = monthly_rate(raw["discount_rate"])
    return sum(flow / (1.0 + rate) ** month for month, flow in enumerate(flows))


def net_of(raw: dict[str, Any], option: dict[str, Any]) -> list[float]:
    """Own income less costs of each month."""
    costs, income = months_of(raw, option)
    return [earned - sum(paid.values()) for paid, earned in zip(costs, income, strict=True)]
