"""Changes in real repositories, compared."""

import math
from pathlib import Path

import pytest

from planner.gate.cache import PlanCache
from planner.gate.difference import Wanted, find_difference
from planner.gate.plans import Setting
from planner.outcome import FIGURES, Difference
from planner.planning import plan_ready, read_scenario
from planner.revision.git import Repository
from planner.revision.reading import opened
from tests.gate.changes import scenario
from tests.gate.repeated import lock_of, plans_of
from tests.revision.repositories import Repo, make_repository

BOT = "scenarios/bot.yaml"
LOCK = "scenarios/bot.lock.yaml"


def _difference(repo: Repo, cache: PlanCache | None = None, base: str = "main", head: str | None = None) -> Difference:
    repository = Repository.around(repo.root)
    assert repository is not None
    with opened(repository, base, head) as sides:
        found = find_difference(
            sides.base, sides.head, Wanted(("scenarios",), ("scenarios",)), Setting(), cache or plans_of(repo)
        )
    return found.difference


def _lock(repo: Repo, catalog: Path | None = None, file: str = BOT) -> str:
    return lock_of(repo, file, catalog)


def _sums(difference: Difference) -> None:
    for one in difference.scenarios:
        for name in FIGURES:
            d = one.delta[name]
            if d.total is not None and d.prices is not None and d.scenario is not None:
                parts = [d.planner or 0.0, d.prices, d.scenario]
                assert math.isclose(math.fsum(parts), d.total, rel_tol=1e-9, abs_tol=1e-9), name


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repository with one scenario on main, and a branch for the change."""
    made = make_repository(tmp_path / "repo", {BOT: scenario()})
    made.branch("pr")
    return made


def test_the_parts_are_told_apart_and_add_up(repo: Repo, cheaper: Path) -> None:
    """Base locked in August, prices a tenth higher in November, rank and epochs changed."""
    repo.git("switch", "-q", "main")
    repo.commit({LOCK: _lock(repo, cheaper)})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({BOT: scenario(rank="64", epochs="4")})
    repo.write({LOCK: _lock(repo)})
    found = _difference(repo)
    _sums(found)
    (one,) = found.scenarios
    cost = one.delta["cost_usd"]
    assert cost.before is not None
    assert cost.planner == pytest.approx(0.0, abs=1e-9)
    assert cost.prices == pytest.approx(cost.before / 9, rel=0.02)
    assert cost.scenario is not None
    assert cost.scenario > 0.2 * cost.before
    assert one.delta["hours"].prices == pytest.approx(0.0, abs=1e-9)
    assert [(e.key, e.before, e.after, e.place.file, e.place.line) for e in one.edits] == [
        ("methods[0].lora.rank", "16", "64", BOT, 7), ("train.epochs", "3", "4", BOT, 10),
    ]  # fmt: skip
    effects = [e.effect_usd for e in one.edits]
    assert all(effect is not None and effect > 0 for effect in effects)
    assert one.flipped is False
    assert "margin" in one.sentence
    assert [(note.what, note.change, note.allowed) for note in found.trust] == [("lock", "changed", True)]
    assert found.totals.teams["ml-platform"].delta["cost_usd"].total == pytest.approx(cost.total)


def test_an_effect_is_the_head_less_the_head_without_that_edit(repo: Repo) -> None:
    repo.commit({BOT: scenario(rank="64", epochs="4")})
    both = _difference(repo, head="pr").scenarios[0]
    repo.commit({BOT: scenario(rank="64")})
    without_epochs = _difference(repo, head="pr").scenarios[0]
    after, less = both.delta["cost_usd"].after, without_epochs.delta["cost_usd"].after
    assert after is not None
    assert less is not None
    assert both.edits[1].effect_usd == pytest.approx(after - less)
    assert without_epochs.edits[0].effect_usd is None  # alone it is the whole


def test_without_a_lock_the_planner_s_part_is_unknown(repo: Repo) -> None:
    repo.write({BOT: scenario(epochs="4")})
    found = _difference(repo)
    _sums(found)
    (one,) = found.scenarios
    assert one.delta["cost_usd"].planner is None
    assert one.delta["cost_usd"].prices == 0
    assert one.notes == ["the base has no lock, so what the planner itself changed is unknown"]


def test_a_lock_kept_as_it_is_keeps_its_prices(repo: Repo, cheaper: Path) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({LOCK: _lock(repo, cheaper)})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({BOT: scenario(epochs="4")})
    found = _difference(repo)
    _sums(found)
    (one,) = found.scenarios
    assert one.delta["cost_usd"].prices == 0
    assert found.trust == []
    assert one.after is not None
    assert one.after.prices == "lock of 2026-08-01"


def test_a_change_of_prices_alone(repo: Repo, cheaper: Path) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({LOCK: _lock(repo, cheaper)})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({LOCK: _lock(repo)})
    (one,) = _difference(repo).scenarios
    cost = one.delta["cost_usd"]
    assert cost.prices == pytest.approx(cost.total)
    assert cost.scenario == 0
    assert cost.chance_higher == 1.0
    assert one.edits == []


def test_a_lock_with_an_edited_price_counts_for_nothing(repo: Repo) -> None:
    honest = _lock(repo)
    line = next(row for row in honest.splitlines() if "h100-sxm" in row and ",8," in row)
    cells = line.split(",")
    cells[8] = "0.01"
    repo.write({BOT: scenario(epochs="4"), LOCK: honest.replace(line, ",".join(cells))})
    edited = _difference(repo, PlanCache(None))
    repo.write({LOCK: None})
    plain = _difference(repo)
    assert edited.scenarios[0].delta["cost_usd"].after == plain.scenarios[0].delta["cost_usd"].after
    (note,) = edited.trust
    assert (note.what, note.allowed) == ("lock", False)
    assert "$0.01 per hour in the lock" in note.text
    assert edited.scenarios[0].lock is not None
    assert edited.scenarios[0].lock.state == "edited"


def test_a_lock_of_a_catalog_nobody_has_is_not_believed(repo: Repo, cheaper: Path) -> None:
    repo.write({BOT: scenario(epochs="4"), LOCK: _lock(repo, cheaper)})
    found = _difference(repo)
    assert found.trust[0].allowed is False
    assert "does not have" in found.trust[0].text
    repo.write({LOCK: None})
    assert found.scenarios[0].delta["cost_usd"].after == _difference(repo).scenarios[0].delta["cost_usd"].after


def test_added_removed_and_moved(repo: Repo) -> None:
    repo.write(
        {
            "scenarios/new.yaml": scenario("new", team="search"),
            "scenarios/sub/renamed.yaml": scenario(epochs="4"),
            BOT: None,
        }
    )
    found = _difference(repo)
    new, moved = found.scenarios
    assert (new.path, new.change, new.before) == ("scenarios/new.yaml", "added", None)
    assert (moved.change, moved.moved_from, moved.name) == ("changed", BOT, "bot")
    assert found.totals.all.delta["cost_usd"].total == pytest.approx(
        (new.delta["cost_usd"].total or 0) + (moved.delta["cost_usd"].total or 0)
    )
    repo.write({"scenarios/sub/renamed.yaml": None, "scenarios/new.yaml": None})
    gone = _difference(repo).scenarios[-1]
    assert (gone.path, gone.change, gone.after) == (BOT, "removed", None)
    assert (gone.delta["cost_usd"].total or 0) < 0


def test_renamed_by_likeness(repo: Repo) -> None:
    repo.write({BOT: None, "scenarios/help-desk.yaml": scenario("help-desk")})
    (one,) = _difference(repo).scenarios
    assert (one.change, one.moved_from, one.renamed_from, one.name) == ("changed", BOT, "bot", "help-desk")


def test_what_a_scenario_extends_and_its_data_change_it(tmp_path: Path) -> None:
    text = scenario().replace(
        "dataset: {samples: 40k, tokens_per_sample: 420}", "dataset: {lengths: ../data/lengths.txt}"
    )
    files = {
        BOT: "extends: ../common/base.yaml\nmetadata: {name: bot}\n", "common/base.yaml": text,
        "data/lengths.txt": "400,30000\n",
    }  # fmt: skip
    repo = make_repository(tmp_path / "r", files)
    repo.branch("pr")
    repo.write({"common/base.yaml": text.replace("epochs: 3", "epochs: 4")})
    (one,) = _difference(repo).scenarios
    assert [(e.key, e.place.file, e.place.line) for e in one.edits] == [("train.epochs", "common/base.yaml", 10)]
    repo.git("checkout", "-q", ".")
    repo.write({"data/lengths.txt": "400,60000\n"})
    (one,) = _difference(repo).scenarios
    assert [e.key for e in one.edits] == ["data/lengths.txt"]
    cost = one.delta["cost_usd"]
    assert cost.before is not None
    assert cost.after is not None
    assert cost.after > 1.2 * cost.before


@pytest.mark.parametrize("broken", [b"\x00\x01binary", b"a: [", b"kind: FineTune\nmodles: [x]\n", b""])
def test_a_scenario_that_cannot_be_read_on_one_side(repo: Repo, broken: bytes) -> None:
    repo.write({BOT: broken})
    (one,) = _difference(repo).scenarios
    if broken == b"":
        assert one.change == "removed"
        return
    assert one.after is not None
    assert one.after.problems[0].startswith(f"{BOT}:")
    assert one.delta["cost_usd"].total is None
    repo.git("switch", "-q", "-C", "broken")
    repo.commit({})
    repo.write({BOT: scenario()})
    (back,) = _difference(repo, base="broken").scenarios
    assert back.before is not None
    assert back.before.problems[0].startswith("broken:scenarios/bot.yaml:")
    assert back.after is not None
    assert back.after.configuration is not None


def test_nothing_feasible_at_the_head(repo: Repo) -> None:
    repo.write({BOT: scenario() + "constraints: {max_cost: $0.01}\n"})
    (one,) = _difference(repo).scenarios
    assert one.after is not None
    assert one.after.configuration is None
    assert one.after.problems == []
    assert one.delta["cost_usd"].after is None
    assert "nothing is feasible" in one.sentence


def test_only_what_changed_is_planned_and_the_cache_answers_the_second_time(repo: Repo, tmp_path: Path) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({f"scenarios/s{i}.yaml": scenario(f"s{i}") for i in range(8)})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({"scenarios/s3.yaml": scenario("s3", epochs="4")})
    first, second = PlanCache(tmp_path / "cache"), PlanCache(tmp_path / "cache")
    found = _difference(repo, first)
    assert found.unchanged == 8
    assert (first.hits, first.misses) == (0, 2)
    assert _difference(repo, second) == found
    assert (second.hits, second.misses) == (2, 0)


def test_the_same_comparison_gives_the_same_bytes(repo: Repo) -> None:
    repo.write({BOT: scenario(rank="64", epochs="4")})
    first, second = (_difference(repo, PlanCache(None)).model_dump_json() for _ in range(2))
    assert first == second


@pytest.mark.real
def test_plans_made_in_further_processes_are_the_same(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write({BOT: scenario(rank="64", epochs="4")})
    here = _difference(repo, PlanCache(None))
    monkeypatch.setattr("planner.gate.plans.WORTH_PROCESSES_S", 0.0)
    assert _difference(repo, PlanCache(None)) == here


def test_a_brief_plan_has_the_same_front_and_decisions(repo: Repo) -> None:
    ready = read_scenario(repo.root / BOT)
    whole, brief = plan_ready(ready), plan_ready(ready, brief=True)
    plain = [c.model_copy(update={"offer": c.offer.model_copy(update={"also_in": []})}) for c in whole.front]
    assert brief.front == plain
    assert (brief.decisions, brief.decision_notes, brief.feasible) == (
        whole.decisions,
        whole.decision_notes,
        whole.feasible,
    )
    assert (brief.scaling, brief.reference, brief.beside) == ([], [], [])


def test_a_whole_plan_in_the_cache_does_for_a_brief_one(repo: Repo, tmp_path: Path) -> None:
    repo.git("switch", "-q", "main")
    kept = PlanCache(tmp_path / "cache")
    repo.commit({"scenarios/new.yaml": scenario("new")})
    _difference(repo, kept, base="main~1")
    repo.git("switch", "-q", "-C", "next")
    repo.write({"scenarios/new.yaml": scenario("new", epochs="4")})
    again = PlanCache(tmp_path / "cache")
    _difference(repo, again)
    assert (again.hits, again.misses) == (1, 1)
