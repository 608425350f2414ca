"""Prices that depend on the time, in plans: by hand, refused, warned about, and shown where the price is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from planner.catalog.loader import load_catalog
from planner.kinds.describe import describe
from planner.kinds.searching import build_problem, search_problem
from planner.kinds.spot_choices import spot_policies
from planner.outcome import Configuration, SpotPolicy, TimedPrice
from planner.outcome.time_words import timed_text
from planner.planning import estimate_scenario, plan_ready, read_scenario
from planner.report.data.advice_rows import changes_of
from planner.report.reading import read_plan
from planner.report.sections.rows import price_text
from planner.source import InvalidInput
from tests.cli.calls import run
from tests.planning.test_overlays import EDP, NODE, RATE, SCENARIO, write

WEEKEND = {"providers": ["aws"], "days": ["sat", "sun"], "percent_off": 30}
T4: dict[str, Any] = SCENARIO | {
    "methods": ["qlora"],
    "dataset": {"samples": "2M", "tokens_per_sample": 600},
    "hardware": {"gpus": ["t4"], "counts": [4], "providers": ["gcp"], "regions": ["us-central1"]},
}
"""A run of weeks on a card whose machines have sustained use at Google."""


def hardware(base: dict[str, Any] = SCENARIO, **keys: Any) -> dict[str, Any]:
    return base | {"hardware": base["hardware"] | keys}


def one(scenario: dict[str, Any] | Path, **picks: Any) -> Configuration:
    return estimate_scenario(scenario, **picks).configuration


def simulated(scenario: dict[str, Any]) -> tuple[Configuration, SpotPolicy]:
    """The first point of a scenario's front, and a policy of it; without all else that a plan has."""
    ready = read_scenario(scenario)
    problem, found, _ = search_problem(build_problem(ready.scenario, ready.space, ready.catalog), ready.scenario)
    front = describe(problem, found.front)
    return front[0], spot_policies(problem, ready.scenario, found.front, front, [0])[0]


def timed(c: Configuration) -> TimedPrice:
    assert c.offer.timed is not None
    return c.offer.timed


def warnings(scenario: dict[str, Any] | Path) -> list[str]:
    return [problem.message for problem in read_scenario(scenario).warnings]


@pytest.fixture(scope="module")
def plain() -> Configuration:
    return one(SCENARIO)


def compute(c: Configuration) -> float:
    assert c.cost_parts.compute is not None
    return c.cost_parts.compute


def averaged(percent_off: float) -> float:
    """What is left of a price with so much off on two days of seven, from any start alike."""
    return 1 - percent_off / 100 * 2 / 7


def test_without_a_start_the_cost_is_the_mean_over_all_starts(plain: Configuration) -> None:
    """30 % off on two days of seven; best and worst start are told beside it."""
    found, waits = one(hardware(time_rates=[WEEKEND])), one(hardware(time_rates=[WEEKEND], start="best"))
    told, share = timed(found), 1 - 0.3 * 2 / 7
    assert compute(found) == pytest.approx(share * compute(plain))
    assert (told.start, told.taken) == ("", "mean")
    assert told.share_off == pytest.approx(1 - share)
    assert (told.best_start, told.worst_start) == ("sat 00:00 UTC", "mon 00:00 UTC")
    assert told.best_cost_usd == pytest.approx(waits.cost_usd)
    assert told.worst_cost_usd == pytest.approx(plain.cost_usd)
    assert (waits.cost_usd or 0) < (found.cost_usd or 0) < (plain.cost_usd or 0)
    assert found.cost_parts.reruns == pytest.approx(share * (plain.cost_parts.reruns or 0))
    assert found.cost_usd_label.startswith(f"{plain.cost_usd_label}; averaged over all starts")


def test_a_budget_holds_on_the_average_and_not_only_on_a_weekend(plain: Configuration) -> None:
    """Half the price on weekends: a budget that only those who wait for Saturday keep is kept where one says so."""
    half = WEEKEND | {"percent_off": 50}
    cost = plain.cost_usd or 0
    limited = hardware(time_rates=[half]) | {"constraints": {"max_cost": f"{0.7 * cost:.2f} USD"}}
    assert not plan_ready(read_scenario(limited), brief=True).decisions
    assert plan_ready(read_scenario(hardware(limited, start="best")), brief=True).decisions
    enough = limited | {"constraints": {"max_cost": f"{0.9 * cost:.2f} USD"}}
    assert plan_ready(read_scenario(enough), brief=True).decisions


