"""A whole case: vectors of the domain, bands, the decision, what is unknown, and what is refused."""

import tracemalloc
from typing import Any

import numpy as np
import numpy_financial
import pytest

from planner.errors import InputError
from planner.estimate.finance.levels import yearly_rate
from planner.kinds.business_case.inputs import PlanAmount, PlanCosts, Tables
from tests.kinds.business_case.asked import BUILD_AND_BUY, case_of, option

ONCE_120K = {"name": "build", "once": 120_000, "category": "engineering"}
SAVES_15K = {"name": "saved", "per_month": 15_000}


def test_t_10_1_by_own_income() -> None:
    one = option(case_of(options=[{"name": "build", "costs": [ONCE_120K], "income": [SAVES_15K]}]), "build")
    returns = one.returns
    assert returns is not None
    assert (returns.against, returns.break_even_month, returns.invested_usd) == ("", 8, 120_000)
    assert returns.npv_usd.value == pytest.approx(51_007.32, abs=0.005)
    assert one.net_present_usd.value == pytest.approx(51_007.32, abs=0.005)
    assert returns.irr_per_year == pytest.approx(float(yearly_rate(0.068653)), rel=1e-4)
    monthly = numpy_financial.irr([-120_000, *[15_000] * 12])
    assert returns.irr_per_year == pytest.approx((1 + monthly) ** 12 - 1, rel=1e-9)
    assert returns.roi_percent.value == pytest.approx(50.0)
    assert returns.payback_months.value == pytest.approx(8.0)
    assert returns.profitability_index == pytest.approx(1 + 51_007.32 / 120_000, rel=1e-6)
    assert "investment over the mean net benefit of a month: 8.00 months" in returns.notes


def test_t_10_1_by_build_against_buy() -> None:
    case = case_of()
    assert case.decision is not None
    assert (case.baseline, case.cheapest, case.decision.choice) == ("api", "build", "build")
    assert case.decision.saved_usd.value == pytest.approx(51_007.32, abs=0.005)
    assert case.decision.returns.npv_usd == option(case, "build").returns.npv_usd  # type: ignore[union-attr]
    assert option(case, "api").returns is None
    assert case.decision.chance_build_wins is None
    assert (case.draws, case.tornado) == (0, None)
    assert "build is worth $51,007 more than api" in case.decision.reason


def test_t_10_2_and_t_10_3_in_an_hour() -> None:
    own = {"price": 120_000, "life": "36 months", "power_kw": 1, "electricity_per_kwh": 0}
    hours = {"on_demand_per_hour": 6, "reserved": {"1 year": "37 %"}, "own": own, "utilisation": "100 %"}
    table = case_of(hours=hours).hours
    assert table is not None
    twice = {**hours, "own": {**own, "utilisation": 0.4}}
    assert any("hours.own.utilisation counts for nothing" in text for text in case_of(hours=twice).warnings)
    rent, reserved, owned = table.ways
    assert owned.usd_per_useful_hour == pytest.approx(3_847.82 / 730.0, abs=1e-5)
    assert reserved.break_even_utilisation == pytest.approx(0.63)
    assert rent.by_utilisation == [6.0] * 20
    assert [way.cheapest for way in table.ways] == [False, True, False]
    assert table.switches == ["above 63.0 % of use reserved, 1 year is cheaper than on demand"]
    assert [one.price_decline_per_year for one in table.decline] == [0.0, 0.15, 0.3]
    assert table.decline[0].break_even_utilisation == pytest.approx(3_847.82 / 730.0 / 6.0, abs=1e-6)
    assert table.decline[2].levelised_rent_usd_per_hour < 6.0  # type: ignore[operator]
    until = np.log(3_847.82 / 730.0 / 6.0) / np.log(0.7) * 12
    assert table.decline[2].months_until_rent_is_cheaper == pytest.approx(until, rel=1e-4)


