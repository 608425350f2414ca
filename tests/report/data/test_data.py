"""Report data: formatted, honest, JSON-able; names made harmless."""

import dataclasses
import json
import re

import pytest

from planner.outcome import Search
from planner.report.data.bars import Bar, Part
from planner.report.data.report_data import ReportData
from planner.report.gather import report_data
from planner.report.names import clean, listed, plural, shorten
from planner.report.sections.markdown import markdown
from planner.report.sections.price_ages import price_ages_sentence
from planner.report.sections.rows import band_text, roles_of
from planner.report.sections.text import text
from planner.report.sections.thinning import CHART_POINTS, FRONT_POINTS, TABLE_ROWS, spread, thin_cloud, thin_front
from planner.report.sections.wording import called, sentences, trust_text
from tests.report.sample_plan import BREAKOUT, empty_plan, hostile_plan, large_plan, sample_plan


@pytest.fixture(scope="module")
def data() -> ReportData:
    return report_data(sample_plan())


def test_all_of_it_is_plain(data: ReportData) -> None:
    assert json.loads(json.dumps(dataclasses.asdict(data), allow_nan=False))["title"]["name"] == "support-bot"


def test_the_headline_names_configuration_cost_time_and_trust(data: ReportData) -> None:
    pick = data.decisions[0].row
    for word in (pick.model, pick.machine, pick.cost.text, pick.hours.text):
        assert word in data.headline.sentence
    assert "prior: ranking only" in " ".join(data.headline.details)


def test_a_prior_is_never_told_as_points(data: ReportData) -> None:
    told = json.dumps(dataclasses.asdict(dataclasses.replace(data, constraints=(), assumptions=())))
    scored = {text for text in re.findall(r"\w+ [\d.]+ points\b", told) if not text.startswith("most ")}
    assert scored == {"scores 66.7 points"}  # the untuned model's; charts have at most so many points
    assert all(0 <= (row.quality.value or 0) <= 1 for row in data.front)


def test_every_front_point_has_a_row_in_order(data: ReportData) -> None:
    assert [row.id for row in data.front] == [c.id for c in sample_plan().front]
    assert {role for row in data.front for role in row.roles} == set(sample_plan().decisions)


def test_unknown_is_told_as_unknown_and_sorts_as_nothing(data: ReportData) -> None:
    cost = data.beside[0].cost
    assert (cost.text, cost.band, cost.sort) == ("unknown", "", "")
    assert data.beside[0].unknown == ("cost: no price known",)
    assert "(cost: no price known)" in data.sentences.beside


def test_decisions_that_coincide_are_told_once() -> None:
    plan = sample_plan()
    plan = plan.model_copy(update={"decisions": {**plan.decisions, "best": plan.decisions["cheapest"]}})
    names = [d.name for d in report_data(plan).decisions]
    assert names == ["knee", "cheapest and best", "fastest"]
    assert roles_of({"b": "1", "knee": "1", "a": "1"}) == {"1": ("knee", "a", "b")}


def test_bars_add_up_to_what_the_plan_says(data: ReportData) -> None:
    plan = sample_plan()
    for bar in (*data.memory, *data.cost, *data.time):
        assert sum(part.value for part in bar.parts) == pytest.approx(bar.total_value, rel=1e-3)
    by_id = {bar.id: bar for bar in data.time}
    for id_ in plan.decisions.values():
        found = plan.configuration(id_)
        assert found is not None
        assert by_id[id_].total_value == found.hours


def test_a_part_that_is_unknown_is_named_and_not_zero() -> None:
    plan = sample_plan()
    parts = plan.front[0].cost_parts.model_copy(update={"egress": None, "labour": 400.0})
    front = [plan.front[0].model_copy(update={"cost_parts": parts}), *plan.front[1:]]
    bar = next(b for b in report_data(plan.model_copy(update={"front": front})).cost if b.id == front[0].id)
    assert "egress" not in [part.name for part in bar.parts]
    assert "egress unknown" in bar.note
    assert "$400 comes on top" in bar.note


