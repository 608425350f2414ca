"""Prices of managed services in a lock: written, read back, laid on a later catalog, and bad lines told."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.catalog.quoted import TuningPrice
from planner.catalog.rows import Catalog
from planner.gate.lockfile import make_lock
from planner.gate.plans import Setting
from planner.locking.choosing import CATALOG as OWN_PRICES
from planner.locking.lock import lock_path, read_lock
from planner.locking.services import (
    COLUMNS,
    edited_services,
    lay_services,
    locked_services,
    read_services,
    service_key,
    write_services,
)
from planner.locking.table import LineError
from planner.outcome import Plan
from planner.planning import plan_ready, read_scenario
from planner.source import InvalidInput
from tests.locking.catalogs import CATALOG, with_offers

SERVICES = """\
api_version: planner/v1
kind: FineTune
metadata: {name: bot}
models: [llama-3.1-8b, gpt-4.1-mini]
methods: [lora]
dataset: {samples: 2000, tokens_per_sample: 400}
hardware: {providers: [openai, together, fireworks]}
"""
SFT = [price for price in CATALOG.tuning_prices if price.aim == "sft"]


def later(**changes: Any) -> Catalog:
    """The catalog of another day, with these prices of services."""
    return replace(with_offers(CATALOG, CATALOG.offers), **changes)


def dearer(factor: float, provider: str = "") -> tuple[TuningPrice, ...]:
    """All prices, those of a provider (of all, without one) times a factor."""
    return tuple(
        replace(price, usd_per_mtok=factor * price.usd_per_mtok) if provider in ("", price.provider) else price
        for price in CATALOG.tuning_prices
    )


def figures(plan: Plan) -> list[tuple[str, float | None]]:
    assert plan.managed is not None
    return [(job.id, job.cost_usd) for job in plan.managed.jobs]


def bare(prices: list[TuningPrice]) -> list[str]:
    return sorted(repr(replace(price, source="", notes="")) for price in prices)


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "bot.yaml"
    path.write_text(SERVICES)
    return path


def lock(path: Path, monkeypatch: pytest.MonkeyPatch, catalog: Catalog = CATALOG) -> None:
    monkeypatch.setattr(Setting, "catalog", catalog)
    lock_path(path).write_text(make_lock(path, Setting(), refresh=True).text)


def test_every_price_is_read_back_but_its_source() -> None:
    text = write_services(SFT)
    assert bare(read_services(text)) == bare(SFT)
    assert write_services(reversed(read_services(text))) == text


LINE = {
    "provider": "openai", "offered": "m", "model": "m", "usd": "5", "unit": "usd_per_mtok", "as_of": "2026",
    "confidence": "high",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"usd": ""}, "usd is empty"),
        ({"usd": "-5"}, "usd '-5' is not a number"),
        ({"usd": "nan"}, "usd 'nan' is not a number"),
        ({"usd": "1e9"}, "usd '1e9' is no price"),
        ({"minimum_usd": "1e300"}, "minimum_usd '1e300' is no price"),
        ({"unit": "usd_per_token"}, "unit 'usd_per_token' is not one of usd_per_mtok, usd_per_hour"),
        ({"method": "qlora"}, "method 'qlora' is not one of lora, full"),
        ({"confidence": ""}, "confidence '' is not one of"),
        ({"retired": "n"}, "retired 'n' is neither y nor empty"),
        ({"as_of": "2026-13-01"}, "as_of '2026-13-01' is not a date"),
        ({"offered": ""}, "offered is empty"),
        ({"max_params": "16e9", "above_params": "0"}, "needs exactly one of model, open_models and max_params"),
        ({"model": ""}, "needs exactly one of"),
        ({"model": "", "max_params": "8e9", "above_params": "16e9"}, "are no bracket"),
        ({"above_params": "16e9"}, "are no bracket"),
    ],
)
def test_a_line_that_is_no_price(changes: dict[str, str], said: str) -> None:
    good = ",".join(LINE.get(name, "") for name in COLUMNS)
    bad = ",".join((LINE | changes).get(name, "") for name in COLUMNS)
    head = ",".join(COLUMNS)
    assert len(read_services(f"{head}\n{good}\n")) == 1
    with pytest.raises(LineError, match=said) as caught:
        read_services(f"{head}\n{good.replace(',m,', ',n,', 1)}\n{bad}\n")
    assert caught.value.line == 3


def test_a_table_that_is_none() -> None:
    head, good = ",".join(COLUMNS), ",".join(LINE.get(name, "") for name in COLUMNS)
    for text, said in (
        ("", "the first line must name the columns"),
        (f"{head}\n{good}\n{good}\n", "openai m is given twice"),
        (f"{head}\n{good},\n", "22 cells where 21 columns are named"),
        (f'{head}\n"{good}\n', "is no line of a table"),
    ):
        with pytest.raises(LineError, match=said):
            read_services(text)


def test_laid_on_a_later_catalog() -> None:
    locked = read_services(write_services(locked_services(SFT, CATALOG)))
    gone = tuple(price for price in dearer(2.0, "openai") if price.provider != "fireworks" or price.aim != "sft")
    laid = lay_services(locked, later(tuning_prices=gone))
    assert bare([price for price in laid.prices if price.aim == "sft"]) == bare(SFT)
    assert laid.moved == sum(price.provider == "openai" for price in SFT)
    assert laid.returned == sum(price.provider == "fireworks" for price in SFT)
    back = [price for price in laid.prices if price.provider == "fireworks" and price.aim == "sft"]
    assert {price.source for price in back} == {"the lock; the catalog has this price no more"}
    moved = next(price for price in laid.prices if price.provider == "openai")
    assert moved.source == next(price.source for price in SFT if price.provider == "openai")


def test_what_cannot_be_had_back_and_what_came_later() -> None:
    locked = [replace(price, open_models=("gone",)) for price in SFT if price.open_models][:1]
    laid = lay_services(locked, CATALOG)
    assert laid.lost == (f"{locked[0].provider} {locked[0].offered} {locked[0].method}",)
    assert laid.prices == CATALOG.tuning_prices
    key = service_key(SFT[0])
    without = lay_services([], CATALOG, frozenset({key})).prices
    assert {service_key(price) for price in CATALOG.tuning_prices} - {service_key(price) for price in without} == {key}


def test_what_was_edited_is_told() -> None:
    first = SFT[0]
    cheap = replace(first, usd_per_mtok=0.01)
    assert edited_services(SFT, CATALOG) == ()
    assert edited_services([cheap], CATALOG) == (
        f"openai {first.offered} differs from the catalog: $0.01 per million tokens in the lock, $25 in the catalog",
    )
    assert edited_services([replace(first, offered="x")], CATALOG) == ("openai x is not in the catalog",)
    fee = replace(first, minimum_usd=1.0)
    assert edited_services([fee], CATALOG) == (f"openai {first.offered} differs from the catalog",)


def test_a_plan_with_a_lock_has_its_prices_and_new_ones_are_left_out(
    scenario: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(scenario, monkeypatch)
    then = plan_ready(read_scenario(scenario, CATALOG, prices=OWN_PRICES))
    new = replace(SFT[0], offered="cheap", model="", max_params=16e9, above_params=0.0, usd_per_mtok=0.01)
    today = later(tuning_prices=(*dearer(3.0), new))
    fresh = plan_ready(read_scenario(scenario, today, prices=OWN_PRICES))
    assert fresh.cheapest_service is not None
    assert fresh.cheapest_service.offered == "cheap"
    now = plan_ready(read_scenario(scenario, today))
    assert figures(now) == figures(then) != figures(fresh)
    assert now.lock is not None
    assert (now.lock.services, now.lock.offers, now.lock.as_of) == (3, 0, CATALOG.as_of)


def test_a_lock_of_todays_catalog_changes_nothing(scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(scenario, monkeypatch)
    ready = read_scenario(scenario, CATALOG)
    assert (ready.lock, ready.warnings) == (None, ())
    assert make_lock(scenario, Setting(), refresh=False).state == "same"
    renamed = plan_ready(read_scenario(scenario, later()))
    assert renamed.lock is not None
    assert (renamed.lock.services, renamed.lock.as_of) == (0, CATALOG.as_of)


def test_an_old_lock_reads_and_the_catalogs_prices_count(scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(scenario, monkeypatch)
    text = lock_path(scenario).read_text()
    old = text[: text.index("services: |\n")]
    lock_path(scenario).write_text(old)
    assert read_lock(lock_path(scenario)).services is None
    today = later(tuning_prices=dearer(3.0))
    now = plan_ready(read_scenario(scenario, today))
    assert figures(now) == figures(plan_ready(read_scenario(scenario, today, prices=OWN_PRICES)))
    assert "bot.lock.yaml holds no prices of managed services: those of the catalog count" in now.warnings
    assert now.lock is not None
    assert now.lock.services is None


def test_what_a_lock_says_of_services(scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(scenario, monkeypatch)
    read = read_lock(lock_path(scenario))
    assert read.lock.decisions == {}
    assert read.lock.service is not None
    plan = plan_ready(read_scenario(scenario, CATALOG))
    assert plan.cheapest_service is not None
    assert (read.lock.service.id, read.lock.service.cost_usd) == (
        plan.cheapest_service.id, plan.cheapest_service.cost_usd,
    )  # fmt: skip
    assert read.lock.service.hours is None
    assert read.lock.service.cost_usd_at_least is True
    assert {price.provider for price in read.services or ()} == {"openai", "together", "fireworks"}
    assert not any(math.isnan(price.usd_per_mtok) for price in read.services or ())


def test_a_bad_price_is_told_at_its_line(scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(scenario, monkeypatch)
    lines = lock_path(scenario).read_text().splitlines()
    lines[-1] = lines[-1].replace("usd_per_mtok", "usd_per_token")
    lock_path(scenario).write_text("\n".join(lines) + "\n")
    with pytest.raises(InvalidInput) as caught:
        read_lock(lock_path(scenario))
    (problem,) = caught.value.problems
    assert (problem.at, problem.span.line if problem.span else 0) == ("services", len(lines))
    assert "unit 'usd_per_token' is not one of" in problem.message


def test_a_scenario_that_asks_for_no_service_has_the_lock_it_had(
    scenario: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SERVICES.replace("openai, together, fireworks", "lambda").replace(", gpt-4.1-mini", "")
    scenario.write_text(text.replace("hardware: {", "hardware: {gpus: [h100-sxm], counts: [1], "))
    lock(scenario, monkeypatch)
    assert "service" not in lock_path(scenario).read_text().replace("provider,service,", "")