def test_t_11_6_a_lognormal_cost() -> None:
    ends = [80 * np.exp(-1.6448536269514722 * 0.3), 80 * np.exp(1.6448536269514722 * 0.3)]
    cost = {"name": "gpu", "once": {"lognormal": ends}, "category": "training"}
    case = case_of(options=[{"name": "only", "costs": [cost]}])
    one = case.options[0].cost_usd
    assert one.value == pytest.approx(80.0)
    assert one.lo == pytest.approx(ends[0], rel=2e-3)
    assert one.hi == pytest.approx(ends[1], rel=2e-3)
    assert one.mean == pytest.approx(83.682, rel=1e-3)
    assert case.tornado is not None
    assert case.tornado.swings[0].input_hi == pytest.approx(117.506, abs=0.001)
    assert case.tornado.swings[0].result_hi_usd == pytest.approx(117.506, abs=0.001)
    assert case.tornado.swings[0].share == 1.0


UNCERTAIN = [
    {
        **BUILD_AND_BUY[0],
        "costs": [{"name": "build", "once": {"triangular": [80_000, 120_000, 260_000]}, "category": "engineering"},
                  {"name": "rent", "per_month": 1_000, "category": "inference"}],
    },
    {**BUILD_AND_BUY[1], "costs": [{"name": "calls", "per_prediction": {"uniform": [0.01, 0.02]},
                                    "category": "external_apis", "source": "price list"}]},
]  # fmt: skip
DEMAND = {"predictions_per_month": "1M"}


def test_bands_chance_and_tornado() -> None:
    case = case_of(options=UNCERTAIN, demand=DEMAND)
    decided = case.decision
    assert decided is not None
    saved = decided.saved_usd
    assert saved.lo is not None
    assert saved.value is not None
    assert saved.hi is not None
    assert saved.lo < saved.value < saved.hi
    assert 0.0 < decided.chance_build_wins < 1.0  # type: ignore[operator]
    assert decided.chance_build_wins == decided.returns.chance_positive
    assert case.tornado is not None
    keys = [swing.key for swing in case.tornado.swings]
    assert keys == ["options.build.costs.build.once", "options.api.costs.calls.per_prediction"]
    assert sum(swing.share or 0.0 for swing in case.tornado.swings) == pytest.approx(1.0)
    assert case.tornado.middle_usd == pytest.approx(saved.value)
    low = np.array(decided.returns.cumulative_lo_usd)
    middle, high = np.array(decided.returns.cumulative_usd), np.array(decided.returns.cumulative_hi_usd)
    assert (low < middle).all()
    assert (middle < high).all()
    assert any("of draws it is not back for good within 12 months" in note for note in decided.returns.notes)
    back = decided.returns.payback_months
    assert back.lo is not None
    assert back.value is not None
    assert back.lo < back.value
    assert (back.hi, back.mean) == (None, None)
    known = option(case, "build").breakdown[1]
    assert (known.category, known.usd.lo) == ("inference", None)


def test_in_blocks_draws_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = case_of(options=UNCERTAIN, demand=DEMAND)
    monkeypatch.setattr("planner.kinds.business_case.course._CELLS", 9_000)
    blocks = case_of(options=UNCERTAIN, demand=DEMAND)
    assert whole.decision is not None
    assert blocks.decision is not None
    ours, theirs = whole.decision.returns, blocks.decision.returns
    assert theirs.cumulative_lo_usd == pytest.approx(ours.cumulative_lo_usd)
    assert theirs.roi_percent.hi == pytest.approx(ours.roi_percent.hi)
    assert theirs.payback_months.lo == pytest.approx(ours.payback_months.lo)


def test_the_same_bytes_twice_and_others_of_another_seed() -> None:
    first, again = (case_of(options=UNCERTAIN, demand=DEMAND).model_dump_json() for _ in range(2))
    assert first == again
    assert first != case_of(options=UNCERTAIN, demand=DEMAND, uncertainty={"seed": 2}).model_dump_json()


def test_crossover_volume() -> None:
    options = [
        {**BUILD_AND_BUY[0], "costs": [{"name": "fixed", "per_month": 9_000, "category": "engineering"},
                                       {"name": "each", "per_prediction": 0.001, "category": "inference"}]},
        {**BUILD_AND_BUY[1], "costs": [{"name": "calls", "per_prediction": 0.01, "category": "external_apis"}]},
    ]  # fmt: skip
    found = case_of(options=options, demand={"predictions_per_month": "500k"}).decision
    assert found is not None
    (turn,) = found.crossovers
    assert turn.predictions_per_month == pytest.approx(1e6)
    assert turn.cheaper_above == "build"
    assert turn.times_today == pytest.approx(2.0)
    assert found.choice == "api"
    alone = case_of(options=BUILD_AND_BUY).decision
    assert alone is not None
    assert alone.crossovers == []
    assert "predictions_per_month" in alone.crossover_note
    always = case_of(options=BUILD_AND_BUY, demand=DEMAND).decision
    assert always is not None
    assert "build is the cheaper one at any volume" in always.crossover_note


