"""Fitting: constants of synthetic rows come back, few rows leave the prior, no rows leave it untouched."""

import math
from dataclasses import replace

import numpy as np
import pytest

from planner.calibrate.fit import HEAVY, INDEPENDENT, Sample, cluster_sd, fit
from planner.calibrate.published import figures, fitted
from planner.catalog.constants import Calibration, Constant
from planner.catalog.rows import Floats
from planner.measured.columns import Rows
from planner.measured.predict import predict_memory, predict_speed
from tests.estimate.memory_cases import PRIORS
from tests.measured.rows import rows

BASE = Calibration({
    name: Constant(name, prior, sd, "1", "a test", "a test")
    for name, prior, sd in (("a", 1.0, 0.3), ("b", 2.0, 0.2), ("unused", 5.0, 0.4))
})  # fmt: skip


def sample(n: int, a: float, b: float, noise: float = 0.0, sd: float = 0.1) -> Sample:
    """n rows of a*x + b*y."""
    random = np.random.default_rng(7)
    x, y = random.uniform(0.5, 3, n), random.uniform(0.5, 3, n)
    observed = (a * x + b * y) * np.exp(random.normal(0, noise, n)) if noise else a * x + b * y
    return Sample(observed, lambda c: c["a"] * x + c["b"] * y, np.full(n, sd))


def test_many_rows_give_the_constants_back() -> None:
    found = fit(BASE, ["a", "b"], sample(2000, 1.7, 1.5, noise=0.1))
    assert found["a"] == pytest.approx(1.7, rel=0.02)
    assert found["b"] == pytest.approx(1.5, rel=0.02)
    for name in ("a", "b"):
        constant = found.constants[name]
        assert constant.rows == 2000
        assert 0.001 < constant.error < 0.02
        assert abs(math.log(constant.fitted / {"a": 1.7, "b": 1.5}[name])) < 4 * constant.error
    assert BASE["a"] == 1.0  # the calibration itself is left alone


def test_one_constant_and_one_row_shrink_as_normal_theory_says() -> None:
    """ln posterior = prior + share*(row - prior), share = prior variance over both; so is its error."""
    row = Sample(np.array([1.1]), lambda c: np.array([c["a"]]), np.array([0.3]))
    found = fit(BASE, ["a"], row).constants["a"]
    assert found.fitted == pytest.approx(math.exp(0.5 * math.log(1.1)), rel=1e-3)
    assert found.error == pytest.approx(0.3 * math.sqrt(0.5), rel=0.02)


def test_the_fewer_the_rows_the_nearer_the_prior() -> None:
    pulls = [abs(math.log(fit(BASE, ["a", "b"], sample(n, 1.7, 2.0, sd=0.5))["a"])) for n in (1, 5, 50, 500)]
    assert pulls == sorted(pulls)
    assert pulls[0] < 0.25 * math.log(1.7)
    assert pulls[-1] > 0.9 * math.log(1.7)


def test_a_constant_without_rows_keeps_its_prior_and_counts_as_not_fitted() -> None:
    before = BASE.with_values({"unused": 9.0})
    found = fit(before, ["a", "b", "unused"], sample(50, 1.2, 2.1))
    constant = found.constants["unused"]
    assert (constant.value, constant.spread, constant.rows) == (5.0, 0.4, 0)
    assert math.isnan(constant.fitted)


def test_constants_that_are_not_named_are_left_alone() -> None:
    found = fit(BASE, ["a"], sample(200, 1.5, 2.0))
    assert found.constants["b"] == BASE.constants["b"]
    assert found["a"] == pytest.approx(1.5, rel=0.02)


def test_rows_without_an_outcome_say_nothing() -> None:
    whole = sample(40, 1.3, 1.8)
    observed = whole.observed.copy()
    observed[::2] = np.nan
    observed[1] = 0.0
    found = fit(BASE, ["a", "b"], replace(whole, observed=observed))
    known = np.isfinite(observed) & (observed > 0)

    def part(c: Calibration) -> Floats:
        return whole.predict(c)[known]

    alone = fit(BASE, ["a", "b"], Sample(observed[known], part, whole.sd[known]))
    assert found["a"] == pytest.approx(alone["a"], rel=1e-6)
    assert found.constants["a"].rows == known.sum()
    nothing = fit(BASE, ["a", "b"], replace(whole, observed=np.full(40, np.nan)))
    assert (nothing["a"], nothing.constants["a"].rows) == (1.0, 0)


