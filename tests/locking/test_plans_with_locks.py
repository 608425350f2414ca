"""A plan with a lock is the plan of the day it was locked; a lock of today's catalog changes nothing."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.batch.one import plan_json
from planner.calibrate.overlay import Overlay, overlay_text
from planner.locking.choosing import CATALOG as OWN_PRICES
from planner.locking.lock import read_lock
from planner.outcome import Plan
from planner.planning import Ready, plan_ready, read_scenario
from planner.scenario.compose import Changes
from planner.source import InvalidInput
from planner.space.dataset import measure
from tests.calibrate.test_overlay_in_plans import HEAD, ONE
from tests.locking.catalogs import CATALOG, LATER, SCENARIO, SCENARIOS, figures, later, lock, with_offers


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "bot.yaml"
    path.write_text(SCENARIO)
    return path


def read(path: Path, **words: Any) -> Ready:
    return read_scenario(path, words.pop("catalog", CATALOG), **words)


def plan(path: Path, **words: Any) -> Plan:
    return plan_ready(read(path, **words))


@pytest.mark.parametrize(("name", "seed"), [("plain", 4), ("shared", 1), ("everywhere", 3), ("green", 2), ("green", 5)])
def test_a_lock_brings_back_the_plan_of_its_day(tmp_path: Path, name: str, seed: int) -> None:
    path = tmp_path / "bot.yaml"
    path.write_text(SCENARIOS[name])
    old = later(100 + seed)
    today = later(seed, old)
    lock(path, old)
    then = plan(path, catalog=old, prices=OWN_PRICES)
    now = plan(path, catalog=today)
    assert then.front
    assert figures(now) == figures(then)
    assert now.lock is not None
    assert (now.lock.file, now.lock.as_of, now.lock.catalog_digest) == ("bot.lock.yaml", old.as_of, old.digest)
    assert now.lock.offers > 0


def test_without_its_lock_the_plan_is_another(scenario: Path) -> None:
    """Or the test above would show nothing."""
    today = later(2, later(102))
    assert figures(plan(scenario, catalog=today)) != figures(plan(scenario, catalog=later(102)))


def test_a_lock_of_todays_catalog_changes_nothing(scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the whole plan, with its advice
    before = plan_json(plan(scenario))
    lock(scenario, CATALOG)
    ready = read(scenario)
    assert ready.warnings == ()
    assert ready.lock is None
    assert plan_json(plan_ready(ready)) == before


def test_the_same_catalog_by_another_name_gives_the_same_figures(scenario: Path) -> None:
    before = figures(plan(scenario))
    lock(scenario, CATALOG)
    renamed = plan(scenario, catalog=with_offers(CATALOG, CATALOG.offers))
    assert figures(renamed) == before
    assert renamed.lock is not None
    assert renamed.lock.offers == 0


def edit(path: Path, price: float) -> None:
    """Change the first price of a lock by hand."""
    text, n = re.subn(r"(?m)^(  (?:[^,\n]*,){8})[\d.]+,(20)", rf"\g<1>{price},\2", path.read_text(), count=1)
    assert n
    path.write_text(text)


def test_an_edited_price_of_todays_catalog_warns_and_does_not_count(scenario: Path) -> None:
    before = plan(scenario)
    path = lock(scenario, CATALOG)
    edit(path, 0.01)
    ready = read(scenario)
    (warning,) = ready.warnings
    assert warning.severity == "warning"
    assert "$0.01 per hour in the lock" in warning.message
    assert "changed by hand and do not count" in warning.message
    assert warning.span is not None
    assert path.read_text().splitlines()[warning.span.line - 1] == "offers: |"
    after = plan_ready(ready)
    assert {**figures(after)} == {**figures(before)}
    assert after.lock is None


def test_every_other_edit_is_found_too(scenario: Path) -> None:
    path = lock(scenario, CATALOG)
    text = path.read_text()
    for was, became, said in (
        (",high,,", ",low,,", "differs from the catalog"),
        ("verda,vm,", "verda,vm,x", "is not in the catalog"),
        ("; us-", "; nowhere-", "is not in the catalog"),
    ):
        assert was in text
        path.write_text(text.replace(was, became, 1))
        (warning,) = read(scenario).warnings
        assert said in warning.message


def test_a_changed_scenario_may_choose_what_came_later(scenario: Path) -> None:
    """Its prices are those of the lock; what it did not list then is there at today's price."""
    lock(scenario, CATALOG)
    today = later(1)
    scenario.write_text(SCENARIO.replace("20k", "21k"))
    ready = read(scenario, catalog=today)
    instances = ready.space.market.offers.instance
    assert any(name.startswith("new1-") for name in instances)
    assert ready.catalog.as_of == CATALOG.as_of
    scenario.write_text(SCENARIO)
    same = read(scenario, catalog=today).space.market.offers.instance
    assert not any(name.startswith("new1-") for name in same)
    changed = read(scenario, catalog=today, changes=Changes(assignments=("train.epochs=2",))).space.market.offers
    assert any(name.startswith("new1-") for name in changed.instance)


