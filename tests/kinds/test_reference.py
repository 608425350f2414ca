"""Quoted claims: only about jobs that the scenario considers, and never without our figure's reason to be missing."""

import pytest

from planner import plan
from planner.outcome import Plan

SCENARIO = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "claims"},
    "dataset": {"samples": 5_000, "tokens_per_sample": 400},
    "train": {"epochs": 1, "max_seq_len": 1024, "global_batch_size": 16},
    "hardware": {"gpus": ["h100-sxm"], "counts": [1]},
    "quality": {"task": "chat"},
    "objectives": ["cost", "time"],
}


def planned(model: str, method: str) -> Plan:
    return plan({**SCENARIO, "models": [model], "methods": [method]})


@pytest.mark.parametrize(("model", "method"), [("mistral-7b-v0.1", "lora"), ("qwen2.5-1.5b", "qlora")])
def test_another_method_or_size_has_none(model: str, method: str) -> None:
    found = planned(model, method)
    assert found.reference == []
    assert found.reference_assumed == ""


def test_a_job_of_the_same_method_and_size_has_claim_and_ours() -> None:
    found = planned("mistral-7b-v0.1", "qlora")
    assert {claim.figure for claim in found.reference} == {"hours", "cost_usd"}
    assert all(claim.job == "7B qlora, 1x A100, 10K samples" for claim in found.reference)
    assert "tokens per sample" in found.reference_assumed
    for claim in found.reference:
        if claim.ours is None:
            assert claim.note
        else:
            assert claim.ratio == pytest.approx(claim.ours / claim.claim)
    hours = [claim.ours for claim in found.reference if claim.figure == "hours"]
    assert all(h is not None and 0.2 < h < 5 for h in hours)
