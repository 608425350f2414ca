"""A change of a catalog overlay: seen by `diff` as one of the scenario, and kept out of locks, which hold the list."""

from pathlib import Path

import pytest

from planner.gate.difference import Wanted, find_difference
from planner.gate.edits import document_edits
from planner.gate.plans import Setting
from planner.locking.lock import parse_lock
from planner.outcome import Difference, Edit, Place
from planner.planning import read_scenario
from planner.report.changes.difference_text import difference_text
from planner.revision.git import Repository
from planner.revision.reading import opened
from tests.gate.changes import scenario
from tests.gate.repeated import lock_of, plans_of
from tests.revision.repositories import Repo, make_repository

BOT, LOCK, PRICES = "scenarios/bot.yaml", "scenarios/bot.lock.yaml", "scenarios/prices.yaml"
OVERLAY = """\
api_version: planner/v1
kind: CatalogOverlay
metadata: {name: acme}
providers: [{id: acme-dc}]
gpus: [{id: acme-card, like: h100-sxm}]
offers:
  - {provider: acme-dc, instance: shed, gpu: acme-card, gpu_count: 1, vcpus: 24, memory_gib: 256, regions: [dc1],
     price: $90, as_of: 2026-11-01}
discounts:
  - {provider: verda, percent: 20, tiers: [on_demand, spot]}
  - {provider: nebius, percent: 20, tiers: [on_demand, spot]}
  - {provider: gcp, percent: 20, tiers: [on_demand, spot]}
"""
SCENARIO = scenario().replace("gcp]", "gcp, acme-dc]").replace("h100-sxm]", "h100-sxm, acme-card]")
WITH = f"{SCENARIO}overlays: [prices.yaml]\n"


def difference(repo: Repo) -> Difference:
    repository = Repository.around(repo.root)
    assert repository is not None
    wanted = Wanted(("scenarios",), ("scenarios",), effects=False)
    with opened(repository, "main", None) as sides:
        return find_difference(sides.base, sides.head, wanted, Setting(), plans_of(repo)).difference


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A scenario and its overlay on main, and a branch for the change."""
    made = make_repository(tmp_path / "repo", {BOT: WITH, PRICES: OVERLAY})
    made.branch("pr")
    return made


def test_a_smaller_discount_is_a_change_of_the_scenario(repo: Repo) -> None:
    repo.write({PRICES: OVERLAY.replace("percent: 20", "percent: 10")})
    found = difference(repo)
    (one,), told = found.scenarios, difference_text(found, 200)
    cost = one.delta["cost_usd"]
    assert (one.path, one.change) == (BOT, "changed")
    assert cost.before is not None
    assert cost.prices == pytest.approx(0.0, abs=1e-9)
    assert cost.scenario == cost.total
    assert 0.1 < (cost.total or 0) / cost.before < 0.125 + 1e-9  # compute costs 90/80 of before, the rest the same
    assert [(edit.key, edit.before, edit.after, edit.place.file, edit.place.line) for edit in one.edits] == [
        (f"CatalogOverlay discounts[{i}].percent", "20", "10", PRICES, 10 + i) for i in range(3)
    ]
    assert all(f"{PRICES}:{10 + i}: CatalogOverlay discounts[{i}].percent 20 → 10" in told for i in range(3))


def test_a_file_whose_keys_cannot_be_told_is_named_once(repo: Repo) -> None:
    moved = Edit(key=PRICES, before="44d05a76", after="0408f515", place=Place(file=PRICES, line=1))
    repo.write({PRICES: OVERLAY.replace("percent: 20", "percent: 10")})
    found = difference(repo)
    one = found.scenarios[0].model_copy(update={"edits": [moved]})
    told = difference_text(found.model_copy(update={"scenarios": [one]}), 200)
    assert f"  {PRICES} 44d05a76 → 0408f515" in told
    assert f"{PRICES}:1" not in told
    assert document_edits(b"kind: CatalogOverlay", b"kind: [", PRICES) is None
    assert document_edits(b"kind: CatalogOverlay", b"kind: CalibrationOverlay", PRICES) is None
    assert document_edits(b"kind: CatalogOverlay", b"# said\nkind: CatalogOverlay", PRICES) == []


def test_another_rate_by_time_is_a_change_of_the_scenario_alone(repo: Repo) -> None:
    """90/70 of the price on two days of seven is 6.25 % more from any start alike; no part is of prices or planner."""
    rate = "{providers: [verda, nebius, gcp], tiers: [on_demand, spot], days: [sat, sun], percent_off: 30}"
    rated = WITH.replace("hardware:\n", f"hardware:\n  time_rates: [{rate}]\n")
    repo.write({BOT: rated})
    repo.commit({LOCK: lock_of(repo, BOT)})
    repo.git("branch", "-f", "main")
    repo.write({BOT: rated.replace("percent_off: 30", "percent_off: 10")})
    (one,) = difference(repo).scenarios
    cost = one.delta["cost_usd"]
    assert (cost.planner, cost.prices) == pytest.approx((0.0, 0.0), abs=1e-9)
    assert cost.scenario == cost.total
    assert 0.06 < (cost.total or 0) / (cost.before or 1) < 0.0625 + 1e-9
    assert [(edit.key, edit.before, edit.after) for edit in one.edits] == [
        ("hardware.time_rates[0].percent_off", "30", "10")
    ]


def test_an_overlay_is_no_scenario_and_a_comment_in_it_changes_nothing(repo: Repo) -> None:
    assert difference(repo).scenarios == []
    repo.write({PRICES: f"# of our own\n{OVERLAY}"})
    for one in difference(repo).scenarios:
        assert one.path == BOT
        assert one.delta["cost_usd"].total == pytest.approx(0.0)


def test_a_lock_holds_the_list_and_private_prices_count_over_it(repo: Repo) -> None:
    """What is one's own is no price of the catalog: a lock neither lists it nor loses it."""
    path = repo.root / BOT
    before = read_scenario(path)
    text = lock_of(repo, BOT)
    repo.write({LOCK: text})
    lock = parse_lock(text.encode(), LOCK)
    listed = {one.key: one.usd_per_hour for one in lock.offers}
    assert not any(key[0] == "acme-dc" for key in listed)
    known = dict(zip(before.catalog.offers.identities(), before.catalog.offers.price_usd_per_hour, strict=True))
    assert [known[key] / usd for key, usd in listed.items()] == pytest.approx([0.8] * len(listed))
    after = read_scenario(path)
    assert after.warnings == before.warnings == ()
    assert (
        after.space.market.offers.price_usd_per_hour.tolist() == before.space.market.offers.price_usd_per_hour.tolist()
    )


def test_a_lock_of_other_prices_is_what_the_discount_is_taken_off(repo: Repo, cheaper: Path) -> None:
    path = repo.root / BOT
    today = read_scenario(path).space.market.offers
    repo.write({LOCK: lock_of(repo, BOT, cheaper)})
    locked = read_scenario(path).space.market.offers
    own = [key[0] == "acme-dc" for key in today.identities()]
    assert locked.identities() == today.identities()
    ratio = (locked.price_usd_per_hour / today.price_usd_per_hour).tolist()
    assert ratio == pytest.approx([1.0 if mine else 0.9 for mine in own])
