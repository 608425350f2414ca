"""Changes of scenarios of the kind Serving, compared: by the month, split by cause, apart from jobs."""

import math
from pathlib import Path

import pytest
import yaml

from planner.gate.cache import PlanCache
from planner.gate.difference import Wanted, find_difference
from planner.gate.lockfile import make_lock
from planner.gate.plan_files import plan_difference, plans_alone
from planner.gate.plans import Setting
from planner.outcome import FIGURES, SERVING_FIGURES, Difference
from planner.revision.git import Repository
from planner.revision.reading import opened
from tests.gate.changes import other_catalog, scenario
from tests.planning.serving_scenarios import TRAFFIC, by_api
from tests.report.sample_plan import sample_plan
from tests.report.sample_serving import apis_alone, serving_plan
from tests.revision.repositories import Repo, make_repository

CHAT = "scenarios/chat.yaml"
LOCK = "scenarios/chat.lock.yaml"
COST = "cost_usd_per_month"


def chat(requests: str = "2M", **changes: object) -> str:
    return yaml.safe_dump(by_api(traffic=TRAFFIC | {"requests_per_month": requests}, **changes))


def compared(repo: Repo, setting: Setting | None = None, cache: Path | None = None) -> Difference:
    repository = Repository.around(repo.root)
    assert repository is not None
    wanted = Wanted(("scenarios",), ("scenarios",))
    with opened(repository, "main", None) as sides:
        return find_difference(sides.base, sides.head, wanted, setting or Setting(), PlanCache(cache)).difference


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = make_repository(tmp_path / "repo", {CHAT: chat()})
    made.branch("pr")
    return made


@pytest.fixture(scope="module")
def dear(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog in which what APIs ask for input cost half."""
    folder = other_catalog(tmp_path_factory.mktemp("catalog") / "data", "2026-08-01", lambda _, usd: usd)
    path = folder / "llm_api_prices.csv"
    text = path.read_text("utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("gpt-4o-mini,openai,")]
    path.write_text(text.replace(line, line.replace(",0.15,", ",0.075,", 1)), "utf-8")
    return folder


def test_twice_the_requests_cost_twice_as_much_a_month(repo: Repo) -> None:
    repo.write({CHAT: chat("4M")})
    found = compared(repo)
    (one,) = found.scenarios
    assert (one.kind, one.kind_before, set(one.delta)) == ("Serving", "", set(SERVING_FIGURES))
    cost = one.delta[COST]
    assert cost.after == pytest.approx(2 * (cost.before or math.nan))
    assert (cost.prices, cost.scenario) == (0, cost.total)
    assert one.flipped is False
    assert one.after is not None
    assert one.after.serving is not None
    assert one.after.configuration is None
    assert found.totals.all.delta[COST].total == cost.total
    assert found.totals.all.unknown == 0
    assert found.totals.all.delta["cost_usd"].after == 0  # no job is there


def test_prices_and_scenario_are_told_apart_by_the_lock(repo: Repo, dear: Path) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({LOCK: make_lock(repo.root / CHAT, Setting(dear), refresh=True).text})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({CHAT: chat("4M")})
    kept = compared(repo).scenarios[0].delta[COST]
    assert kept.prices == 0  # the lock is as it was
    repo.write({LOCK: make_lock(repo.root / CHAT, Setting(), refresh=True).text})
    found = compared(repo)
    cost = found.scenarios[0].delta[COST]
    input_usd = 2e6 * 1200 / 1e6
    assert cost.planner == pytest.approx(0)
    assert cost.prices == pytest.approx(input_usd * 0.075)
    assert cost.total == pytest.approx((cost.prices or 0) + (cost.scenario or 0))
    assert found.scenarios[0].lock is not None
    assert found.scenarios[0].lock.state == "current"


def test_an_api_price_changed_by_hand_in_a_lock_is_found(repo: Repo) -> None:
    text = make_lock(repo.root / CHAT, Setting(), refresh=True).text
    repo.write({LOCK: text.replace("openai/gpt-4o-mini,0.15,", "openai/gpt-4o-mini,0.01,")})
    (one,) = compared(repo).scenarios
    assert one.lock is not None
    assert one.lock.state == "edited"
    assert "openai/gpt-4o-mini differs" in one.lock.text


def test_plans_of_both_kinds_are_kept_and_found_again(repo: Repo, tmp_path: Path) -> None:
    repo.write({CHAT: chat("4M")})
    first = compared(repo, cache=tmp_path / "cache")
    assert len(list((tmp_path / "cache").glob("*.plan"))) == 2
    assert compared(repo, cache=tmp_path / "cache") == first


def test_a_job_that_becomes_a_service_has_no_way_from_one_cost_to_the_other(repo: Repo) -> None:
    repo.git("switch", "-q", "main")
    repo.commit({CHAT: scenario("chat")})
    repo.git("switch", "-q", "-C", "pr")
    repo.write({CHAT: chat()})
    found = compared(repo)
    (one,) = found.scenarios
    assert (one.kind, one.kind_before) == ("Serving", "FineTune")
    assert set(one.delta) == {*FIGURES, *SERVING_FIGURES}
    assert one.delta["cost_usd"].before is not None
    assert one.delta["cost_usd"].total is None
    assert one.delta[COST].after is not None
    assert one.delta[COST].total is None
    assert found.totals.all.unknown == 1
    assert one.front is not None
    assert one.front.new == 0
    assert one.front.gone > 0


def test_what_cannot_be_planned_says_why(repo: Repo) -> None:
    repo.write({CHAT: chat(apis=["gpt-9-nano"])})
    (one,) = compared(repo).scenarios
    assert one.after is not None
    assert "gpt-9-nano" in one.after.problems[0]
    repo.write({CHAT: chat(constraints={"max_cost_per_month": "$1"})})
    (one,) = compared(repo).scenarios
    assert one.after is not None
    assert one.after.chosen is None
    assert any("max_cost_per_month" in note for note in one.notes)


def test_plans_that_were_made_before_are_compared() -> None:
    plan = serving_plan()
    chosen = plan.configuration(plan.decisions["knee"])
    assert chosen is not None
    dearer = chosen.model_copy(update={"cost_usd_per_month": 2 * (chosen.cost_usd_per_month or math.nan)})
    front = [dearer if c.id == chosen.id else c for c in plan.front]
    (one,) = plan_difference(("a", plan), ("b", plan.model_copy(update={"front": front})), "knee").scenarios
    assert one.delta[COST].total == pytest.approx(chosen.cost_usd_per_month)
    assert one.delta["latency_s"].chance_higher == 0.5
    assert one.delta[COST].chance_higher == 1.0  # of the same replicas only the price can have moved
    assert one.front is not None
    assert one.front.figures == ["cost_usd_per_month", "latency_s"]


def test_plans_of_both_kinds_stand_beside_each_other() -> None:
    served, api, job = plans_alone([("a", serving_plan()), ("b", apis_alone()), ("c", sample_plan())], "knee")
    assert (served.kind, api.kind, job.kind) == ("Serving", "Serving", "FineTune")
    assert served.after is not None
    assert api.after is not None
    assert api.after.serving is not None  # without a front the cheapest API counts, whatever the decision
    assert api.after.serving.way == "api"
    assert set(job.delta) == set(FIGURES)
