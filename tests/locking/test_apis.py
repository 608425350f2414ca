"""Prices of APIs in a lock: written, read back, laid on a later catalog, and bad lines told."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from planner.catalog.api_models import ApiModel
from planner.catalog.rows import Catalog
from planner.gate.lockfile import make_lock
from planner.gate.plans import Setting
from planner.locking.apis import COLUMNS, edited_apis, lay_apis, locked_apis, read_apis, write_apis
from planner.locking.choosing import CATALOG as OWN_PRICES
from planner.locking.lock import lock_path, read_lock
from planner.locking.table import LineError
from planner.outcome.serving_plan import ServingPlan
from planner.planning import ServingReady, plan_ready, read_any
from tests.locking.catalogs import CATALOG
from tests.planning.serving_scenarios import by_api

MINI = "openai/gpt-4o-mini"
LISTED = locked_apis(CATALOG.apis, CATALOG)
LINE = f"{MINI},0.15,0.6,0.075,,,128000,16384,2026-11-22,medium"


def dearer(factor: float, *gone: str) -> tuple[ApiModel, ...]:
    """All APIs but those gone, their tokens times a factor."""
    return tuple(
        replace(
            api,
            input_usd_per_mtok=factor * api.input_usd_per_mtok,
            output_usd_per_mtok=factor * api.output_usd_per_mtok,
        )
        for api in CATALOG.apis
        if api.id not in gone
    )


def later(apis: tuple[ApiModel, ...]) -> Catalog:
    return replace(CATALOG, apis=apis, digest="0" * 64, as_of="2027-01-01")


def cost(plan: ServingPlan) -> float:
    return min(c.cost_usd_per_month or math.nan for c in (*plan.front, *plan.beside))


def planned(path: Path, catalog: Catalog) -> ServingPlan:
    ready = read_any(path, catalog)
    assert isinstance(ready, ServingReady)
    return plan_ready(ready)


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario that is locked at the catalog's own prices."""
    path = tmp_path / "chat.yaml"
    path.write_text(yaml.safe_dump(by_api(apis=["openai/gpt-*"])))
    monkeypatch.setattr(Setting, "catalog", CATALOG)
    lock_path(path).write_text(make_lock(path, Setting(), refresh=True).text)
    return path


def test_every_price_is_read_back() -> None:
    text = write_apis(LISTED)
    assert sorted(map(repr, read_apis(text))) == sorted(map(repr, LISTED))
    assert write_apis(reversed(read_apis(text))) == text


def test_a_lock_keeps_the_prices_it_was_made_with(scenario: Path) -> None:
    was = cost(planned(scenario, CATALOG))
    kept = planned(scenario, later(dearer(3.0)))
    assert cost(kept) == pytest.approx(was)
    assert kept.lock is not None
    assert kept.lock.apis
    ready = read_any(scenario, later(dearer(3.0)), prices=OWN_PRICES)
    assert isinstance(ready, ServingReady)
    assert cost(plan_ready(ready)) == pytest.approx(3.0 * was)


def test_what_came_later_was_not_there_to_choose(scenario: Path) -> None:
    (mini,) = [api for api in CATALOG.apis if api.id == MINI]
    cheap = replace(mini, id="openai/gpt-none", model="gpt-none", input_usd_per_mtok=0.001)
    found = planned(scenario, later((*CATALOG.apis, cheap)))
    assert "openai/gpt-none" not in {c.model for c in found.beside}
    fresh = read_any(scenario, later((*CATALOG.apis, cheap)), prices=OWN_PRICES)
    assert isinstance(fresh, ServingReady)
    assert "openai/gpt-none" in {choice.api.id for choice in fresh.space.apis}


def test_what_puts_into_a_cache_costs_its_multiple_of_the_locked_price() -> None:
    (claude,) = [api for api in CATALOG.apis if api.id == "anthropic/claude-haiku-4-5"]
    assert claude.caching is not None
    (one,) = locked_apis([claude], CATALOG)
    laid = lay_apis([replace(one, input_usd_per_mtok=7.0)], CATALOG)
    (found,) = [api for api in laid.apis if api.id == claude.id]
    assert found.cache_write_usd_per_mtok == pytest.approx(7.0 * claude.caching.write)
    assert (laid.moved, laid.lost) == (1, ())


def test_what_the_catalog_has_no_more_is_lost_and_told(scenario: Path) -> None:
    ready = read_any(scenario, later(dearer(1.0, MINI)))
    assert any(MINI in problem.message for problem in ready.warnings)


def test_an_edited_price_is_found() -> None:
    (one,) = [api for api in LISTED if api.id == MINI]
    (text,) = edited_apis([replace(one, output_usd_per_mtok=0.01)], CATALOG)
    assert "$0.01 for a million tokens of output in the lock, $0.6 in the catalog" in text
    assert edited_apis([replace(one, id="openai/none")], CATALOG) == ("openai/none is not in the catalog",)
    assert edited_apis(LISTED, CATALOG) == ()


def test_the_lock_file_reads_back(scenario: Path) -> None:
    read = read_lock(lock_path(scenario))
    assert read.apis is not None
    assert MINI in {api.id for api in read.apis}
    assert read.lock.decisions["cheapest_api"].cost_usd_per_month == pytest.approx(cost(planned(scenario, CATALOG)))
    assert read.lock.decisions["cheapest_api"].cost_usd is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (LINE.replace("0.15,", "0,", 1), "input_usd_per_mtok '0' is no price"),
        (LINE.replace("0.6", "1e9", 1), "output_usd_per_mtok '1e9' is too large"),
        (LINE.replace("0.6", "lots", 1), "output_usd_per_mtok 'lots' is not a number"),
        (LINE.replace("medium", "sure"), "confidence 'sure' is not one of"),
        (LINE.replace("2026-11-22", "yesterday"), "as_of 'yesterday' is not a date"),
        (LINE.replace(MINI, ""), "api is empty"),
        (f"{LINE}\n{LINE}", f"{MINI} is given twice"),
        (LINE.removesuffix(",medium"), "9 cells where 10 columns are named"),
    ],
)
def test_bad_lines_are_told(line: str, message: str) -> None:
    with pytest.raises(LineError, match=message.replace("(", r"\(")):
        read_apis(f"{','.join(COLUMNS)}\n{line}\n")