def test_factors() -> None:
    options = [{**BUILD_AND_BUY[0], "factors": {"control": 9, "speed": 3}},
               {**BUILD_AND_BUY[1], "factors": {"control": 2, "speed": 10}}]  # fmt: skip
    case = case_of(options=options, factors={"control": "20 %", "speed": "60 %"})
    assert case.decision is not None
    assert case.weights == pytest.approx({"control": 0.25, "speed": 0.75})
    assert option(case, "build").weighted_score == pytest.approx(4.5)
    assert (case.decision.weighted_choice, case.decision.agrees) == ("api", False)
    options[0]["factors"] = {"control": 9}
    case = case_of(options=options, factors={"control": 1, "speed": 3})
    assert case.decision is not None
    assert option(case, "build").weighted_score is None
    assert (case.decision.weighted_choice, case.decision.agrees) == ("", None)


def test_scenarios_are_the_case_with_their_numbers() -> None:
    options = [BUILD_AND_BUY[0], {**BUILD_AND_BUY[1], "costs": [
        {"name": "calls", "per_month": 16_000, "with_demand": True, "market_price": True, "category": "external_apis"}
    ]}]  # fmt: skip
    named = {"name": "slow", "demand_growth": "-30 %", "price_decline": "40 %", "demand": 0.5}
    (slow,) = case_of(options=options, demand=DEMAND, scenarios=[named]).scenarios
    moved = {"predictions_per_month": "500k", "growth": "-30 %"}
    options[1]["costs"][0]["per_month"] = 8_000
    same = case_of(options=options, demand=moved, market={"price_decline": "40 %"})
    assert slow.present_cost_usd == pytest.approx(
        {one.name: one.present_cost_usd.value for one in same.options}
    )  # fmt: skip
    assert same.decision is not None
    assert (slow.choice, same.decision.choice) == ("api", "api")
    assert slow.npv_usd == {"build": pytest.approx(same.decision.saved_usd.value), "api": None}


def test_scenarios_take_the_same_draws() -> None:
    named = [{"name": "more", "demand": 2}, {"name": "spread", "demand_growth": {"uniform": [-0.5, 0.5]}},
             {"name": "same"}]  # fmt: skip
    case = case_of(options=UNCERTAIN, demand=DEMAND, scenarios=named)
    assert case.decision is not None
    more, spread, same = case.scenarios
    likely = case.decision.chance_build_wins
    assert likely is not None
    assert same.chance_build_wins == likely
    assert more.chance_build_wins is not None
    assert more.chance_build_wins > likely
    assert spread.chance_build_wins not in (likely, None)
    assert spread.demand_growth_per_year == pytest.approx(0.0, abs=1e-12)
    assert all("scenarios" not in swing.key for swing in case.tornado.swings)  # type: ignore[union-attr]


def test_what_bears_on_nothing_makes_no_tornado() -> None:
    case = case_of(demand={"users": {"uniform": [1, 5]}})
    assert (case.tornado, case.draws) == (None, 4096)
    assert case.decision is not None
    assert case.decision.saved_usd.lo is None


def plan_of(per: str, *amounts: PlanAmount, predictions: float = np.nan) -> PlanCosts:
    return PlanCosts("the cheapest", "a/bot.yaml", "cheapest", "c1", per, amounts, predictions)


