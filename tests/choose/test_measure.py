"""What to measure first: probabilities against simulation and the plan's own, and advice on plans of scenarios."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import planner
from planner.catalog.architecture import build_architectures
from planner.catalog.loader import load_catalog
from planner.choose.measure import PILOT_LIMIT, Advice, advise
from planner.choose.one_gpu_run import STAND_IN, cut, one_gpu_run
from planner.choose.risks import (
    CALIBRATED_SD,
    MEASURED_MEMORY_SD,
    against,
    memory_risk,
    quality_risk,
    rivals,
    speed_sd,
    wrong,
    wrong_after,
)
from planner.estimate import spread
from planner.estimate.eligibility import build_eligibility
from planner.estimate.pairs import build_facts
from planner.outcome import Configuration, Plan
from tests.benchmarks import measure_gpu
from tests.estimate.memory_cases import PRIORS
from tests.report.sample_plan import sample_plan

CATALOG = replace(load_catalog(), calibration=PRIORS)
"""What was believed before any row: a later fit moves these plans no more."""
SCENARIOS = Path(__file__).parents[2] / "scenarios"


def planned(name: str, **changes: Any) -> Plan:
    """The plan of a worked scenario, some of whose blocks have other values."""
    scenario = yaml.safe_load((SCENARIOS / f"{name}.yaml").read_text("utf-8"))
    for block, values in changes.items():
        scenario[block] = scenario.get(block, {}) | values if isinstance(values, dict) else values
        if values is None:
            del scenario[block]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("planner.planning.reading.load_catalog", lambda *_, **__: CATALOG)
        return planner.plan(scenario)


@pytest.fixture(scope="module")
def consumer() -> Plan:
    return planned("consumer-24gb")


@pytest.fixture(scope="module")
def support() -> Plan:
    return planned("support-bot")


def decided(plan: Plan, name: str) -> Configuration:
    found = plan.configuration(plan.decisions[name])
    assert found is not None
    return found


def advice_on(plan: Plan, name: str) -> Advice:
    return advise(plan, decided(plan, name), CATALOG)


def case_of(command: str) -> Any:
    """The cases that a printed command stands for, read by the script itself."""
    words = shlex.split(command)
    assert words[:2] == ["python", "tests/benchmarks/measure_gpu.py"]
    given = measure_gpu.arguments().parse_args(words[2:])
    assert (given.memory_out, given.throughput_out) == (Path("memory.csv"), Path("throughput.csv"))
    return measure_gpu.planned(given, CATALOG, "own")


@pytest.mark.parametrize(("gap", "sd", "left"), [(0.05, 0.4, 0.2), (0.2, 0.08, 0.02), (0.3, 0.3, 0.1), (0.0, 0.3, 0.1)])
def test_the_chance_of_a_wrong_choice_is_that_of_a_simulation(gap: float, sd: float, left: float) -> None:
    """Draw the truth, measure it with an error, take the better side by what is then believed."""
    random = np.random.default_rng(3)
    truth = random.normal(gap, sd, 400_000)
    assert wrong(gap, sd) == pytest.approx((truth < 0).mean(), abs=0.003)
    error = left * sd / np.sqrt(sd**2 - left**2)
    seen = random.normal(truth, error)
    believed = (gap / sd**2 + seen / error**2) / (1 / sd**2 + 1 / error**2)
    assert wrong_after(gap, sd, left) == pytest.approx(((believed < 0) != (truth < 0)).mean(), abs=0.003)


def test_a_measurement_never_adds_risk_and_one_that_tells_nothing_takes_none_off() -> None:
    for gap in (0.0, 0.1, 0.5):
        chances = [wrong_after(gap, 0.3, left) for left in (0.3, 0.2, 0.1, 0.01)]
        assert chances[0] == wrong(gap, 0.3)
        assert chances == sorted(chances, reverse=True)
    assert wrong_after(0.1, 0.3, 0.0) == pytest.approx(0, abs=1e-6)


def test_risks_of_choices_are_the_complement_of_the_plans_own_pairings(consumer: Plan, support: Plan) -> None:
    compared = 0
    for plan in (consumer, support):
        for pair in plan.pairings:
            a, b = plan.configuration(pair.a), plan.configuration(pair.b)
            assert a is not None
            assert b is not None
            for objective in ("cost", "time"):
                risk = against(a, b, objective)
                p = pair.probability[objective]
                if risk is not None and p is not None:
                    assert 1 - risk.now == pytest.approx(p, abs=0.01), (pair, objective)
                    compared += 1
    assert compared >= 20


def test_the_spread_of_the_speed_is_the_cards_and_the_stacks(consumer: Plan) -> None:
    c = decided(consumer, "cheapest")
    facts = build_facts(CATALOG, build_architectures(CATALOG.models), build_eligibility(CATALOG))
    at = (
        [stack.id for stack in CATALOG.stacks].index(c.stack),
        [method.id for method in CATALOG.methods].index(str(c.method["name"])),
        [gpu.id for gpu in CATALOG.gpus].index(c.hardware.gpu),
    )
    assert speed_sd(c) == pytest.approx(spread.speed_sd(facts)[at], rel=0.02)


def test_cost_is_the_risk_of_the_cheapest_and_the_less_certain_side_is_measured(consumer: Plan) -> None:
    advice = advice_on(consumer, "cheapest")
    assert advice.chosen is not None
    assert advice.chosen.kind == "cost"
    assert advice.run is not None
    assert advice.chosen.now > 0.2
    assert advice.chosen.after is not None
    assert advice.chosen.now - advice.chosen.after > 0.02
    measured = advice.chosen.measure
    assert measured is not None
    assert measured.id in {advice.configuration.id, advice.chosen.rival and advice.chosen.rival.id}
    assert advice.chosen.sd >= advice.chosen.other_sd - 0.005
    (case,) = case_of(advice.run.command)
    assert (case.method, case.micro_batch) == (measured.method["name"], measured.train["micro_batch_size"])
    assert case.tokens == measured.work.tokens_per_micro_batch
    assert case.checkpointing == measured.train["checkpointing"]
    assert advice.run.gpu == measured.hardware.gpu
    assert advice.run.minutes < 10


def test_memory_is_the_risk_where_the_card_is_nearly_full_and_nothing_else_is_close() -> None:
    plan = planned(
        "consumer-24gb", models=["qwen3-8b"], methods=["qlora"], stacks=["hf-trainer"], objectives=["cost"],
        hardware={"gpus": ["rtx-4090"], "counts": [1]}, constraints={"memory_margin": 0}, axes=None,
        train={"micro_batch_size": 5, "global_batch_size": 5, "checkpointing": "full", "max_seq_len": 1536},
    )  # fmt: skip
    c = decided(plan, "cheapest")
    assert c.hardware.parallelism == "single"
    assert 0.9 * c.memory_gib.usable < c.memory_gib.total < c.memory_gib.usable
    advice = advise(plan, c, CATALOG)
    assert advice.chosen is not None
    assert advice.chosen.kind == "memory"
    assert advice.chosen.measure == c
    assert advice.chosen.now > 0.1
    assert advice.chosen.after is not None
    assert advice.chosen.after < advice.chosen.now / 2
    assert advice.run is not None
    (case,) = case_of(advice.run.command)
    assert (case.method, case.seq_len, case.micro_batch) == ("qlora", 1536, 5)
    assert advice.run.untold == ()


def test_where_quality_is_least_sure_a_pilot_is_advised_and_no_gpu_run(support: Plan) -> None:
    advice = advice_on(support, "best")
    assert advice.chosen is not None
    assert (advice.chosen.kind, advice.chosen.after, advice.run) == ("quality", None, None)
    assert all(advice.chosen.now > risk.now for risk in advice.risks if risk.kind != "quality")
    assert advice.pilot is not None
    c, rival = advice.configuration, advice.pilot.rival
    assert advice.pilot.usd == pytest.approx(((c.cost_usd or 0) + (rival.cost_usd or 0)) / 16)
    assert advice.pilot.share_of_run is not None
    assert (advice.pilot.share_of_run < PILOT_LIMIT) == (0.6 * (c.cost_usd or 0) > (rival.cost_usd or 0))


def test_quality_cannot_make_the_cheapest_or_the_fastest_wrong(support: Plan) -> None:
    for name in ("cheapest", "fastest"):
        assert quality_risk(support, decided(support, name)) is None


def test_rivals_of_a_point_that_is_no_extreme_would_take_it_off_the_front(support: Plan) -> None:
    c = decided(support, "knee")
    found = list(rivals(support, c))
    assert found
    for objective, r in found:
        assert (r.quality or 0) >= (c.quality or 0) - 0.01
        kept, moved = ((r.hours, c.hours), (r.cost_usd, c.cost_usd)) if objective == "cost" else (
            (r.cost_usd, c.cost_usd), (r.hours, c.hours)
        )  # fmt: skip
        assert kept[0] is not None
        assert kept[1] is not None
        assert kept[0] <= kept[1]
        assert moved[0] is not None
        assert moved[1] is not None
        assert moved[0] > moved[1]


def shaped(c: Configuration, parallelism: str, count: int, **memory: float) -> Configuration:
    return c.model_copy(
        update={
            "hardware": c.hardware.model_copy(update={"parallelism": parallelism, "count": count}),
            "memory_gib": c.memory_gib.model_copy(update=memory),
        }
    )


def test_a_sharded_model_is_cut_until_it_fits_and_the_run_says_what_it_leaves_open() -> None:
    c = shaped(sample_plan().front[0], "fsdp", 8, usable=80.0, weights=18.0, adapters=0.2, gradients=0.1)
    low, high = cut(c)
    deep = 8 * (18.0 + 0.2 + 0.1 + c.memory_gib.optimizer) + c.memory_gib.activations
    rest = c.memory_gib.logits + c.memory_gib.temporary + c.memory_gib.context
    assert low == high / 2
    assert 0.9 * 80.0 - 0.03 * deep <= high * deep + rest <= 0.9 * 80.0
    run = one_gpu_run(c, "memory")
    assert run.command.split("--layers ")[1].split()[0] == f"{low:.0%},{high:.0%}"
    assert len(run.untold) == 2
    assert "communication between the 8 GPUs" in run.untold[0]
    whole = shaped(c, "ddp", 8)
    assert cut(whole) == (1.0,)
    assert "--layers" not in one_gpu_run(whole, "memory").command
    assert cut(shaped(c, "zero1", 8, usable=400.0)) == (1.0,)


def test_one_gpu_tells_less_of_the_peak_of_a_sharded_model() -> None:
    c = sample_plan().front[0]
    single, sharded = memory_risk(c), memory_risk(shaped(c, "fsdp", 2))
    assert single.now == sharded.now
    assert single.after is not None
    assert sharded.after is not None
    assert single.after < sharded.after < single.now
    assert MEASURED_MEMORY_SD < CALIBRATED_SD


def test_methods_the_script_lacks_are_measured_by_their_like_and_it_says_so() -> None:
    c = sample_plan().front[0]
    other = c.model_copy(update={"method": {"name": "dora", "rank": 8, "targets": "qv"}, "stack": "axolotl"})
    settings = {"optimizer": "adamw_8bit", "loss_kernel": "standard"}
    other = other.model_copy(update={"train": other.train | settings})
    run = one_gpu_run(other, "step time")
    (case,) = case_of(run.command)
    assert (case.method, case.rank, case.targets, case.optimizer) == ("lora", 8, "qv", "adamw_fused")
    told = " ".join(run.untold)
    assert all(words in told for words in ("dora itself", "8-bit AdamW", "axolotl"))
    trained = set(STAND_IN) | {"full", "lora", "qlora"}
    assert trained == {method.id for method in CATALOG.methods}


def test_a_model_that_the_script_cannot_build_gets_no_command(consumer: Plan) -> None:
    for model, why in (("mixtral-8x7b", "it is a mixture of experts"), ("our-own", "it is not in the catalog")):
        plan = consumer.model_copy(
            update={"front": [c.model_copy(update={"model": model}) for c in consumer.front], "pairings": []}
        )
        advice = advice_on(plan, "cheapest")
        assert advice.chosen is not None
        assert (advice.run, advice.obstacle) == (None, why)