def test_the_best_start_counts_where_it_is_asked_for_and_the_worst_is_told(plain: Configuration) -> None:
    """Under 48 h the run fits into the weekend: 30 % off from Saturday on, nothing off from Monday on."""
    found = one(hardware(time_rates=[WEEKEND], start="best"))
    told = timed(found)
    assert plain.offer.timed is None
    assert told.billed_hours < 48
    assert compute(found) == pytest.approx(0.7 * compute(plain))
    assert told.share_off == pytest.approx(0.3)
    assert (told.start, told.taken, told.worst_start) == ("sat 00:00 UTC", "best", "mon 00:00 UTC")
    assert told.best_cost_usd == found.cost_usd
    assert found.cost_usd_label == f"{plain.cost_usd_label}; from the best start"
    assert told.worst_cost_usd == pytest.approx(plain.cost_usd)
    assert found.cost_parts.reruns == pytest.approx(0.7 * (plain.cost_parts.reruns or 0))
    assert (found.hours, found.carbon_kg, found.cost_parts.storage) == (
        plain.hours, plain.carbon_kg, plain.cost_parts.storage
    )  # fmt: skip
    assert found.offer.price_usd_per_hour == plain.offer.price_usd_per_hour


def test_from_a_given_start_on_every_hour_has_its_own_rate(plain: Configuration) -> None:
    """From Friday 23:00 in Berlin, which is 22:00 UTC: two hours at the price, the rest of it in the weekend."""
    longer = hardware(time_rates=[WEEKEND], start="2026-12-04T23:00+01:00")
    found = one(longer | {"dataset": {"samples": "1M", "tokens_per_sample": 400}})
    told, price = timed(found), plain.offer.price_usd_per_hour or 0
    assert 2 < told.billed_hours < 50
    assert compute(found) == pytest.approx(price * (2 + 0.7 * (told.billed_hours - 2)))
    assert (told.start, told.taken, told.best_start) == ("2026-12-04 22:00 UTC", "given", "sat 00:00 UTC")
    assert (told.best_cost_usd or 0) < (found.cost_usd or 0) < (told.worst_cost_usd or 0)
    assert found.cost_usd_label == plain.cost_usd_label
    assert json.loads(found.model_dump_json())["offer"]["timed"]["taken"] == "given"
    assert "timed" not in json.loads(plain.model_dump_json())["offer"]


def test_a_surcharge_by_day_is_avoided_where_the_run_is_short_enough(plain: Configuration) -> None:
    days = {"providers": ["aws"], "hours": "08:00-20:00", "percent_more": 50}
    found = one(hardware(time_rates=[days], start="best"))
    assert timed(found).billed_hours < 12
    assert compute(found) == pytest.approx(compute(plain))
    assert timed(found).worst_cost_usd == pytest.approx((plain.cost_usd or 0) + 0.5 * compute(plain) * 1.15)
    assert "50 % more 08:00-20:00 UTC: as at one price, from mon 20:00 UTC, the best start;" in timed_text(timed(found))


def test_rates_decide_which_offer_is_cheapest() -> None:
    """Two providers: what 90 % off makes cheapest is what the front has, if the run is at a weekend."""
    both = hardware(providers=["aws", "lambda"], regions="any", counts=[8])

    def cheapest(scenario: dict[str, Any]) -> str:
        found = plan_ready(read_scenario(scenario), brief=True)
        return next(c.offer.provider for c in found.front if c.id == found.decisions["cheapest"])

    assert cheapest(both) == "lambda"
    ninety = [WEEKEND | {"percent_off": 90}]
    assert cheapest(hardware(both, time_rates=ninety)) == "lambda"  # nobody said that it waits for a weekend
    assert cheapest(hardware(both, time_rates=ninety, start="best")) == "aws"
    assert cheapest(hardware(both, time_rates=ninety, start="2026-12-05")) == "aws"  # a Saturday


def test_an_overlay_has_rates_with_days_and_the_scenario_counts_before_it(tmp_path: Path, plain: Configuration) -> None:
    rates = {"time_rates": [WEEKEND | {"percent_off": 20, "until": "2027-06-30", "source": "contract 9"}]}
    found = one(write(tmp_path, {}, rates))
    assert compute(found) == pytest.approx(averaged(20) * compute(plain))
    assert timed(found).source == "contract 9 (acme-0)"
    own = write(tmp_path, hardware(time_rates=[WEEKEND]), rates)
    assert compute(one(own)) == pytest.approx(averaged(30) * compute(plain))
    later = write(tmp_path, {}, rates, {"time_rates": [WEEKEND | {"percent_off": 10}]})
    assert compute(one(later)) == pytest.approx(averaged(10) * compute(plain))
    ended = write(tmp_path, {}, {"time_rates": [WEEKEND | {"until": "2026-01-31"}]})
    assert compute(one(ended)) == compute(plain)
    assert any("ended on 2026-01-31" in told for told in warnings(ended))