def test_plans_supply_costs() -> None:
    plans = {
        ("own", 0): plan_of("run", PlanAmount("training", 100.0, 80.0, 130.0), PlanAmount("storage", 10.0, np.nan,
                                                                                          np.nan)),
        ("own", 1): plan_of("month", PlanAmount("inference", 600.0, 500.0, 720.0),
                            PlanAmount("infrastructure", 50.0, np.nan, np.nan, once=True), predictions=2e6),
    }  # fmt: skip
    named = [{"scenario": "bot.yaml", "runs_once": 3, "runs_per_year": 6}, {"scenario": "serve.yaml"}]
    case = case_of(plans, options=[{"name": "own", "plans": named}], demand={**DEMAND, "growth": "100 %"},
                   market={"price_decline": "20 %"})  # fmt: skip
    own = option(case, "own")
    falls = [0.8 ** (month / 12) for month in range(12)]
    runs = 3 * 110.0 + sum(110.0 / 2 * level for level in falls)
    serving = 50.0 + sum(600.0 * level * 2 ** (month / 12) for month, level in enumerate(falls))
    assert own.cost_usd.value == pytest.approx(runs + serving)
    inputs = {one.key: one for one in case.inputs}
    run = inputs["options.own.plans.0"]
    assert (run.value, run.tag, run.form) == (110.0, "P", "plan")
    assert run.hi / run.lo == pytest.approx(140.0 / 90.0)  # type: ignore[operator]
    assert inputs["options.own.plans.1.once"].lo is None
    assert inputs["options.own.plans.0.runs_per_year"].value == 6
    assert {line.category for line in own.lines} == {"training", "storage", "inference", "infrastructure"}
    assert any("2.00 M requests a month, and demand is 1.00 M" in text for text in case.warnings)
    assert own.follows == ["the cheapest", "the cheapest"]


def test_a_run_is_one_where_no_number_is_told() -> None:
    case = case_of({("own", 0): plan_of("run", PlanAmount("training", 100.0, np.nan, np.nan))},
                   options=[{"name": "own", "plans": [{"scenario": "bot.yaml"}]}])  # fmt: skip
    assert case.options[0].cost_usd.value == 100.0
    assert any(one.key == "options.own.plans.0.runs_once" for one in case.assumptions)


def test_names_that_stand_twice_are_told_apart() -> None:
    plan = plan_of("run", PlanAmount("training", 100.0, 90.0, 110.0))
    named = [{"scenario": "bot.yaml"}, {"scenario": "bot.yaml", "variant": ["long"]}]
    weird = [{"name": "a", "costs": [{"name": "b.costs.c", "once": 1, "category": "other"}], "plans": named},
             {"name": "a.costs.b", "costs": [{"name": "c", "once": 2, "category": "other"}]}]  # fmt: skip
    case = case_of({("a", 0): plan, ("a", 1): plan}, options=weird)
    assert [line.name for line in case.options[0].lines] == [
        "b.costs.c", "bot, cheapest: training", "bot, cheapest: training (2)"
    ]  # fmt: skip
    assert [one.cost_usd.value for one in case.options] == [201.0, 2.0]
    keys = [one.key for one in case.inputs]
    assert len(keys) == len(set(keys))


def test_what_a_plan_does_not_know_is_unknown() -> None:
    plan = plan_of("run", PlanAmount("training", 100.0, 90.0, 110.0), PlanAmount("storage", np.nan, np.nan, np.nan))
    case = case_of({("own", 0): plan}, options=[{"name": "own", "plans": [{"scenario": "bot.yaml"}]}])
    own = case.options[0]
    assert own.cost_usd.value is None
    assert case.cheapest == ""
    assert [line.total_usd.value for line in own.lines] == [100.0, None]
    assert any("does not know its cost of storage" in text for text in case.warnings)


def test_no_demand_makes_costs_of_predictions_unknown_not_0() -> None:
    case = case_of(options=UNCERTAIN)
    assert option(case, "api").cost_usd.value is None
    assert case.decision is not None
    assert (case.decision.choice, case.decision.saved_usd.value) == ("", None)
    assert case.decision.chance_build_wins is None
    assert case.decision.returns.notes
    assert any("demand.predictions_per_month is not told" in text for text in case.warnings)
    assert case.cheapest == "build"


def test_zero_revenue_has_no_unit_costs_and_says_so() -> None:
    one = case_of(revenue={"per_month": 0}).options[0]
    assert set(one.units.usd_per_revenue_usd) == {None}
    assert any("revenue 0 in months 1 to 12" in text for text in one.units.unknown)
    assert one.breakdown[0].usd_per_revenue_usd is None


