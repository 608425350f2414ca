"""What an estimate rests on: rows of jobs like it, rows of other jobs, or belief alone."""

from dataclasses import replace

import numpy as np

from planner.catalog.constants import Band
from planner.estimate.standing import WIDER_OUTSIDE, WIDER_PRIOR, outside, outside_own, own_standing, standing
from tests.estimate.memory_cases import PRIORS

CALIBRATED = replace(
    PRIORS,
    known={"throughput/stack": ("hf-trainer",), "throughput/method": ("lora",), "throughput/generation": ("hopper",),
           "throughput/gpu": ("h100-sxm",)},
    seen={"throughput": {"parameters": (1e9, 7e10), "gpus": (1.0, 64.0)}},
)  # fmt: skip
LIKE = {"stack": "hf-trainer", "method": "lora", "generation": "hopper", "gpu": "h100-sxm"}
FIGURES = {"parameters": 7e9, "gpus": 8.0, "length_tokens": 1e9}


def test_a_job_like_the_rows_is_calibrated() -> None:
    found = standing(CALIBRATED, "throughput", LIKE, FIGURES)
    assert (str(found), found.wider) == ("calibrated", 1.0)


def test_a_job_outside_what_rows_cover_is_extrapolated_and_says_where() -> None:
    found = standing(CALIBRATED, "throughput", LIKE | {"gpu": "h200-sxm"}, FIGURES | {"gpus": 128.0})
    assert (found.word, found.wider) == ("extrapolated", WIDER_OUTSIDE)
    assert found.reasons == ("no rows of gpu h200-sxm", "128 GPUs, rows have 1 to 64")
    assert standing(CALIBRATED, "throughput", LIKE | {"method": "dora"}, FIGURES).word == "extrapolated"


def test_without_rows_of_the_stack_or_generation_it_is_a_prior() -> None:
    found = standing(CALIBRATED, "throughput", LIKE | {"stack": "", "gpu": "b200", "generation": "blackwell"}, FIGURES)
    assert (found.word, found.wider) == ("prior", WIDER_PRIOR)
    assert found.reasons == ("stack not stated or not known", "no rows of generation blackwell")


def test_rows_of_another_quantity_do_not_count() -> None:
    assert standing(CALIBRATED, "memory", LIKE, FIGURES).word == "prior"
    assert standing(PRIORS, "throughput", LIKE, FIGURES).reasons == ("no calibration",)


def test_which_of_many_jobs_lie_outside() -> None:
    figures = {"parameters": np.array([7e9, 1e12, 7e9]), "gpus": np.array([8.0, 8.0, 128.0])}
    assert outside(CALIBRATED, "throughput", figures).tolist() == [False, True, True]
    assert outside(PRIORS, "throughput", figures).tolist() == [False, False, False]


OWN = Band(-0.1, 0.1, 12, 0, ("lora",), (7e9, 9e9))


def test_own_runs_calibrate_jobs_by_their_method_and_about_their_size() -> None:
    found = own_standing(OWN, "lora", 13e9)
    assert (found.word, found.reasons, found.wider) == ("calibrated", (), 1.0)
    assert str(found) == "calibrated with 12 runs of yours"


def test_own_runs_by_another_method_or_of_far_smaller_models_are_extrapolated() -> None:
    found = own_standing(OWN, "full", 1e9)
    assert (found.word, found.wider) == ("extrapolated", WIDER_OUTSIDE)
    assert str(found) == (
        "extrapolated from 12 runs of yours: no run of yours by full; "
        "1e+09 parameters, runs of yours have 7e+09 to 9e+09"
    )


def test_own_runs_of_which_nothing_is_known_calibrate_everything() -> None:
    assert own_standing(Band(-0.1, 0.1, 12, 0), "full", 7e10).word == "calibrated"


def test_many_jobs_agree_with_each_alone() -> None:
    methods, sizes = ["full", "lora"], np.array([1e9, 3.5e9, 8e9, 18e9, 7e10])
    for index, method in enumerate(methods):
        found = outside_own(OWN, methods, np.full(len(sizes), index), sizes)
        assert found.tolist() == [own_standing(OWN, method, size).wider > 1.0 for size in sizes]