def test_a_wild_row_pulls_no_harder_than_a_few_deviations() -> None:
    plain = sample(30, 1.5, 2.0)
    wild = plain.observed.copy()
    wild[0] *= 1000
    found = fit(BASE, ["a", "b"], replace(plain, observed=wild))
    assert found["a"] == pytest.approx(fit(BASE, ["a", "b"], plain)["a"], rel=2 * HEAVY * 0.1)


def test_rows_of_one_publisher_count_for_a_few() -> None:
    groups = ["one"] * 100 + ["two"] * 3
    sd = cluster_sd(np.full(103, 0.1), groups)
    assert sd[0] == pytest.approx(0.1 * math.sqrt(100 / INDEPENDENT))
    assert sd[-1] == 0.1
    assert (1 / sd[:100] ** 2).sum() == pytest.approx(INDEPENDENT / 0.1**2)


STACKS = ("hf-trainer", "litgpt", "llm-foundry", "torchtune")


def synthetic() -> Rows:
    """Full training of three models at several lengths, on cards of two generations, on four stacks."""
    return rows(*(
        {"model": model, "method": "full", "gpu_id": card, "stack": stack, "seq_len": length, "micro_batch_size": "4",
         "n_gpus": "8", "parallelism": "fsdp", "grad_checkpointing": checks}
        for model in ("Llama-2-7B", "Llama-3-8B", "Llama-2-13B")
        for card in ("A100-80GB-SXM", "H100-SXM")
        for stack in STACKS
        for length in ("1024", "4096")
        for checks in ("y", "n")
    ))  # fmt: skip


def test_speed_constants_of_synthetic_rows_come_back_through_the_real_formulas() -> None:
    table = synthetic()
    truth = {"speed.gemm.ampere": 0.8, "speed.stack.litgpt": 0.7, "speed.stack.llm-foundry": 1.08}
    observed = predict_speed(table, PRIORS.with_values(truth)).tokens_per_s_per_gpu
    found = fitted("throughput", PRIORS, table, observed, [True] * len(table), [str(i) for i in range(len(table))])
    after = figures("throughput", table, found)
    assert np.abs(np.log(after / observed)).max() < 0.03
    litgpt = found["speed.stack.litgpt"] / found["speed.stack.hf-trainer"]
    assert litgpt == pytest.approx(0.7 / PRIORS["speed.stack.hf-trainer"], rel=0.05)
    for name in ("speed.stack.maxtext", "speed.gemm.blackwell", "speed.dequantise", "speed.fp8"):
        constant = found.constants[name]
        assert (constant.value, constant.rows) == (constant.prior, 0), name
    assert all(c.rows == 0 for name, c in found.constants.items() if name.startswith("memory."))


def test_memory_constants_of_synthetic_rows_come_back_through_the_real_formulas() -> None:
    table = synthetic()
    truth = {"memory.logits.upcast": 14.0, "memory.kept": 1.3}
    observed = predict_memory(table, PRIORS.with_values(truth)).shown_gib
    found = fitted("memory", PRIORS, table, observed, [True] * len(table), [str(i) for i in range(len(table))])
    assert np.abs(np.log(figures("memory", table, found) / observed)).max() < 0.02
    assert found["memory.kept"] == pytest.approx(1.3, rel=0.05)
    assert found.constants["memory.kbit_boundary"].rows == 0


def test_rows_without_a_stack_move_nothing() -> None:
    table = rows(*({"stack": "", "seq_len": length} for length in ("512", "1024", "2048")))
    observed = 2.0 * predict_speed(table, PRIORS).tokens_per_s_per_gpu
    found = fitted("throughput", PRIORS, table, observed, [True] * 3, list("abc"))
    for name, constant in found.constants.items():
        assert constant.value == pytest.approx(constant.prior, rel=1e-6), name