def test_unit_economics_with_trend() -> None:
    line = {"name": "fixed", "per_month": 1_000, "category": "inference"}
    demand = {"predictions_per_month": 1_000, "users": 100, "growth": "100 %"}
    one = case_of(options=[{"name": "only", "costs": [line]}], demand=demand, revenue={"per_user": 20}).options[0]
    assert one.units.usd_per_prediction[0] == pytest.approx(1.0)
    assert one.units.usd_per_prediction[11] == pytest.approx(2 ** (-11 / 12))
    assert one.units.margin_share[0] == pytest.approx(0.5)
    assert one.units.margin_trend_per_month > 0.0  # type: ignore[operator]
    assert one.units.usd_per_prediction_trend_per_month < 0.0  # type: ignore[operator]


def test_rates_that_are_none_or_several_are_told() -> None:
    only_income = case_of(options=[{"name": "gift", "income": [SAVES_15K]}])
    returns = only_income.options[0].returns
    assert returns is not None
    assert (returns.irr_per_year, returns.roi_percent.value, returns.invested_usd) == (None, None, 0.0)
    assert "only receipts" in returns.irr_note
    assert any("nothing is invested" in note for note in returns.notes)
    assert not any("internal rate" in text for text in only_income.warnings), "a note tells it, once"
    lines = [{"name": "a", "once": 1_000, "category": "other"},
             {"name": "b", "once": 1_320, "at": 2, "category": "other"}]  # fmt: skip
    several = case_of(options=[{"name": "two", "costs": lines, "income": [{"name": "c", "once": 2_300, "at": 1}]}])
    returns = several.options[0].returns
    assert returns is not None
    assert returns.irr_per_year is None
    assert returns.irr_rates_per_year == pytest.approx([1.1**12 - 1, 1.2**12 - 1])
    assert "2 rates" in returns.irr_note


def test_payback_is_for_good() -> None:
    lines = [ONCE_120K, {"name": "again", "once": 100_000, "at": 9, "category": "other"}]
    returns = case_of(options=[{"name": "two", "costs": lines, "income": [SAVES_15K]}]).options[0].returns
    assert returns is not None
    assert (returns.payback_months.value, returns.break_even_month) == (None, None)
    assert any("not back for good" in note for note in returns.notes)


def test_scale_from_history() -> None:
    volumes = [1e3, 3e3, 1e4, 3e4]
    rows = tuple((volume, 500.0 + 2.0 * volume + 40.0 * volume**0.7) for volume in volumes)
    part = {"history": "h.csv", "today": 1e4, "fixed_per_month": 500, "per_unit": 2, "at": [1, 10]}
    (found,) = case_of(tables=Tables(histories={"scale": rows}), scale=[part]).scale
    assert found.exponent == pytest.approx(0.7)
    assert found.coefficient_usd == pytest.approx(40.0)
    assert found.points[1].usd_per_month.value == pytest.approx(500 + 2e5 + 40 * 1e5**0.7)
    assert (found.fitted_points, found.points[0].volume) == (4, 1e4)
    noisy = tuple((volume, usd * (1.2 if k % 2 else 0.8)) for k, (volume, usd) in enumerate(rows))
    (found,) = case_of(tables=Tables(histories={"scale": noisy}), scale=[part]).scale
    for point in found.points:
        band = point.usd_per_month
        assert band.lo < band.value < band.hi  # type: ignore[operator]
    falling = tuple((volume, 9e9 / volume) for volume in volumes)
    with pytest.raises(InputError, match="does not grow with the volume"):
        case_of(tables=Tables(histories={"scale": falling}), scale=[{"history": "h.csv", "today": 1e4}])


def test_scale_by_what_a_doubling_leaves() -> None:
    case = case_of(scale=[{"scaled": 100, "progress_ratio": 0.8, "today": 100, "at": [1, 2]}])
    (found,) = case.scale
    (now, twice) = found.points
    assert twice.usd_per_unit == pytest.approx(0.8 * (now.usd_per_unit or 0.0))
    assert found.exponent == pytest.approx(1.0 + np.log2(0.8))
    assert "each doubling leaves 80 % of the cost of a unit" in found.text
    assert [one.value for one in case.inputs if one.key == "scale.scale.progress_ratio"] == [0.8]