def test_a_rate_is_taken_off_a_private_price_too(tmp_path: Path, plain: Configuration) -> None:
    path = write(tmp_path, {}, {"offers": [RATE], "time_rates": [WEEKEND]})
    assert compute(one(path)) == pytest.approx(averaged(30) * 27.52 / 55.04 * compute(plain))


def test_a_machine_of_ones_own_may_have_rates(tmp_path: Path) -> None:
    night = {"providers": ["acme-dc"], "hours": "22:00-06:00", "percent_off": 30}
    overlay = {"providers": [{"id": "acme-dc"}], "offers": [NODE], "time_rates": [night]}
    found = one(write(tmp_path, hardware(providers=["acme-dc"], regions=["dc1"]), overlay))
    assert timed(found).plan == "30 % off 22:00-06:00 UTC"


def test_two_rates_for_one_hour_are_refused_at_their_line(tmp_path: Path) -> None:
    twice = [WEEKEND, WEEKEND | {"days": ["sun"], "percent_off": 10}]
    with pytest.raises(InvalidInput) as caught:
        read_scenario(hardware(time_rates=twice))
    (problem,) = caught.value.problems
    assert problem.at == "hardware.time_rates[1]"
    assert "holds at sun 00:00 UTC for machines that time_rates[0]" in problem.message
    with pytest.raises(InvalidInput) as caught:
        read_scenario(write(tmp_path, {}, {"time_rates": twice}))
    (problem,) = caught.value.problems
    assert (problem.at, Path(problem.file).name) == ("time_rates[1]", "prices-0.yaml")


def test_what_does_nothing_is_warned_about() -> None:
    assert warnings(hardware(time_rates=[WEEKEND | {"providers": ["azure"]}])) == [
        "30 % off on sat, sun UTC holds for no offer in play"
    ]
    assert warnings(hardware(start="2026-12-05")) == ["does nothing: no price of an offer in play depends on the time"]
    assert warnings(hardware(time_rates=[WEEKEND], start="2026-12-05")) == []


def test_a_percentage_that_looks_like_a_share_is_warned_about(tmp_path: Path) -> None:
    said = "0.3 is less than one percent; write 30 for 30 %"
    assert warnings(hardware(time_rates=[WEEKEND | {"percent_off": 0.3}])) == [said]
    more = {"providers": ["aws"], "hours": "08:00-20:00", "percent_more": 0.3}
    assert warnings(write(tmp_path, {}, {"time_rates": [more]})) == [f"overlay acme-0: {said}"]


def test_too_many_rates_and_times_that_there_are_not_are_refused() -> None:
    for keys in ({"time_rates": [WEEKEND] * 51}, {"start": "2026-02-30T10:00"}, {"start": "tomorrow"}, {"start": 1}):
        with pytest.raises(InvalidInput):
            read_scenario(hardware(**keys))


def test_sustained_use_is_taken_off_long_runs_on_googles_older_cards() -> None:
    found, averaged = one(hardware(T4, start="best"), tier="on_demand"), one(T4, tier="on_demand")
    told, price = timed(found), found.offer.price_usd_per_hour or 0
    # By hand, from the steps at a quarter, a half and three quarters of 730 h.
    hours, paid = told.billed_hours, 0.0
    while hours > 0:
        for step in (1.0, 0.8, 0.6, 0.4):
            paid += step * min(hours, 182.5)
            hours = max(hours - 182.5, 0.0)
    assert told.billed_hours > 365
    assert compute(found) == pytest.approx(price * paid)
    assert (told.start, told.plan[:13]) == ("the first of a month", "sustained use")
    assert (told.worst_cost_usd or 0) > (averaged.cost_usd or 0) > (found.cost_usd or 0)
    assert timed(averaged).best_cost_usd == pytest.approx(found.cost_usd)


def test_sustained_use_counts_by_calendar_month_where_the_start_is_known() -> None:
    """From the last day of November on, a day of it is at the price and December begins the steps anew."""
    found = one(hardware(T4, start="2026-11-30"), tier="on_demand")
    hours, paid = timed(found).billed_hours - 24, 24.0
    month = 744.0
    for step in (1.0, 0.8, 0.6, 0.4):
        paid += step * min(hours, month / 4)
        hours = max(hours - month / 4, 0.0)
    assert hours == 0
    assert compute(found) == pytest.approx((found.offer.price_usd_per_hour or 0) * paid)