def test_every_default_filter_says_how_to_turn_it_off(data: ReportData) -> None:
    lines = {count.reason: count.line for count in data.removed}
    assert lines["marketplace hosts"] == "hardware: {allow: [marketplace]}"
    assert data.sentences.unpriced.endswith("4 offers that could be rented on demand: lambda 4.")


def test_too_close_to_call_is_said(data: ReportData) -> None:
    assert data.pairings[0].chances == ("97 %", "55 %", "under 1 %")
    assert data.pairings[0].verdict == "too close to call: time"
    assert data.pairings[0].no_worse == "under 1 %"
    pair = sample_plan().pairings[0].model_copy(update={"probability": {}, "a_no_worse": 0.93})
    plan = sample_plan().model_copy(update={"pairings": [pair, pair.model_copy(update={"a_no_worse": None})]})
    assert [p.verdict for p in report_data(plan).pairings] == ["dominates it robustly", ""]


def test_spot_tells_its_break_even_rate(data: ReportData) -> None:
    spot = next(row for row in data.front if row.tier == "spot")
    assert spot.spot == "0.080 preemptions per hour; on demand there is cheaper above 0.61"


def test_nothing_feasible_says_what_to_relax() -> None:
    data = report_data(empty_plan())
    assert not data.feasible
    assert data.headline.sentence.startswith("Nothing is feasible: none of 12,480 combinations")
    assert data.relaxations[0] == "raise constraints.max_cost from $1.00 to $1.85 (a change of 85 %)"
    assert data.headline.figures == ()


def test_an_unknown_quality_is_not_called_infeasible() -> None:
    beside = [c.model_copy(update={"quality": None}) for c in sample_plan().front[:1]]
    plan = empty_plan().model_copy(update={"unknown": 318, "beside": beside, "relaxations": []})
    headline = report_data(plan).headline
    assert headline.sentence.startswith("There is no front")
    told = headline.details[0]
    assert told.startswith("318 of 12,480 combinations meet every constraint, but their quality is unknown")
    assert beside[0].model in told
    assert "quality.allow_prior: true" in told


def test_objectives_without_cost_and_time_have_no_cloud() -> None:
    plan = sample_plan().model_copy(update={"objectives": ["carbon", "time"], "pairings": []})
    assert report_data(plan).cloud == ()


def test_names_are_harmless() -> None:
    assert clean("a\x1b[31m\nb\u202ec\ud800") == "a[31m bc"
    assert shorten("x" * 500, 64) == "x" * 42 + "…" + "x" * 21
    assert len(shorten("é" * 90, 64)) == 64
    data = report_data(hostile_plan())
    assert data.title.name == "<script>alert(1)</script>"
    told = json.dumps(dataclasses.asdict(data), ensure_ascii=False)
    assert not {"\x1b", "\u202e", "\x07", "\n"} & set(told)
    assert BREAKOUT[:12] in data.front[0].model


def test_small_words() -> None:
    assert plural(1, "row") == "1 row"
    assert plural(1200, "row") == "1,200 rows"
    assert [listed([]), listed(["a"]), listed(["a", "b", "c"])] == ["", "a", "a, b and c"]
    assert band_text("34.0 GiB", "44.0 GiB") == "34.0 to 44.0 GiB"
    assert band_text("41 min", "1.1 h") == "41 min to 1.1 h"
    assert band_text("$1.00", "$2.00") == "$1.00 to $2.00"


def test_thinning_keeps_decisions_and_the_ends() -> None:
    data = report_data(large_plan(700))
    thin = thin_front(data.front, TABLE_ROWS)
    assert len(thin) <= TABLE_ROWS
    assert {row.id for row in data.front if row.roles} <= {row.id for row in thin}
    assert list(thin) == [row for row in data.front if row in set(thin)]
    assert thin_front(thin, TABLE_ROWS) == thin
    assert spread(range(10), 3) == (0, 4, 9)
    assert spread(range(10), 1) == (0,)
    assert len(thin_cloud(data.cloud, FRONT_POINTS)) <= CHART_POINTS - FRONT_POINTS
    assert "60 of the 700 rows" in data.sentences.paper_table


