"""Managed services in what a change does: chosen where nothing else is, beside the machine else, split by cause."""

import datetime
import re
from pathlib import Path

import pytest

from planner.gate.check import held_against, read_rules
from planner.gate.difference import Wanted, find_difference
from planner.gate.freshness import stale_choices, stale_heads
from planner.gate.plan_files import plan_difference, plans_alone
from planner.gate.plans import Setting
from planner.outcome import Check, Difference, ManagedJob, ScenarioDifference, Verdict
from planner.planning import plan_ready, read_scenario
from planner.report.changes.check_page import check_page
from planner.report.changes.comment import comment_body
from planner.report.changes.difference_text import difference_text
from planner.revision.git import Repository
from planner.revision.reading import opened
from tests.gate.repeated import lock_of, plans_of
from tests.gate.service_scenarios import BOTH, RULES, SERVICES, catalog_with
from tests.revision.repositories import Repo, make_repository

FILE, LOCK, POLICY = "scenarios/bot.yaml", "scenarios/bot.lock.yaml", "policies/spend.yaml"
TODAY = datetime.date(2026, 11, 29)


@pytest.fixture(scope="session")
def august(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Together asked 0.40 where it asks 0.48 now; machines cost what they cost now."""
    return catalog_with(tmp_path_factory.mktemp("services") / "data", "2026-08-01", {"together": "0.40"})


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = make_repository(tmp_path / "repo", {FILE: SERVICES, POLICY: RULES})
    made.branch("pr")
    return made


def compared(repo: Repo, *, judged: bool = False) -> Check | Difference:
    repository = Repository.around(repo.root)
    assert repository is not None
    usual = ("scenarios",)
    with opened(repository, "main", None) as sides:
        wanted = Wanted(usual, usual, effects=False)
        found = find_difference(sides.base, sides.head, wanted, Setting(), plans_of(repo)).difference
        if not judged:
            return found
        return held_against(
            found, read_rules(sides.rules, sides.base, sides.head, "policies"), TODAY, sides.base, sides.head
        )


def changed(repo: Repo) -> ScenarioDifference:
    found = compared(repo)
    assert isinstance(found, Difference)
    (one,) = found.scenarios
    return one


def verdicts(check: Check | Difference) -> dict[str, Verdict]:
    assert isinstance(check, Check)
    return {verdict.rule: verdict for verdict in check.judgement.verdicts}


def lock(repo: Repo, catalog: Path | None = None) -> str:
    return lock_of(repo, FILE, catalog)


def cost(one: ScenarioDifference) -> tuple[float, float]:
    """The service's cost before and after."""
    assert one.service is not None
    assert one.service.before is not None
    assert one.service.after is not None
    return one.service.before, one.service.after


def test_services_alone_are_chosen_and_what_moved_them_is_told(repo: Repo) -> None:
    repo.write({FILE: SERVICES.replace("epochs: 3", "epochs: 4")})
    one = changed(repo)
    assert one.after is not None
    assert one.after.configuration is None
    assert isinstance(one.after.chosen, ManagedJob)
    assert one.after.choice == "LoRA r16 llama-3.1-8b at together"
    assert one.flipped is False
    assert one.sentence == "still LoRA r16 llama-3.1-8b at together"
    was, now = cost(one)
    assert now == pytest.approx(was * 4 / 3, rel=0.01)
    assert one.delta["cost_usd"] == one.service
    assert one.service is not None
    assert (one.service.planner, one.service.prices) == (None, 0.0)
    assert one.service.scenario == one.service.total == pytest.approx(now - was)
    assert one.delta["hours"].after is one.delta["carbon_kg"].after is None
    assert "nothing is feasible" not in one.sentence
    assert not any("stands in the way" in note for note in one.notes)
    assert any(note.startswith("no machine is chosen, so the cheapest managed service counts") for note in one.notes)


def test_another_price_is_exactly_the_prices_part(repo: Repo, august: Path) -> None:
    """The same scenario, locked in August at 0.40 and now at 0.48: 20 % more, all of it by prices."""
    repo.git("switch", "-q", "main")
    repo.commit({LOCK: lock(repo, august)})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({LOCK: lock(repo)})
    one = changed(repo)
    was, now = cost(one)
    assert now == pytest.approx(1.2 * was)
    assert one.service is not None
    assert (one.service.planner, one.service.scenario) == (0.0, 0.0)
    assert one.service.prices == one.service.total == pytest.approx(0.2 * was)
    assert one.service.chance_higher == 1.0
    assert one.delta["cost_usd"] == one.service
    assert any(re.search(r"it was at least \$\S+ \(prices \+\$\S+\)", note) for note in one.notes)


def test_a_lock_that_is_kept_keeps_the_price_of_services(repo: Repo, august: Path) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({LOCK: lock(repo, august)})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({FILE: SERVICES.replace("epochs: 3", "epochs: 4")})
    one = changed(repo)
    was, now = cost(one)
    assert now == pytest.approx(was * 4 / 3, rel=0.01)
    assert one.service is not None
    assert one.service.prices == 0.0
    assert was == pytest.approx(read_lock_cost(repo))


def test_a_removed_scenario_takes_away_what_its_lock_says_the_service_cost(repo: Repo) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({LOCK: re.sub(r"(?m)^  cost_usd: .*", "  cost_usd: 7.5", lock(repo))})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({FILE: None, LOCK: None})
    one = changed(repo)
    assert one.service is not None
    assert (one.service.before, one.service.total) == (7.5, -7.5)
    assert one.service == one.delta["cost_usd"]


def read_lock_cost(repo: Repo) -> float:
    found = re.search(r"^service:\n(?:  .*\n)*?  cost_usd: (.+)$", (repo.root / LOCK).read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return float(found[1])


def test_an_edited_price_of_a_service_is_found(repo: Repo) -> None:
    repo.write({LOCK: lock(repo).replace(",lora,0.48,", ",lora,0.01,")})
    one = changed(repo)
    assert one.lock is not None
    assert one.lock.state == "edited"
    assert "together <=16B lora differs from the catalog: $0.01 per million tokens in the lock" in one.lock.text
    repo.write({LOCK: re.sub(r"(?m)^services: \|\n(  .*\n)*", "", lock(repo))})
    bare = changed(repo)
    assert bare.lock is not None
    assert "lists none of managed services where the scenario may choose from 1 price" in bare.lock.text


def test_beside_a_machine_the_machine_is_judged(repo: Repo) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({FILE: BOTH})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({FILE: BOTH.replace("epochs: 3", "epochs: 4")})
    check = compared(repo, judged=True)
    assert isinstance(check, Check)
    (one,) = check.difference.scenarios
    assert one.after is not None
    assert one.after.configuration is not None
    assert one.after.chosen == one.after.configuration
    assert one.delta["cost_usd"].after == one.after.configuration.cost_usd
    was, now = cost(one)
    assert now == pytest.approx(was * 4 / 3, rel=0.01)
    assert now != one.delta["cost_usd"].after
    (note,) = [note for note in one.notes if "managed service" in note]
    assert note.startswith("cheapest managed service: LoRA r16 llama-3.1-8b at together for at least $")
    assert "scenario +$" in note
    found = verdicts(check)
    assert found["team"].value == pytest.approx(one.after.configuration.cost_usd)
    assert found["time"].value == one.after.configuration.hours
    for told in (difference_text(check.difference, 100), comment_body(check), check_page(check)):
        assert "cheapest managed service" in told


def test_from_a_machine_to_a_service_and_back(repo: Repo) -> None:
    repo.write({FILE: BOTH})
    one = changed(repo)
    assert one.flipped is True
    assert one.sentence.startswith("flips from LoRA r16 llama-3.1-8b at together to LoRA r16 llama-3.1-8b on ")
    assert one.delta["hours"].before is None
    assert one.delta["hours"].total is None
    assert one.delta["cost_usd"].total is not None
    repo.write({FILE: SERVICES.replace("together", "fireworks")})
    other = changed(repo)
    assert (other.flipped, other.sentence) == (
        True, "flips from LoRA r16 llama-3.1-8b at together to LoRA r16 llama-3.1-8b at fireworks",
    )  # fmt: skip


def test_a_service_that_a_limit_cuts_is_gone_and_what_lets_it_in_is_told(repo: Repo) -> None:
    repo.write({FILE: SERVICES + "constraints: {max_cost: $1}\n"})
    check = compared(repo, judged=True)
    assert isinstance(check, Check)
    (one,) = check.difference.scenarios
    assert one.after is not None
    assert one.after.chosen is None
    assert one.sentence == "nothing is feasible any more: LoRA r16 llama-3.1-8b at together was chosen before"
    assert any(re.match(r"raise constraints.max_cost from \$1.00 to \$\S+: together then tunes", n) for n in one.notes)
    assert verdicts(check)["infeasible"].result == "deny"


def test_policies_judge_the_cheapest_service_and_what_is_unknown_is_undecided(repo: Repo) -> None:
    repo.write({FILE: SERVICES.replace("epochs: 3", "epochs: 4")})
    found = verdicts(compared(repo, judged=True))
    (was, now) = cost(changed(repo))
    assert 100 < now < 1000
    for rule, result in (("cost", "pass"), ("team", "deny")):
        assert found[rule].result == result
        assert found[rule].value == pytest.approx(now)
    assert found["time"].result == "warn"
    assert found["time"].value is None
    assert "is unknown (together does not tell it)" in found["time"].message
    assert found["where"].result == "pass"
    assert found["land"].result == "warn"
    assert "The country is unknown" in found["land"].message
    assert found["approvals"].value == pytest.approx(now)
    assert "infeasible" not in found
    assert was < now


def test_it_is_told_in_every_form(repo: Repo) -> None:
    repo.write({FILE: SERVICES.replace("epochs: 3", "epochs: 4")})
    check = compared(repo, judged=True)
    assert isinstance(check, Check)
    for told in (difference_text(check.difference, 100), comment_body(check), check_page(check)):
        assert "llama-3.1-8b at together" in told
        assert "cheapest managed service" in told
        assert "infeasible" not in told
        assert "how long a job takes" in " ".join(told.split())
    again = Check.model_validate_json(check.model_dump_json())
    assert again == check


def test_two_plans_of_two_snapshots_differ_by_the_price_alone(tmp_path: Path, august: Path) -> None:
    file = tmp_path / "bot.yaml"
    file.write_text(BOTH)
    old, new = (plan_ready(read_scenario(file, s.catalog), brief=True) for s in (Setting(august), Setting()))
    assert old.front
    (one,) = plan_difference(("old", old), ("new", new), "knee").scenarios
    was, now = cost(one)
    assert now == pytest.approx(1.2 * was)
    assert one.service is not None
    assert (one.service.planner, one.service.scenario) == (0.0, 0.0)
    assert one.service.prices == one.service.total == pytest.approx(now - was)
    (alone,) = plans_alone([("new", new)], "knee")
    assert alone.service is not None
    assert alone.service.after == now


def test_an_old_price_of_a_chosen_service_is_told(repo: Repo) -> None:
    """Prices of 2026, which counts as its first day: 325 days before the catalog's 22 November."""
    said = "the price of together <=16B is 325 days old on 2026-11-22"
    plan = plan_ready(read_scenario(repo.root / FILE), brief=True)
    assert stale_choices(plan, 24 * 300) == [f"cheapest service: {said}"]
    assert stale_choices(plan, 24 * 325) == []
    repo.write({FILE: SERVICES.replace("epochs: 3", "epochs: 4")})
    check = compared(repo, judged=True)
    assert isinstance(check, Check)
    assert stale_heads(check, 24 * 300) == [f"{FILE}: knee: {said}"]