@pytest.mark.parametrize("private", [{"discounts": [EDP | {"provider": "gcp", "gpus": ["t4"]}]}, {"offers": "T4"}])
def test_a_private_price_has_no_sustained_use(tmp_path: Path, private: dict[str, Any]) -> None:
    fixed = {
        "provider": "gcp", "instance": one(T4).offer.instance, "regions": ["us-central1"], "price": 2,
        "as_of": "2026-11-01",
    }  # fmt: skip
    found = one(write(tmp_path, T4, {"offers": [fixed]} if "offers" in private else private))
    assert found.offer.private
    assert found.offer.timed is None


def test_spot_and_committed_machines_have_no_sustained_use() -> None:
    keys = {"tiers": ["spot", "reserved_1y"], "commitment": {"utilisation": 0.9}}
    for tier in ("spot", "reserved_1y"):
        found = one(hardware(T4, **keys), tier=tier)
        assert found.offer.timed is None
        if tier == "reserved_1y":
            assert found.offer.commitment is not None
            # 37 % off is 63 % of the price, which a machine on demand reaches after 82.5 % of a month.
            assert found.offer.commitment.break_even_utilisation == pytest.approx(0.825)


def test_a_commitment_is_held_against_the_price_of_the_whole_week() -> None:
    """Half off on demand on two days of seven: what the commitment has to beat is that much less."""
    keys: dict[str, Any] = {
        "tiers": ["reserved_1y"],
        "commitment": {"utilisation": 0.9},
        "allow": ["derived_commitment"],
    }
    rated: dict[str, Any] = {"time_rates": [WEEKEND | {"percent_off": 50}]}
    found = [one(hardware(**keys, **more)).offer.commitment for more in ({}, rated, rated | {"start": "best"})]
    flat, *timed_ones = [(c.break_even_utilisation if c is not None else None) or 0 for c in found]
    assert 0 < flat < 1
    assert timed_ones == pytest.approx([flat / averaged(50)] * 2)


def test_a_short_run_on_such_a_card_says_nothing_of_the_time() -> None:
    short = one(T4 | {"dataset": {"samples": "2k", "tokens_per_sample": 400}}, tier="on_demand")
    assert (short.hours or 0) < 182
    assert short.offer.timed is None


def test_what_spot_has_to_beat_is_on_demand_with_sustained_use() -> None:
    spot = one(hardware(T4, tiers=["spot"])).offer.preemption_break_even_per_hour
    flat = hardware(
        T4, tiers=["spot"], time_rates=[WEEKEND | {"providers": ["gcp"], "days": ["sat"], "hours": "00:00-00:01"}]
    )
    assert spot is not None
    assert spot < (one(flat).offer.preemption_break_even_per_hour or 0)


def test_a_shared_run_goes_on_where_its_spot_machine_leaves_off() -> None:
    """Half of the work on spot from Friday 12:00 UTC on; the rest on demand, which is cheap from Saturday on."""
    shared = hardware(T4, tiers=["on_demand", "spot"]) | {"train": {"spot_share": 0.5}}
    rates = [WEEKEND | {"providers": ["gcp"], "percent_off": 50}]
    plain = one(
        shared
        | {"hardware": shared["hardware"] | {"time_rates": [rates[0] | {"days": ["sat"], "hours": "00:00-00:01"}]}},
        tier="on_demand",
    )
    found = one(shared | {"hardware": shared["hardware"] | {"time_rates": rates}}, tier="on_demand")
    twin, price = found.offer.spot_twin_usd_per_hour or 0, found.offer.price_usd_per_hour or 0
    assert timed(found).billed_hours == pytest.approx(timed(plain).billed_hours)
    # The twin has no such rate, so that all that is off is off the hours on demand.
    off = compute(plain) - compute(found)
    on_demand_hours = (compute(plain) - twin * timed(found).billed_hours) / (price - twin)
    assert 0 < off < 0.5 * price * on_demand_hours
    weeks = on_demand_hours / 168
    assert off == pytest.approx(0.5 * price * 48 * weeks, abs=0.5 * price * 48)


def test_a_lock_keeps_the_cost_with_rates_by_time(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "t4.yaml").write_text(json.dumps(hardware(T4, time_rates=[WEEKEND])))
    before = plan_ready(read_scenario(tmp_path / "t4.yaml"), brief=True).front
    for words in (("lock", "t4.yaml"), ("plan", "t4.yaml", "-q", "--outputs", "none", "-o", "out")):
        assert run(*words, cwd=tmp_path).returncode == 0
    after = read_plan(tmp_path / "out").front
    assert [c.cost_usd for c in after] == [c.cost_usd for c in before]
    assert [c.offer.timed for c in after] == [c.offer.timed for c in before]
    assert before[0].offer.timed is not None