def test_an_offer_that_cannot_be_had_back_is_said(scenario: Path) -> None:
    lock(scenario, CATALOG)
    offers = CATALOG.offers
    gone = offers.provider == offers.providers.index("verda")
    (warning,) = read(scenario, catalog=with_offers(CATALOG, offers.take(np.flatnonzero(~gone)))).warnings
    assert "today's catalog lacks what is needed to plan with: verda " in warning.message
    assert "hint" not in warning.message


def test_a_factor_of_own_bills_is_applied_once(scenario: Path, tmp_path: Path) -> None:
    factor = {"price": {"gcp/on_demand": ONE | {"value": 0.5}, "nebius/on_demand": ONE | {"value": 0.7}}}
    overlay = tmp_path / "own.overlay.yaml"
    overlay.write_text(overlay_text(Overlay.model_validate(HEAD | factor)), "utf-8")
    scenario.write_text(f"{SCENARIO}calibration: own.overlay.yaml\n")
    path = lock(scenario, CATALOG)
    listed = {one.key: one.usd_per_hour for one in read_lock(path).offers}
    plain = {
        (CATALOG.offers.providers[provider], service, instance, region, tier): price
        for provider, service, instance, region, tier, price in zip(
            CATALOG.offers.provider.tolist(), CATALOG.offers.service.tolist(), CATALOG.offers.instance.tolist(),
            CATALOG.offers.region.tolist(), CATALOG.offers.tier.tolist(), CATALOG.offers.price_usd_per_hour.tolist(),
            strict=True,
        )
    }  # fmt: skip
    assert listed
    assert all(plain[key] == price for key, price in listed.items())
    assert read(scenario).warnings == ()
    then = plan(scenario, prices=OWN_PRICES)
    now = plan(scenario, catalog=later(3))
    assert figures(now) == figures(then)


def test_prices_are_aged_at_the_locks_day(scenario: Path) -> None:
    """What was fresh when it was locked has not gone stale since."""
    lock(scenario, CATALOG)
    then = plan(scenario, prices=OWN_PRICES)
    years_later = with_offers(CATALOG, CATALOG.offers, "2031-01-01")
    assert figures(plan(scenario, catalog=years_later)) == figures(then)
    assert LATER < "2031-01-01"


def test_a_dataset_is_measured_once(scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lengths.csv").write_text("400,5000\n")
    scenario.write_text(
        SCENARIO.replace("{samples: 20k, tokens_per_sample: {mean: 400, p95: 1200}}", "{lengths: lengths.csv}")
    )
    lock(scenario, CATALOG)
    measured = []

    def note(*words: Any) -> Any:
        measured.append(1)
        return measure(*words)

    monkeypatch.setattr("planner.planning.reading.measure", note)
    ready = read(scenario, catalog=later(1))
    assert ready.space.measured is not None
    assert measured == [1]


def test_a_lock_that_is_a_link_out_of_the_repository_is_not_read(scenario: Path, tmp_path: Path) -> None:
    inside = tmp_path / "repo"
    (inside / ".git").mkdir(parents=True)
    (inside / "bot.yaml").write_text(SCENARIO)
    (inside / "bot.lock.yaml").symlink_to("/etc/passwd")
    with pytest.raises(InvalidInput, match="is a link that leads out of the repository") as told:
        read(inside / "bot.yaml")
    assert "root:" not in str(told.value)
