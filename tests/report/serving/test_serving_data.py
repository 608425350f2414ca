"""What a report of a serving plan prints: every figure as the plan has it, the unknown as unknown, nothing hostile."""

import dataclasses
import json
import math
from collections.abc import Callable, Iterator

import pytest

from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_plan import ServingPlan
from planner.report.data.serving import ServingData
from planner.report.data_json import data_json, data_schemas
from planner.report.serving.details import compact
from planner.report.serving.page import serving_data
from planner.units import seconds, usd
from tests.report.sample_serving import (
    apis_alone,
    empty_serving_plan,
    hostile_serving_plan,
    large_serving_plan,
    serving_plan,
)


@pytest.fixture(scope="module")
def data() -> ServingData:
    return serving_data(serving_plan())


def texts(value: object) -> Iterator[str]:
    """Every text in the data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))


def test_the_headline_says_what_to_rent_and_what_it_costs(data: ServingData) -> None:
    plan = serving_plan()
    chosen = plan.configuration(plan.decisions["knee"])
    assert chosen is not None
    assert chosen.machine is not None
    assert chosen.capacity is not None
    told = data.headline.sentence
    assert told.startswith(f"Rent {chosen.capacity.machines_peak} machines of {chosen.machine.gpus_per_machine} × ")
    for part in (chosen.model, f"{usd(chosen.cost_usd_per_month)} a month", f"p95 {seconds(chosen.latency_s)}"):
        assert part in told
    assert data.decisions[0].row.roles[0] == "knee"


def test_an_api_is_recommended_as_one_and_its_latency_is_unknown() -> None:
    data = serving_data(apis_alone())
    assert data.headline.sentence.startswith("Use gpt-4o-mini by the API of openai")
    assert "how fast it answers is not known" in data.headline.sentence
    assert data.decisions[0].row.latency.text == "unknown"
    assert data.decisions[0].row.latency.sort == ""
    assert {one.met for one in data.decisions[0].latencies} == {
        "p95 not known, asked: 1 s", "p95 not known, asked: 60 ms", "p95 not known, asked: 6 s",
    }  # fmt: skip
    assert all(one.keeps is None for one in data.decisions[0].latencies)
    assert data.feasible
    assert data.front == ()


def test_where_nothing_is_feasible_the_floor_and_the_way_out_are_told() -> None:
    data = serving_data(empty_serving_plan())
    assert not data.feasible
    assert data.headline.sentence == "Nothing is feasible: none of 124 combinations meets every constraint."
    assert (
        "The target of 10 ms for the p95 time to the first token lies below the least that is physically there, 64 ms."
        in data.headline.details
    )
    assert [(f.asked, f.floor) for f in data.floors] == [("10 ms", "64 ms")]
    assert data.executive.steps[0].text.startswith("Raise latency.ttft.p95 from 10 ms to 71 ms")


@pytest.mark.parametrize(("limit", "met", "keeps"), [(2.0, "p95 within 2 s", True), (0.5, "p95 above 500 ms", False)])
def test_a_target_is_met_or_missed(limit: float, met: str, keeps: bool) -> None:
    plan = serving_plan()
    chosen = plan.configuration(plan.decisions["best"])
    assert chosen is not None
    turned = chosen.model_copy(
        update={"latencies": chosen.latencies.model_copy(update={"ttft_p95_s": 0.9, "ttft_p99_s": None})}
    )
    front = [turned if c.id == chosen.id else c for c in plan.front]
    data = serving_data(plan.model_copy(update={"front": front, "targets": {"ttft p95": limit}}))
    first = next(d for d in data.decisions if "best" in d.row.roles).latencies[0]
    assert (first.met, first.keeps, first.p95, first.p99) == (met, keeps, "900 ms", "unknown")


def test_a_missed_target_counts_more_than_an_unknown_one() -> None:
    plan = apis_alone().model_copy(update={"targets": {"ttft p95": 0.5, "ttft p99": 2.0}})
    chosen = plan.beside[0]
    known = chosen.latencies.model_copy(update={"ttft_p95_s": 0.9})
    beside = [chosen.model_copy(update={"latencies": known}), *plan.beside[1:]]
    (decision,) = serving_data(plan.model_copy(update={"beside": beside})).decisions
    assert decision.latencies[0].keeps is False
    assert decision.latencies[0].met == "p95 above 500 ms, p99 not known, asked: 2 s"


def test_parts_of_the_cost_add_up_to_the_bar(data: ServingData) -> None:
    assert len(data.cost) == len(data.decisions)
    for bar in data.cost:
        assert math.isclose(sum(part.value for part in bar.parts), bar.total_value, rel_tol=1e-6)
    assert set(data.cost_terms) == {"machines", "tokens", "levers"}
    api = next(bar for bar in data.cost if "cheapest API" in bar.name)
    assert "machines" not in {part.name for part in api.parts}


def test_levers_stand_by_saving_with_what_they_cost_and_the_unknown_last(data: ServingData) -> None:
    knee = [row for row in data.levers if row.decision == "knee"]
    assert [row.saving for row in knee] == ["$655", "$412", "costs $120 more", "unknown"]
    assert [row.payback for row in knee] == ["at once", "7.3 months", "", ""]
    assert [row.latency for row in knee] == ["81 ms faster", "same", "900 ms faster", "unknown"]
    assert [row.upfront for row in knee] == ["none", "$3,000", "none", "none told"]


def test_a_lever_that_saves_nothing_never_pays_back() -> None:
    plan = serving_plan()
    lever = plan.levers[0].model_copy(
        update={"saving_usd_per_month": -5.0, "upfront_usd": 100.0, "payback_months": None}
    )
    (row,) = serving_data(plan.model_copy(update={"levers": [lever]})).levers
    assert (row.saving, row.payback) == ("costs $5.00 more", "never")


def test_the_break_even_says_on_which_side_the_traffic_lies(data: ServingData) -> None:
    pair = serving_plan().crossovers[0]
    assert pair.requests_per_month is not None
    assert data.break_even.rows[0].rented_id == pair.rented
    assert data.sentences.break_even.endswith("requests a month on; this traffic, 47.1 M, lies above that.")
    assert {line.rented for line in data.break_even.lines} == {True, False}


def test_a_break_even_beyond_the_curve_is_told_and_not_drawn() -> None:
    plan = serving_plan()
    pair = plan.crossovers[1]
    never = pair.model_copy(update={"requests_per_month": None})
    beyond = pair.model_copy(update={"requests_per_month": pair.volumes[0] / 100})
    data = serving_data(plan.model_copy(update={"crossovers": [never, beyond]}))
    assert data.break_even.crossings == ()
    assert data.break_even.rows[0].volume == "nowhere within the curve"
    assert data.sentences.break_even.endswith(f": {never.text}.")
    assert data.break_even.rows[1].text == ""


def test_the_crossing_lies_on_the_line_of_the_api() -> None:
    plan = serving_plan()
    (crossing,) = serving_data(plan.model_copy(update={"crossovers": plan.crossovers[1:2]})).break_even.crossings
    pair = plan.crossovers[1]
    usd_of_one = (pair.api_usd[0] or 0.0) / pair.volumes[0]
    assert math.isclose(crossing.usd, usd_of_one * crossing.requests, rel_tol=1e-9)


def test_the_week_has_its_busiest_hour_and_its_replicas(data: ServingData) -> None:
    hours = serving_plan().traffic.requests_per_s
    assert data.traffic.requests_per_s == tuple(hours)
    assert hours.index(max(hours)) == 4 * 24 + 15
    assert "the busiest hour is Friday 15:00 UTC" in data.sentences.load
    assert all(len(one.replicas) == 168 for one in data.traffic.steps)
    assert len({one.name for one in data.traffic.steps}) == len(data.traffic.steps)


def test_a_week_of_another_length_is_not_drawn() -> None:
    plan = serving_plan()
    traffic = plan.traffic.model_copy(update={"requests_per_s": [1.0] * 24, "repeat_share": None})
    data = serving_data(plan.model_copy(update={"traffic": traffic, "replicas": []}))
    assert data.traffic.requests_per_s == ()
    assert data.sentences.load == ""
    assert ("Requests that repeat an earlier one", "unknown") in data.traffic.facts


def test_money_in_the_scenarios_currency_and_its_tax(data: ServingData) -> None:
    cost = data.decisions[0].row.cost.value
    assert cost is not None
    assert f"EUR {cost / 1.1:,.0f}" in data.money
    assert serving_data(serving_plan().model_copy(update={"currency": None})).money == ""


def test_what_a_replica_does_is_there_for_machines_alone(data: ServingData) -> None:
    for decision in data.decisions:
        assert bool(decision.capacity) is (decision.row.way == "rented") is bool(decision.bound_by)
    assert "ends at the memory for keys and values" in data.sentences.capacity


def test_details_tell_every_point_and_list_each_text_once(data: ServingData) -> None:
    ids = {d.id for d in data.details.configurations}
    assert ids == {row.id for row in (*data.front, *data.beside)}
    page = compact(data.details)
    assert len(set(page["texts"])) == len(page["texts"])
    assert all(len(places) == len(page["titles"]) == 3 for places in page["found"].values())
    for split in page["splits"]:
        assert max(split[i] for i in (0, 1)) < len(page["texts"])


def test_a_long_front_is_thinned_by_its_rule() -> None:
    data = serving_data(large_serving_plan(3_000))
    assert len(data.front) == 3_000
    assert 200 < len(data.first_shown) <= 300
    assert {row.id for row in data.front if row.roles} <= set(data.first_shown)
    assert "at most 300 are shown" in data.sentences.screen_table
    assert len(data.details.configurations) <= 2_000 + len(data.beside)


@pytest.mark.parametrize("plan", [serving_plan, empty_serving_plan, hostile_serving_plan, apis_alone])
def test_no_text_holds_what_a_terminal_or_a_page_would_obey(plan: Callable[[], ServingPlan]) -> None:
    for text in texts(serving_data(plan())):
        assert text.isprintable()
        assert not set(text) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
        assert len(text) <= 1_000
        assert "None" not in text
        assert "nan" not in text.split()


def test_the_json_is_what_its_schema_says(data: ServingData) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(json.loads(data_json(data)), data_schemas()["serving-report"])
    jsonschema.validate(json.loads(data_json(serving_data(empty_serving_plan()))), data_schemas()["serving-report"])


def test_a_simulation_stands_beside_the_law(data: ServingData) -> None:
    knee, other = data.decisions[0], data.decisions[1]
    p95 = serving_plan().simulations[0].latencies.total_p95_s
    assert [one.simulated for one in knee.latencies][2] == seconds(p95)
    assert {one.simulated for one in other.latencies} == {""}
    assert "the law agrees to a factor of 1.10" in data.sentences.simulation


def test_a_law_that_does_not_hold_is_a_risk() -> None:
    plan = serving_plan()
    runs = [run.model_copy(update={"agrees": False, "worst_ratio": 3.0}) for run in plan.simulations]
    data = serving_data(plan.model_copy(update={"simulations": runs}))
    assert "Law of latency" in {one.what for one in data.executive.risks}
    assert "does not agree: off by a factor of 3.00" in data.sentences.simulation


def test_requests_that_wait_for_a_cold_start_are_a_risk() -> None:
    plan = serving_plan()
    id_ = plan.decisions["knee"]

    def cold(c: ServingConfiguration) -> ServingConfiguration:
        assert c.capacity is not None
        return c.model_copy(update={"capacity": c.capacity.model_copy(update={"cold_start_share": 0.125})})

    front = [cold(c) if c.id == id_ else c for c in plan.front]
    data = serving_data(plan.model_copy(update={"front": front}))
    assert ("Cold start", data.decisions[0].cold) in {(one.what, one.text) for one in data.executive.risks}
    assert data.decisions[0].cold.startswith("12 % of the requests")
    assert data.decisions[1].cold == ""


def test_levers_that_change_nothing_are_named_once_and_left_out() -> None:
    plan = serving_plan()
    idle = {"saving_usd_per_month": 0.0, "latency_change_s": 0.0, "quality_change": 0.0, "upfront_usd": None}
    levers = [*plan.levers, plan.levers[0].model_copy(update={"lever": "spot", **idle})]
    data = serving_data(plan.model_copy(update={"levers": levers}))
    assert "spot" not in {row.lever for row in data.levers}
    assert data.sentences.levers.endswith("Left out, because nothing changes: spot on the knee.")


def test_an_hour_busier_than_any_of_the_week_is_told() -> None:
    plan = serving_plan()
    busy = plan.traffic.model_copy(update={"peak_requests_per_s": 1234.0})
    assert serving_data(plan.model_copy(update={"traffic": busy})).sentences.load.endswith(
        "; a single hour reached 1,234."
    )


def test_replicas_that_stop_when_idle_are_told_as_the_most() -> None:
    plan = serving_plan()
    id_ = plan.decisions["fastest"]
    front = [c.model_copy(update={"scaling": "to_zero"}) if c.id == id_ else c for c in plan.front]
    assert "(fastest at most)" in serving_data(plan.model_copy(update={"front": front})).sentences.replicas


def test_the_break_even_of_the_recommended_way_comes_first() -> None:
    plan = serving_plan()
    mine = plan.crossovers[1].model_copy(update={"rented": plan.decisions["fastest"], "requests_per_month": 9e7})
    decisions = {"knee": plan.decisions["fastest"], "cheapest": plan.decisions["cheapest"]}
    changed = {"crossovers": [*plan.crossovers, mine], "decisions": decisions}
    told = serving_data(plan.model_copy(update=changed)).sentences.break_even
    assert told.split(". ")[0].endswith("from 90.0 M requests a month on; this traffic, 47.1 M, lies below that")
    assert told.endswith("lies above that.")