def test_rates_stand_where_the_price_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(json.dumps(hardware(time_rates=[WEEKEND])))
    printed = run("plan", "a.yaml", "--outputs", "md", "-o", "out", cwd=tmp_path)
    assert printed.returncode == 0
    found = read_plan(tmp_path / "out")
    said = "30 % off on sat, sun UTC: 8.6 % less than at one price, averaged over all starts; from sat 00:00 UTC $"
    assert said in price_text(found.front[0])
    assert changes_of(found).intro.endswith(
        "The best and the worst start stand beside each price that depends on the time."
    )
    assert said in (tmp_path / "out" / "summary.md").read_text("utf-8")
    assert f"depends on the time: {said}" in " ".join(printed.stdout.split())
    assert said in run("explain", "out", cwd=tmp_path).stdout
    assert [a.value for a in found.assumptions if a.key == "time rates"] == ["30 % off on sat, sun UTC"]
    (start,) = [a for a in found.assumptions if a.key == "hardware.start"]
    assert (start.value, start.tag) == ("unknown: the mean over all starts, each as likely as any other", "E")


def test_the_list_says_which_machines_have_sustained_use() -> None:
    offers = load_catalog().offers
    held = offers.rate >= 0
    assert {offers.providers[p] for p in offers.provider[held].tolist()} == {"gcp"}
    assert set(offers.tier[held].tolist()) == {"on_demand"}
    assert set(offers.service[held].tolist()) == {"vm"}


def test_policies_of_spot_machines_pay_the_rates_too() -> None:
    """Half off at nearly all hours, on spot: policies cost half as much as well, but for disk and traffic."""
    base = SCENARIO | {
        "models": ["llama-3.1-8b"], "methods": ["qlora"], "dataset": {"samples": "40k", "tokens_per_sample": 400},
        "train": {"expected_reruns": 0},
        "hardware": {"gpus": ["l4"], "counts": [1], "providers": ["gcp"], "regions": ["us-central1"], "tiers": ["spot"],
                     "spot_policies": ["spot_only"]},
    }  # fmt: skip
    most = {"providers": ["gcp"], "tiers": ["spot"], "hours": "00:00-23:59", "percent_off": 50}
    whole, half = (simulated(each) for each in (base, hardware(base, time_rates=[most])))
    parts = whole[0].cost_parts
    beside = (parts.storage or 0) + (parts.egress or 0)
    assert half[1].cost_usd == pytest.approx(0.5 * (whole[1].cost_usd or 0) + 0.5 * beside, rel=0.01)
    assert half[1].hours == whole[1].hours


def test_what_is_paid_of_a_price_by_own_runs_has_sustained_use_in_it(tmp_path: Path) -> None:
    paid = {"runs": 12, "before": 1.0, "error": 0.03, "value": 0.9}
    catalog = load_catalog()
    calibration = tmp_path / "calibration.yaml"
    calibration.write_text(
        json.dumps({
            "api_version": "planner/v1", "kind": "CalibrationOverlay", "price": {"gcp/on_demand": paid},
            "runs": {"used": 12, "left_out": 0, "digest": "1" * 64},
            "catalog": {"as_of": catalog.as_of, "digest": catalog.digest},
        })
    )  # fmt: skip
    found, listed = one(T4, tier="on_demand", calibration=calibration), one(T4, tier="on_demand")
    assert listed.offer.timed is not None
    assert found.offer.timed is None
    assert compute(found) == pytest.approx(0.9 * (listed.offer.price_usd_per_hour or 0) * timed(listed).billed_hours)


def test_a_rate_of_spot_twins_is_in_play_where_runs_are_shared_with_them() -> None:
    """On demand alone is named, and half of the run goes to the spot twin: its rate is paid, so nothing is warned."""
    spot = {"providers": ["gcp"], "tiers": ["spot"], "days": ["sat", "sun"], "percent_off": 30}
    small = hardware(T4, gpus=["l4"], counts=[1], start="2026-12-05") | {"train": {"spot_share": 0.0}}
    rated = hardware(small, time_rates=[spot])
    assert warnings(rated) == [
        "30 % off on sat, sun UTC holds for no offer in play",
        "does nothing: no price of an offer in play depends on the time",
    ]
    assert warnings(rated | {"train": {"spot_share": 0.5}}) == []
    found = one(rated | {"train": {"spot_share": 0.5}}, instance="g2-standard-8")
    assert timed(found).plan == "30 % off on sat, sun UTC"
