"""Scenarios of the kind Serving read and planned: kinds apart, composition, logs, training, what plans say of it."""

import math
import shutil
from pathlib import Path

import pytest
import yaml

import planner
from planner.planning import Ready, ServingReady, check_scenario, plan_ready, read_any, read_scenario
from planner.scenario.compose import Changes
from planner.source import InvalidInput
from planner.units import HOURS_PER_MONTH, SECONDS_PER_HOUR
from tests.planning.serving_scenarios import TRAFFIC, by_api, rented

CASES = Path(__file__).parents[1] / "cases"


def serving(source: Path | dict[str, object], *changes: str) -> ServingReady:
    ready = read_any(source, changes=Changes(assignments=changes))
    assert isinstance(ready, ServingReady)
    return ready


def test_the_cost_of_an_api_is_its_tokens_at_their_prices() -> None:
    (api,) = [api for api in serving(by_api()).catalog.apis if api.id == "openai/gpt-4o-mini"]
    plan = planner.plan_serving(by_api())
    (found,) = plan.beside
    expected = 2e6 * (1200 * api.input_usd_per_mtok + 300 * api.output_usd_per_mtok) / 1e6
    assert found.cost_usd_per_month == pytest.approx(expected)
    assert plan.kind == "Serving"
    assert plan.decisions == {"cheapest_api": found.id}


def test_a_kind_is_refused_where_another_is_needed() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_scenario(by_api())
    (problem,) = caught.value.problems
    assert problem.message == "a FineTune is needed here, and this is a Serving"
    assert "planner plan" in (problem.hint or "")
    with pytest.raises(InvalidInput, match="FineTune"):
        planner.plan_serving(CASES / "good/decisions.yaml")
    with pytest.raises(InvalidInput, match="calibration"):
        read_any(by_api(), calibration=Path("own.yaml"))
    assert isinstance(read_any(CASES / "good/decisions.yaml"), Ready)


def test_a_scenario_is_put_together_as_any_other(tmp_path: Path) -> None:
    base, own = tmp_path / "base.yaml", tmp_path / "own.yaml"
    base.write_text(yaml.safe_dump(by_api(abstract=True)))
    own.write_text(
        "extends: base.yaml\nmetadata: {name: own}\noverrides: {twice: {traffic: {requests_per_month: 4M}}}\n"
    )
    plain = plan_ready(serving(own))
    more = plan_ready(serving(own, "traffic.output_tokens=600"))
    ready = read_any(own, changes=Changes(overrides=("twice",)))
    assert isinstance(ready, ServingReady)
    twice = plan_ready(ready)
    costs = [plan.beside[0].cost_usd_per_month or math.nan for plan in (plain, twice, more)]
    assert costs[1] == pytest.approx(2 * costs[0])
    assert costs[2] > costs[0]
    assert plain.scenario.extends == ["base.yaml"]
    assert twice.scenario.changes == ["--override twice"]
    assert len({plan.scenario.digest for plan in (plain, twice, more)}) == 3
    assert check_scenario(base)[0] == []


@pytest.mark.real
def test_the_same_scenario_gives_the_same_bytes() -> None:
    first, second = (planner.plan_serving(rented()).model_dump_json() for _ in range(2))
    assert first == second


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A folder of its own with a log of requests."""
    shutil.copy(CASES / "data/requests.csv", tmp_path / "requests.csv")
    return tmp_path


def written(folder: Path, **traffic: object) -> Path:
    path = folder / "logged.yaml"
    path.write_text(yaml.safe_dump(by_api(traffic={"log": "requests.csv", **traffic})))
    return path


def test_a_log_is_measured_and_a_rate_scales_it(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = serving(written(log)).space.traffic
    rows = [line.split(",") for line in (log / "requests.csv").read_text().splitlines()[1:]]
    assert measured.input_tokens.mean == pytest.approx(sum(float(row[1]) for row in rows) / len(rows))
    assert measured.log is not None
    assert (measured.log.requests, measured.log.file) == (len(rows), "requests.csv")
    scaled = serving(written(log, requests_per_month=1e6)).space.traffic
    assert scaled.requests_per_month == pytest.approx(1e6)
    assert scaled.peak_to_mean == pytest.approx(measured.peak_to_mean)
    assert scaled.input_tokens == measured.input_tokens
    assert any("scaled by" in text for text in scaled.assumptions)
    monkeypatch.chdir(log.parent)
    again = serving(written(log)).space.traffic.log
    assert again is not None
    assert again.file == "requests.csv"  # wherever the user stands


def test_what_is_told_beside_a_log_counts(log: Path) -> None:
    told = serving(written(log, shared_prefix_tokens=150, active_users=900, burstiness=3, retries="2 %")).space.traffic
    assert (told.shared_prefix_tokens, told.active_users_per_month, told.burstiness_cv2) == (150, 900, 3)
    assert told.retries_share == pytest.approx(0.02)
    assert sum("as the scenario says" in text for text in told.assumptions) == 4


def test_told_numbers_are_what_is_planned() -> None:
    traffic = serving(by_api(traffic=TRAFFIC | {"turns": {"mean": 3}, "active_users": 50})).space.traffic
    assert traffic.mean_requests_per_s == pytest.approx(2e6 / (HOURS_PER_MONTH * SECONDS_PER_HOUR))
    assert traffic.turns == 3
    assert traffic.conversation.effective_input.mean > traffic.input_tokens.mean  # each turn repeats those before
    alone = serving(by_api(traffic=TRAFFIC | {"turns": {"mean": 3, "carries": "nothing"}})).space.traffic
    assert alone.conversation.effective_input.mean == pytest.approx(alone.input_tokens.mean)


@pytest.mark.real
def test_train_and_serve_in_one_plan() -> None:
    tuning = planner.plan(CASES / "good/decisions.yaml")
    run = tuning.configuration(tuning.decisions["cheapest"])
    assert run is not None
    plan = planner.plan_serving(CASES / "good/serving-tuned.yaml")
    assert {c.model for c in plan.front} == {run.model}
    for c in plan.front:
        assert c.cost_parts.training == pytest.approx(0.5 * (run.cost_usd or math.nan))
        assert c.cost_usd_per_month == pytest.approx((c.cost_parts.compute or 0) + (c.cost_parts.training or 0))


def test_a_currency_and_stale_names_are_told_as_for_any_kind() -> None:
    with pytest.raises(InvalidInput, match="no rate is known for the currency 'XXX'"):
        read_any(by_api(currency="XXX"))
    plan = planner.plan_serving(by_api(currency="EUR"))
    assert plan.currency is not None
    assert plan.currency.code == "EUR"
