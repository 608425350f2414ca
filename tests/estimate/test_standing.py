"""What an estimate rests on: rows of jobs like it, rows of other jobs, or belief alone."""

from dataclasses import replace

import numpy as np

from planner.estimate.standing import WIDER_OUTSIDE, WIDER_PRIOR, outside, standing
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