def test_scale_with_an_exponent() -> None:
    (found,) = case_of(scale=[{"scaled": 100, "exponent": 0.5, "today": 100, "at": [1, 4]}]).scale
    assert [point.usd_per_month.value for point in found.points] == [1_000.0, 2_000.0]
    assert found.points[1].usd_per_month.lo is None
    assert found.text == "4.00 times the volume costs 2.00 times as much"


def test_values_of_a_file() -> None:
    cost = {"name": "gpu", "once": {"file": "seen.csv"}, "category": "training"}
    table = Tables(values={"options[0].costs[0].once": (10.0, 20.0, 30.0)})
    case = case_of(tables=table, options=[{"name": "only", "costs": [cost]}])
    assert case.options[0].cost_usd.value == pytest.approx(20.0)
    (row,) = (one for one in case.inputs if one.key == "options.only.costs.gpu.once")
    assert (row.form, row.written) == ("values", [])


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"options": [{"name": "a", "parity": {"uniform": [0, 1]}}]}, "no alternative at any price"),
        ({"market": {"price_decline": {"uniform": [0.2, 1.0]}}}, "it has to be under 100 %"),
        ({"market": {"price_decline": 1.0}}, "it has to be under 100 %"),
        ({"demand": {"users": {"triangular": [3, 2, 5]}}}, "demand.users: a triangular"),
        ({"demand": {"users": {"file": "seen.csv"}}}, "no values of seen.csv"),
        ({"options": [{"name": "a", "overlooked": {"failed_share": 1.0, "experiments": 5}}]}, "all experiments"),
        ({"options": [{"name": "a", "machines": {"price": 9, "life": 1.5, "power_kw": 1, "electricity_per_kwh": 1}}]},
         "a whole number"),
        ({"demand": {"users": {"uniform": [1, 2]}}, "uncertainty": {"draws": 1000, "sampling": "sobol"}},
         "power of two"),
        ({"horizon": 1200, "demand": {"growth": 100}, "options": [{"name": "a", "costs": [
            {"name": "x", "per_month": 1e12, "growth": 100, "with_demand": True, "category": "other"}]}]},
         "a, x: it grows beyond all numbers"),
    ],
)  # fmt: skip
def test_refused(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        case_of(**keys)


def test_more_draws_than_memory_is_given_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.kinds.business_case.book.MOST_CELLS", 4_000)
    with pytest.raises(InputError, match="give 2,000 draws at most"):
        case_of(options=UNCERTAIN, demand=DEMAND)


def test_a_normal_spread_is_cut_where_money_ends() -> None:
    cost = {"name": "x", "once": {"normal": [0, 10]}, "category": "other"}
    case = case_of(options=[{"name": "only", "costs": [cost]}])
    assert case.options[0].cost_usd.lo == pytest.approx(0.0, abs=0.05)
    assert any("below 0 count as 0" in text for text in case.warnings)


def test_tails_of_a_normal_spread_refuse_nothing() -> None:
    parity = {"parity": {"normal": [0.5, 0.95]}}
    options = [{**UNCERTAIN[0], **parity}, UNCERTAIN[1]]
    demand = {**DEMAND, "growth": {"normal": [-0.3, 0.9]}}
    case = case_of(options=options, demand=demand, market={"price_decline": {"normal": [0.05, 0.4]}})
    assert case.decision is not None
    assert case.decision.saved_usd.lo is not None
    told = [text for text in case.warnings if "count as" in text]
    assert [text.split(":")[0] for text in told] == ["market.price_decline", "options.build.parity"]


def test_inputs_and_sources() -> None:
    case = case_of(options=UNCERTAIN, demand=DEMAND, revenue={"per_user": 3, "source": "finance"})
    keys = [one.key for one in case.inputs]
    assert len(keys) == len(set(keys))
    lines = [line for one in case.options for line in one.lines]
    assert {key for line in lines for key in line.keys} <= set(keys)
    assert {one.source for one in case.sources} == {"price list", "finance"}
    assert {one.tag for one in case.inputs} == {"U", "E"}
    assert {one.key for one in case.inputs if one.tag == "E"} == {one.key for one in case.assumptions}


@pytest.mark.real
def test_many_draws_over_many_months_stay_small() -> None:
    tracemalloc.start()
    case = case_of(options=UNCERTAIN, demand=DEMAND, horizon=240, uncertainty={"draws": 100_000})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert case.draws == 100_000
    assert peak < 300 * 2**20
