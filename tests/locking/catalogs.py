"""The planner's catalog as it may have become by another day, and small scenarios to plan with it."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from planner.catalog.ages import age_months
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Bools, Catalog, Offers
from planner.gate.lockfile import make_lock
from planner.gate.plans import Setting
from planner.outcome import Plan

CATALOG = load_catalog()
LATER = "2027-02-11"
SCENARIO = """\
api_version: planner/v1
kind: FineTune
metadata: {name: bot}
models: [qwen3-8b]
methods: [lora]
dataset: {samples: 20k, tokens_per_sample: {mean: 400, p95: 1200}}
hardware: {gpus: [l40s, h100-sxm], counts: [1, 2], providers: [gcp, verda, nebius], tiers: [on_demand, spot]}
"""
SHARED = SCENARIO.replace("tiers: [on_demand, spot]", "tiers: [on_demand]") + "axes: {train.spot_share: [0, 0.5, 1]}\n"
EVERYWHERE = SCENARIO.replace("providers: [gcp, verda, nebius], ", "").replace("counts: [1, 2]", "counts: [1]")
GREEN = SCENARIO + "objectives: [cost, time, carbon]\nconstraints: {deadline: 30 h}\n"
SCENARIOS = {"plain": SCENARIO, "shared": SHARED, "everywhere": EVERYWHERE, "green": GREEN}


def with_offers(catalog: Catalog, offers: Offers, as_of: str = LATER, digest: str = "b" * 64) -> Catalog:
    """A catalog with these offers at another date."""
    ages = age_months(offers.as_of.tolist(), as_of)
    return replace(catalog, as_of=as_of, digest=digest, offers=replace(offers, age_months=ages))


def later(seed: int, catalog: Catalog = CATALOG) -> Catalog:
    """Months later: most prices moved, some offers are gone, new ones came, some are judged another way."""
    rng = np.random.default_rng(seed)
    old = catalog.offers
    n = len(old)
    price = old.price_usd_per_hour * np.where(rng.random(n) < 0.7, rng.uniform(0.5, 1.6, n), 1.0)
    dates = np.where(rng.random(n) < 0.5, "2027-01-15", old.as_of)
    confidence = np.where(rng.random(n) < 0.1, "high", np.where(rng.random(n) < 0.05, "low", old.confidence))
    retired = old.retired ^ (rng.random(n) < 0.03)
    moved = replace(old, price_usd_per_hour=price, as_of=dates, confidence=confidence, retired=retired)
    at = np.sort(rng.choice(n, 200, replace=False))
    new = moved.take(at)
    cheap = replace(
        new,
        instance=np.char.add(f"new{seed}-", new.instance),
        price_usd_per_hour=new.price_usd_per_hour * rng.uniform(0.3, 0.9, len(at)),
        as_of=np.full(len(at), "2027-02-01"),
        confidence=np.full(len(at), "high"),
        retired=np.zeros(len(at), bool),
    )
    stay = np.concatenate([_open(moved, rng.random(n) < 0.85), np.ones(len(at), bool)])
    place = np.concatenate([np.arange(n), at - 0.5])
    order = np.argsort(place, kind="stable")
    return with_offers(catalog, moved.and_also(cheap).take(order[stay[order]]), digest=f"{seed:064x}")


def _open(offers: Offers, wanted: Bools) -> Bools:
    """The offers that are wanted, and one of every provider, service and region: regions do not close."""
    places = list(zip(offers.provider.tolist(), offers.service.tolist(), offers.region.tolist(), strict=True))
    first = {place: row for row, place in reversed(list(enumerate(places)))}
    stay = wanted.copy()
    stay[list(first.values())] = True
    return stay


def lock(scenario: Path, catalog: Catalog, *, refresh: bool = True) -> Path:
    """Make the lock of a scenario with a catalog; returns its path."""
    made = make_lock(scenario, setting(catalog), refresh=refresh)
    made.path.write_text(made.text, "utf-8")
    return made.path


def setting(catalog: Catalog) -> Setting:
    """What `make_lock` takes, for a catalog that lies in no folder."""

    class Memory(Setting):
        @property
        def catalog(self) -> Catalog:
            return catalog

    return Memory()


def figures(plan: Plan) -> dict[str, object]:
    """All that a decision rests on and says: the front, what lies beside it, decisions, margins, bands."""
    data = plan.model_dump()
    kept = ("front", "beside", "decisions", "decision_notes", "pairings", "feasible", "unknown", "infeasible",
            "search", "constraints", "objectives", "metadata", "scenario")  # fmt: skip
    return {name: data[name] for name in kept}
