"""Cases of all features with known numbers, made from a seed."""

import random
from typing import Any

CATEGORIES = ("training", "inference", "storage", "engineering", "licences", "other")


def line_of(rng: random.Random, name: str, horizon: int, *, cost: bool) -> dict[str, Any]:
    line: dict[str, Any] = {"name": name}
    if cost:
        line["category"] = rng.choice(CATEGORIES)
    key = rng.choice(["once", "per_month", "per_year", "per_prediction", "per_user", "of_revenue"])
    line[key] = {
        "once": rng.uniform(0, 9e4), "per_month": rng.uniform(0, 9e3), "per_year": rng.uniform(0, 9e4),
        "per_prediction": rng.uniform(0, 0.02), "per_user": rng.uniform(0, 3.0), "of_revenue": rng.uniform(0, 0.2),
    }[key]  # fmt: skip
    if key == "once":
        line["at"] = rng.randint(0, horizon + 3)
    else:
        line["starts"] = rng.randint(1, horizon)
        if rng.random() < 0.5:
            line["ends"] = rng.randint(line["starts"], horizon + 5)
        if key in ("per_month", "per_year"):
            line["with_demand"] = rng.random() < 0.5
    if rng.random() < 0.5:
        line["growth"] = rng.uniform(-0.5, 0.5)
    line["market_price"] = rng.random() < 0.5
    return line


def overlooked_of(rng: random.Random) -> dict[str, Any]:
    return {
        "engineer_per_month": rng.uniform(5e3, 2e4), "build_engineer_months": rng.uniform(1, 20),
        "operate_engineers": rng.uniform(0.1, 3), "salary_growth": rng.uniform(-0.05, 0.1),
        "label": rng.uniform(0.01, 2), "labels_at_start": rng.uniform(10, 1e4), "labels_per_month": rng.uniform(1, 500),
        "experiments": rng.uniform(0, 5e4), "failed_share": rng.uniform(0, 0.9),
        "debt_share_per_year": rng.uniform(0, 0.3), "compliance_at_start": rng.uniform(0, 3e4),
        "compliance_per_year": rng.uniform(0, 2e4), "egress_gb_per_month": rng.uniform(1, 9e3),
        "egress_per_gb": rng.uniform(0, 0.2),
    }  # fmt: skip


def machines_of(rng: random.Random) -> dict[str, Any]:
    return {
        "price": rng.uniform(1e4, 4e5), "life": rng.choice([1, 2, 5, 12, 36, 48]), "residual": rng.uniform(0, 1),
        "power_kw": rng.uniform(1, 20), "pue": rng.uniform(1, 2), "electricity_per_kwh": rng.uniform(0, 0.4),
        "idle_power_share": rng.uniform(0, 1), "colocation_per_month": rng.uniform(0, 2e3),
        "staff_per_month": rng.uniform(0, 2e3), "utilisation": rng.uniform(0, 1), "price_falls": rng.random() < 0.7,
    }  # fmt: skip


def case_from(seed: int) -> dict[str, Any]:
    """A case of three options."""
    rng = random.Random(seed)
    horizon = rng.choice([1, 7, 12, 13, 36])
    revenue = rng.choice(["per_month", "per_prediction", "per_user"])
    options = []
    for name, role in (("build", "build"), ("buy", "buy"), ("third", "other")):
        option: dict[str, Any] = {"name": name, "role": role, "parity": rng.uniform(0.3, 1.0)}
        option["costs"] = [line_of(rng, f"c{k}", horizon, cost=True) for k in range(rng.randint(1, 6))]
        option["income"] = [line_of(rng, f"i{k}", horizon, cost=False) for k in range(rng.randint(0, 3))]
        if rng.random() < 0.6:
            option["overlooked"] = overlooked_of(rng)
        if rng.random() < 0.6:
            option["machines"] = machines_of(rng)
        options.append(option)
    return {
        "horizon": horizon,
        "discount_rate": rng.uniform(-0.1, 0.4),
        "demand": {"predictions_per_month": rng.uniform(1e3, 1e6), "users": rng.uniform(10, 1e4),
                   "growth": rng.uniform(-0.4, 1.0)},
        "revenue": {revenue: rng.uniform(0.001, 0.05) if revenue == "per_prediction" else rng.uniform(1, 50)},
        "market": {"price_decline": rng.uniform(0, 0.4)},
        "options": options,
    }  # fmt: skip