def test_a_decision_tells_its_rule_and_not_its_configuration_again(data: ReportData) -> None:
    (why,) = (d.why for d in data.decisions if "cheapest" in d.row.roles)
    assert why.startswith("cheapest: lowest cost; ")
    assert "by lora" not in why


def test_unknown_objectives_are_counted_apart(data: ReportData) -> None:
    assert data.sentences.constraints.startswith(
        "Of 12,480 combinations, 7,168 (57.4 %) were cut and 5,300 are feasible; "
        "12 combinations with an unknown objective stand beside the front. "
    )


def test_a_sampled_search_says_so() -> None:
    search = Search(strategy="sampled", covered=9_000_000, evaluated=12_480, pruned=0)
    data = report_data(sample_plan().model_copy(update={"search": search}))
    assert dict(data.title.origin)["Search"] == "sampled, 12,480 combinations evaluated"
    assert data.sentences.constraints.startswith("The space was not searched whole: sampled, 12,480 combinations ev")


def test_a_sampled_front_says_so_near_the_top_and_a_proven_one_does_not(data: ReportData) -> None:
    assert data.sentences.sampled == ""
    search = Search(strategy="sampled", covered=9, evaluated=1200, pruned=0, exact=False, sampler="nsga2")
    sampled = report_data(sample_plan().model_copy(update={"search": search}))
    told = "This front was sampled and is not proven: 1,200 combinations evaluated by nsga2; a better plan may"
    assert sampled.sentences.sampled.startswith(told)
    for medium in (text(sampled, 2000), markdown(sampled)):
        assert medium.index(told) < medium.index(sampled.decisions[1].name)


def test_trust_is_told_once_and_what_holds_for_some_with_their_names(data: ReportData) -> None:
    first, second = data.decisions[:2]
    other = dataclasses.replace(second.row.quality, label=f"{first.row.quality.label}; base score from memory")
    mixed = (first, dataclasses.replace(second, row=dataclasses.replace(second.row, quality=other)))
    assert trust_text(mixed) == f"prior: ranking only; base score from memory ({second.name})"


def test_decisions_asked_for_are_called_by_what_they_go_by(data: ReportData) -> None:
    first = data.decisions[0]
    asked = dataclasses.replace(first, row=dataclasses.replace(first.row, roles=("topsis", "epsilon")))
    assert called(asked) == "best by your weights (topsis) and best within your bounds (epsilon)"


def test_the_largest_other_part_may_be_that_of_any_decision() -> None:
    def made(name: str, compute: float) -> Bar:
        parts = tuple(Part(what, "", v, "") for what, v in (("compute", compute), ("storage", 100.0 - compute)))
        return Bar("", name, "", parts, "", 100.0, "", "")

    for bars in ((made("knee", 88.0), made("best", 99.9)), (made("best", 99.9), made("knee", 88.0))):
        assert sentences(sample_plan(), (), (), (), bars, ()).cost == (
            "Compute makes up 88 to 100 % of the cost of the decisions; the largest other part is storage, 12 % for "
            "the knee."
        )


def test_ages_of_prices_with_odd_dates() -> None:
    plan = sample_plan()
    for date, told in (("soon", ""), ("2026-13", ""), ("99999-01-01", "")):
        front = [c.model_copy(update={"offer": c.offer.model_copy(update={"as_of": date})}) for c in plan.front]
        assert price_ages_sentence(plan.model_copy(update={"front": front})) == told
    strange = plan.model_copy(update={"catalog": plan.catalog.model_copy(update={"as_of": "never"})})
    assert price_ages_sentence(strange) == ""
    assert price_ages_sentence(plan).startswith(f"Prices: catalog of {plan.catalog.as_of}; ")
