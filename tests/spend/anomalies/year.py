"""A made-up year of spend for four teams and twenty models, and what was planted in it."""

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import pandas as pd

from planner.catalog.rows import Floats
from planner.spend.store import Store
from tests.spend.made import made

Key = tuple[str, ...]
"""Team, service, model, tenant and run."""
FIRST = np.datetime64("2025-11-01")
DAYS = 365
TEAMS = ("research", "product", "support", "data")
TENANTS = ("acme", "globex", "hooli", "initech", "umbrella")


def series_of(seed: int) -> dict[Key, Floats]:
    """Daily USD, (365,). Nothing odd but starts, ends and a growth that all share."""
    rng = np.random.default_rng(seed)
    days = np.arange(DAYS)
    week = np.where((days + 5) % 7 >= 5, 0.62, 1.0)
    growth = np.exp(0.0008 * days)
    found: dict[Key, Floats] = {}
    for number in range(20):
        team, model = TEAMS[number % 4], f"m{number:02d}"
        scale = float(rng.lognormal(4.0, 0.7)) if number < 18 else 80.0
        for tenant, share in zip(TENANTS, rng.dirichlet(np.full(5, 8.0)), strict=True):
            noise = rng.lognormal(0.0, 0.08 + 0.1 * rng.random(), DAYS)
            found[team, "endpoint", model, tenant, ""] = scale * share * week * growth * noise
        runs = np.zeros(DAYS)
        for day in np.flatnonzero(rng.random(DAYS) < 0.1 + 0.15 * rng.random()):
            runs[day] += scale * float(rng.lognormal(0.2, 0.35))
        found[team, "training", model, "", ""] = runs
    for number, (start, end) in ((18, (150, DAYS)), (19, (0, 220))):
        for key in [key for key in found if key[2] == f"m{number}"]:
            found[key] = np.where((days >= start) & (days < end), found[key], 0.0)
    first = (FIRST + days).astype("datetime64[M]") == (FIRST + days - 1).astype("datetime64[M]")
    found["", "commitment", "", "", ""] = np.where(first, 0.0, 2400.0)
    for team in TEAMS:
        found[team, "storage", "", "", ""] = 20.0 * (1.0 + days / 900.0) * rng.lognormal(0.0, 0.03, DAYS)
    return found


def plant(found: dict[Key, Floats], seed: int) -> list[tuple[str, int, int, str]]:
    """Three spikes, a level and a leak are put in; kind, first and last day, and a word that its text must have."""
    rng = np.random.default_rng(1000 + seed)
    days = np.arange(DAYS)
    models = rng.permutation(18)
    planted = []
    at, length = int(rng.integers(60, 120)), int(rng.integers(2, 4))
    model = f"m{models[0]:02d}"
    usual = sum(float(found[key].mean()) for key in found if key[1] == "endpoint" and key[2] == model)
    extra = np.zeros(DAYS)
    extra[at : at + length] = 6.0 * usual + 300.0
    found[TEAMS[models[0] % 4], "training", model, "", "rsch-0412"] = extra
    planted.append(("spike", at, at + length - 1, model))
    at, model = int(rng.integers(130, 200)), f"m{models[1]:02d}"
    for key in [key for key in found if key[2] == model and key[1] == "endpoint"]:
        found[key] = np.where((days >= at) & (days < at + 4), 3.2 * found[key], found[key])
    planted.append(("spike", at, at + 3, model))
    at, team = int(rng.integers(210, 330)), TEAMS[int(rng.integers(4))]
    found[team, "egress", "", "", ""] = 6.0 * rng.lognormal(0.0, 0.1, DAYS) + np.where(days == at, 900.0, 0.0)
    planted.append(("spike", at, at, team))
    at, model = int(rng.integers(230, 300)), f"m{models[2]:02d}"
    for key in [key for key in found if key[2] == model and key[1] == "endpoint"]:
        found[key] = np.where(days >= at, 1.9 * found[key], found[key])
    planted.append(("level", at, DAYS - 1, model))
    at, tenant = int(rng.integers(200, 250)), TENANTS[int(rng.integers(5))]
    model = f"m{models[3]:02d}"
    key = (TEAMS[models[3] % 4], "endpoint", model, tenant, "")
    found[key] = found[key] * np.exp(np.maximum(days - at, 0) / 7.0 * 0.09)
    planted.append(("leak", at, DAYS - 1, tenant))
    return planted


@contextmanager
def year(found: Mapping[Key, Floats], missing: tuple[int, ...] = ()) -> Iterator[Store]:
    """A store with the series as attributed spend, but for the days that are missing."""
    rows = [
        (str(FIRST + int(at)), *key, round(float(found[key][at]), 6))
        for key in found
        for at in np.flatnonzero(found[key])
        if int(at) not in missing
    ]
    with made({}, as_of=day(DAYS)) as store:
        frame = pd.DataFrame(rows, columns=["day", "team", "service", "model", "tenant", "run", "effective_usd"])
        store.connection.register("made_rows", frame)
        names = ", ".join(frame.columns)
        store.connection.execute(
            f"INSERT INTO allocated ({names}, source, category) "
            f"SELECT day::DATE, {names.removeprefix('day, ')}, 'bill', 'Usage' FROM made_rows"
        )
        store.connection.unregister("made_rows")
        yield store


def day(at: int) -> datetime.date:
    """The day at a place."""
    return datetime.date(2025, 11, 1) + datetime.timedelta(days=at)
