"""Peers: from a row to a question, what a broken peer costs, and the figures. No peer is installed."""

import ast
import csv
import math
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import own_predictions
from tests.benchmarks.own_predictions import joined
from tests.benchmarks.peer_environments import FIGURE, FOLDER, ask, environment, peers
from tests.benchmarks.peer_questions import Question, Unasked, question
from tests.benchmarks.peer_rows import Case, cases, catalog_gpus
from tests.benchmarks.peer_scores import compare, fit_score, reasons, score
from tests.benchmarks.peers import table

GPUS = catalog_gpus()
LLAMA_2_7B = {
    "params_b": "6.738", "n_layers": "32", "hidden": "4096", "n_heads": "32", "n_kv_heads": "32",
    "ffn_hidden": "11008", "vocab": "32000",
}  # fmt: skip
LLAMA_3_2_1B = {
    "params_b": "1.236", "n_layers": "16", "hidden": "2048", "n_heads": "32", "n_kv_heads": "8",
    "ffn_hidden": "8192", "vocab": "128256",
}  # fmt: skip
PHI_2 = {
    "params_b": "2.78", "n_layers": "32", "hidden": "2560", "n_heads": "32", "n_kv_heads": "32",
    "ffn_hidden": "10240", "vocab": "51200",
}  # fmt: skip
MIXTRAL = {
    "params_b": "46.703", "n_layers": "32", "hidden": "4096", "n_heads": "32", "n_kv_heads": "8",
    "ffn_hidden": "14336", "vocab": "32000",
}  # fmt: skip
ROW = LLAMA_2_7B | {
    "source_id": "a source", "model": "Llama-2-7B", "gpu": "A100-80GB", "gpu_id": "A100-80GB-SXM", "n_gpus": "1",
    "method": "lora", "lora_rank": "", "lora_targets": "", "weight_precision": "bf16", "optimizer": "adamw",
    "parallelism": "none", "grad_checkpointing": "", "flash_attention": "", "micro_batch_size": "2",
    "seq_len": "2048", "loss_kernel": "", "peak_mem_gb_per_gpu": "20", "unit": "GiB", "kind": "measured",
    "fits": "y", "notes": "", "tokens_per_s_per_gpu": "",
}  # fmt: skip


def asked(**cells: str) -> Question:
    return question(ROW | cells, 7, "memory", GPUS)


def one_case(**cells: str) -> Case:
    return cases([ROW | cells], "memory", GPUS)[0]


# From a row to a question


def test_what_a_row_leaves_blank_is_what_stacks_do_by_default() -> None:
    found = asked()
    assert (found.id, found.method, found.params) == (7, "lora", 6_738_000_000)
    assert (found.rank, found.targets) == (16, ("q", "k", "v", "o"))
    assert (found.checkpointing, found.flash, found.fused_loss) == ("full", True, False)
    assert (found.gpus, found.sharding, found.card_gib) == (1, "none", 80)
    assert (found.optimizer, found.states, found.weights) == ("adamw", "", "bf16")


@pytest.mark.parametrize(
    ("model", "gated", "tied", "mixture"),
    [(LLAMA_2_7B, True, False, False), (LLAMA_3_2_1B, True, True, False), (PHI_2, False, False, False)],
)
def test_shape_follows_from_the_stated_parameters(
    model: dict[str, str], gated: bool, tied: bool, mixture: bool
) -> None:
    found = asked(**model)
    assert (found.gated, found.tied, found.mixture) == (gated, tied, mixture)


def test_a_mixture_of_experts_is_known_by_parameters_that_no_dense_count_reaches() -> None:
    assert asked(**MIXTRAL).mixture


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("q_proj,v_proj", "q v"),
        ("library DEFAULT (attention q,k,v projection)", "q k v"),
        ("c_attn (library DEFAULT)", "q k v"),
        ("qkv,o", "q k v o"),
        ("all linear", "q k v o gate up down"),
        ("*_proj (all attention and mlp)", "q k v o gate up down"),
        ("down_proj,gate_proj,up_proj", "gate up down"),
        ("q,k,v,o,mlp,lm_head", "q k v o gate up down head"),
        ("c_attn,c_proj,w1,w2 + embedding and lm_head trained", "q k v o gate up down head embedding"),
    ],
)
def test_targets(text: str, targets: str) -> None:
    assert asked(lora_targets=text).targets == tuple(targets.split())


@pytest.mark.parametrize(
    ("text", "gpus", "sharding"),
    [
        ("none", "1", "none"),
        ("fsdp", "1", "none"),
        ("none", "2", "ddp"),
        ("ddp8", "8", "ddp"),
        ("zero2", "4", "zero2"),
        ("fsdp SHARD_GRAD_OP (DEFAULT mixed precision)", "8", "zero2"),
        ("fsdp FULL_SHARD (PURE mixed precision)", "8", "zero3"),
        ("fsdp2", "2", "zero3"),
        ("fsdp FULL_SHARD+cpu offload", "8", "offload"),
        ("deepspeed cpu offload", "1", "offload"),
        ("megatron tp4 pp4 dp2", "32", "model-parallel"),
        ("device_map (layer split)", "2", "model-parallel"),
        ("fsdp8 tp8", "64", "model-parallel"),
        ("tp1 cp1", "8", "unknown"),
        ("", "8", "unknown"),
    ],
)
def test_sharding(text: str, gpus: str, sharding: str) -> None:
    assert asked(parallelism=text, n_gpus=gpus).sharding == sharding


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("", "bf16"),
        ("auto (checkpoint dtype)", "bf16"),
        ("amp_bf16 (printed bf16)", "mixed"),
        ("fp32 master, bf16 compute", "mixed"),
        ("fp32 master, amp_fp8", "fp8"),
        ("fp32", "fp32"),
        ("nf4-dq", "nf4-dq"),
        ("bnb-int4 (nf4 or fp4 not stated)", "nf4"),
        ("gptq-int4", "int4-ready"),
        ("int4 (prequantised checkpoint)", "int4-ready"),
        ("gptq-int8", "int8-ready"),
        ("int8", "int8"),
        ("aqlm-2bit", "2-bit"),
    ],
)
def test_weights(text: str, weights: str) -> None:
    assert asked(weight_precision=text).weights == weights


@pytest.mark.parametrize(
    ("text", "optimizer", "states"),
    [
        ("adamw (states in param dtype, bf16-true)", "adamw", "bf16"),
        ("adamw (fp32 states, distributed)", "adamw", "fp32"),
        ("adamw8bit (bitsandbytes)", "adamw-8bit", ""),
        ("paged adamw", "paged-adamw", ""),
        ("galore adamw8bit per-layer", "other", ""),
        ("paged adamw (bitsandbytes), optimizer step in backward", "other", ""),
    ],
)
def test_optimizer(text: str, optimizer: str, states: str) -> None:
    found = asked(optimizer=text)
    assert (found.optimizer, found.states) == (optimizer, states)


def test_other_cells() -> None:
    assert asked(method="pretrain").method == "full"
    assert asked(method="lora (dpo)").method == "other"
    assert asked(grad_checkpointing="selective op").checkpointing == "selective"
    assert asked(grad_checkpointing="n").checkpointing == "none"
    assert not asked(flash_attention="n").flash
    assert asked(gpu="V100-32GB/A10-24GB").card_gib == 0


def test_neither_notes_nor_what_was_measured_reaches_a_question() -> None:
    silent = {"notes": "", "peak_mem_gb_per_gpu": "", "unit": "", "fits": "", "tokens_per_s_per_gpu": ""}
    loud = {"notes": "rank 512, no checkpointing", "peak_mem_gb_per_gpu": "9", "unit": "GB", "fits": "OOM"}
    assert asked(**silent) == asked(**loud)


def test_a_row_without_an_architecture_is_not_asked_and_says_so() -> None:
    with pytest.raises(Unasked, match="the row states no n_layers"):
        asked(n_layers="")
    case = one_case(n_layers="")
    assert (case.question, case.unasked) == (None, "the row states no n_layers")


# Which rows count


@pytest.mark.parametrize(
    ("value", "unit", "gib"),
    [("20", "GiB", 20.0), ("20", "unknown", 20.0), ("20", "GB", 20e9 / 2**30), ("76", "GiB", None)],
)
def test_measured_memory_is_gib_and_a_peak_near_the_card_is_a_fit_only(
    value: str, unit: str, gib: float | None
) -> None:
    case = one_case(peak_mem_gb_per_gpu=value, unit=unit)
    assert case.measured == (pytest.approx(gib) if gib else None)
    assert case.fits is True


@pytest.mark.parametrize(
    "cells",
    [
        {"kind": "published-estimate"}, {"gpu": ""}, {"n_gpus": ""}, {"micro_batch_size": ""}, {"seq_len": ""},
        {"params_b": ""}, {"kind": "doubtful"},
        {"peak_mem_gb_per_gpu": "", "fits": ""},
    ],
)  # fmt: skip
def test_rows_that_do_not_count(cells: dict[str, str]) -> None:
    assert cases([ROW, ROW | cells], "memory", GPUS) == [one_case()]


# Asking a peer

FAKE = """
def answerer():
    def answer(asked):
        print("a peer may print what it likes")
        if asked["seq_len"] == 1:
            raise NotImplementedError("too short")
        if asked["seq_len"] == 2:
            raise ValueError("bad length 2\\nand more")
        if asked["seq_len"] == 3:
            import socket
            socket.create_connection(("192.0.2.1", 9), timeout=1)
        if asked["seq_len"] == 4:
            return {"gib": float("nan")}
        if asked["seq_len"] == 5:
            import os
            os._exit(3)
        return {"gib": asked["seq_len"] / 1024}
    return answer
"""


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    file = tmp_path / "fake.py"
    file.write_text(FAKE)
    return file


def test_a_peer_that_fails_on_rows_is_counted_for_each(fake: Path) -> None:
    lengths = ["2048", "1", "2", "3", "4", "1024"]
    rows = [ROW | {"seq_len": length} for length in lengths]
    asked_of = cases(rows, "memory", GPUS)
    answers = ask(fake, sys.executable, [case.question for case in asked_of if case.question])
    assert answers[0] == {"gib": 2.0}
    assert answers[5] == {"gib": 1.0}
    found = compare("memory", asked_of, answers, {})
    assert (found["rows"], found["answered"]) == (6, 2)
    assert found["reasons"] == [
        ("OSError: no network while peers answer", 1),
        ("ValueError: bad length N", 1),
        ("answered no finite number", 1),
        ("too short", 1),
    ]


def test_a_peer_that_dies_leaves_the_rest_counted(fake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [ROW | {"seq_len": length} for length in ("1024", "5", "2048")]
    asked_of = cases(rows, "memory", GPUS)
    answers = ask(fake, sys.executable, [case.question for case in asked_of if case.question])
    died = "the peer's process ended with 3"
    assert answers == {0: {"gib": 1.0}, 1: {"reason": died}, 2: {"reason": died}}
    assert "fake:" in capsys.readouterr().err


def test_the_naive_line_by_hand() -> None:
    """0.4 x 312 TFLOP/s over 4 x 6.738e9 FLOPs per token of LoRA, 6 x of full."""
    name = "constant_utilisation"
    rows = [
        ROW | {"method": "lora"},
        ROW | {"method": "full"},
        ROW | {"gpu_id": ""},
        ROW | MIXTRAL,
        ROW | {"weight_precision": "fp8", "gpu_id": "H100-SXM"},
    ]
    questions = [question(row, place, "throughput", GPUS) for place, row in enumerate(rows)]
    python = environment(name, peers()[name], Path("nowhere"))
    answers = ask(FOLDER / f"{name}.py", python, questions)
    assert answers[0]["tokens_per_s_per_gpu"] == pytest.approx(4630.45, abs=0.01)
    assert answers[1]["tokens_per_s_per_gpu"] == pytest.approx(3086.97, abs=0.01)
    assert answers[2] == {"reason": "card's peak unknown for these numbers"}
    assert answers[3] == {"reason": "mixture of experts: active parameters not stated"}
    assert answers[4]["tokens_per_s_per_gpu"] == pytest.approx(0.4 * 1978.9e12 / (4 * 6.738e9))


@pytest.mark.parametrize("name", peers())
def test_a_peer_says_what_it_is_and_pins_what_it_installs(name: str) -> None:
    peer = peers()[name]
    assert ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text("utf-8")))
    assert set(peer.ANSWERS) <= set(FIGURE)
    packages = [word for words in peer.INSTALLS for word in words if not word.startswith("--")]
    assert all(re.fullmatch(r"[\w-]+==[\w.+]+", package) for package in packages)
    assert any(package.startswith("torch==") for package in packages) == peer.HEAVY
    assert all(package.endswith("+cpu") for package in packages if package.startswith("torch==")), "CPU wheels only"


# Figures


def test_score_by_hand() -> None:
    found = score([10, 9, 22, 4], [10, 10, 20, 8], "memory")
    assert found.n == 4
    assert found.median_ape == pytest.approx(0.1)
    assert found.mape == pytest.approx((0 + 0.1 + 0.1 + 0.5) / 4)
    assert found.bias == pytest.approx(math.log(0.9 * 1.1 * 0.5) / 4)
    assert (found.within, found.under) == (0.75, 0.25)
    assert score([12], [10], "memory").within == 0
    assert score([12], [10], "throughput").within == 1


def test_fit_score_by_hand() -> None:
    found = fit_score([True, False, False, True, True], [True, True, False, False, True])
    assert (found.oom, found.oom_caught, found.fitting, found.fitting_passed) == (2, 1, 3, 2)


def test_reasons_that_differ_in_a_number_are_one() -> None:
    given = ["E: 1,024 of 2 - too many", "E: 7 of 9.5. Take fewer", "8-bit"]
    assert reasons(given) == [("E: N of N", 2), ("8-bit", 1)]


def test_both_sides_are_scored_on_the_same_rows() -> None:
    rows = [ROW, ROW | {"method": "full"}, ROW, ROW | {"peak_mem_gb_per_gpu": "", "fits": "OOM"}]
    asked_of = cases(rows, "memory", GPUS)
    theirs: dict[int, dict[str, Any]] = {
        0: {"gib": 22.0, "card_gib": 30.0}, 1: {"gib": 10.0, "card_gib": 90.0}, 2: {"reason": "a whim"},
        3: {"gib": 70.0, "card_gib": 81.0},
    }  # fmt: skip
    ours: dict[int, dict[str, Any]] = {
        0: {"gib": 20.0, "fit_prob": 0.9}, 1: {"reason": "no idea"}, 2: {"gib": 20.0, "fit_prob": 0.9},
        3: {"gib": 90.0, "fit_prob": 0.2},
    }  # fmt: skip
    found = compare("memory", asked_of, theirs, ours)
    assert (found["rows"], found["answered"], found["compared"]) == (3, 2, 1)
    assert list(found["errors"]) == ["all", "lora"]
    assert {who: errors["n"] for who, errors in found["errors"]["all"].items()} == {
        "peer": 1, "peer, with its margin": 1, "ours": 1,
    }  # fmt: skip
    assert found["errors"]["all"]["peer"]["mape"] == pytest.approx(0.1)
    assert found["errors"]["all"]["peer, with its margin"]["mape"] == pytest.approx(0.5)
    assert found["errors"]["all"]["ours"]["mape"] == 0
    assert (found["reasons"], found["our_reasons"]) == ([("a whim", 1)], [("no idea", 1)])
    assert found["fits"]["peer"] == {"oom": 1, "oom_caught": 1, "fitting": 1, "fitting_passed": 1}
    assert found["fits"]["ours"] == found["fits"]["peer"]
    text = "\n".join(table("A peer", "memory", found))
    assert "A peer, memory: answers 2 of 3 rows" in text
    assert "1 of them ours does not answer" in text
    assert "A peer, with its margin" in text
    assert "1 not answered: a whim" in text
    assert "caught 1 of 1 (100%) that ran out of memory" in text


def test_without_ours_the_peer_is_scored_alone() -> None:
    found = compare("memory", [one_case()], {0: {"gib": 22.0}}, {})
    assert list(found["errors"]["all"]) == ["peer"]
    assert found["compared"] == 1


def test_speed_is_also_told_by_family_of_gpu() -> None:
    speed = ROW | {"tokens_per_s_per_gpu": "1000"}
    asked_of = cases([speed, speed | {"gpu_id": "H100-SXM"}], "throughput", GPUS)
    answers = {place: {"tokens_per_s_per_gpu": 1200.0} for place in (0, 1)}
    found = compare("throughput", asked_of, answers, {})
    assert list(found["errors"]) == ["all", "lora", "on A100", "on H100"]
    assert found["errors"]["on H100"]["peer"]["within"] == 1


# Joining our own predictions

PREDICTED = ROW | {"pred_mem_gib": "21.5", "pred_fit_prob": "0.97", "pred_reason": ""}


def test_our_predictions_join_by_place() -> None:
    unknown = PREDICTED | {"pred_mem_gib": "nan", "pred_fit_prob": "", "pred_reason": "method unknown"}
    assert joined([PREDICTED, unknown], [ROW, ROW], "memory") == {
        0: {"gib": 21.5, "fit_prob": 0.97},
        1: {"reason": "method unknown"},
    }
    speed = ROW | {"pred_tokens_per_s_per_gpu": "3100"}
    assert joined([speed], [ROW], "throughput") == {0: {"tokens_per_s_per_gpu": 3100.0}}


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_our_predictions_are_read_from_what_the_planner_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_made = write(tmp_path / "hand-made.csv", [PREDICTED])
    stand_in = tmp_path / "planner.py"
    stand_in.write_text(
        "import shutil, sys\n"
        "assert sys.argv[1:3] == ['estimate', '--rows'] and sys.argv[4:7] == ['--what', 'memory', '-o']\n"
        f"shutil.copy({str(hand_made)!r}, sys.argv[7])\n"
    )
    monkeypatch.setattr(own_predictions, "PLANNER", (sys.executable, str(stand_in)))
    rows = write(tmp_path / "rows.csv", [ROW])
    assert own_predictions.ours(rows, "memory", tmp_path / "out.csv") == {0: {"gib": 21.5, "fit_prob": 0.97}}


def test_a_planner_that_fails_leaves_its_last_word(tmp_path: Path) -> None:
    found = own_predictions.ours(tmp_path / "none.csv", "memory", tmp_path / "out.csv")
    assert isinstance(found, str)
    assert found


def test_predictions_of_other_rows_are_refused() -> None:
    assert joined([PREDICTED], [ROW, ROW], "memory") == "1 predictions for 2 rows"
    assert joined([PREDICTED], [ROW | {"model": "Phi"}], "memory") == "prediction 1 is of another row"


def test_a_case_keeps_its_place_when_rows_before_it_do_not_count() -> None:
    found = cases([ROW | {"kind": "published-estimate"}, ROW], "memory", GPUS)[0]
    assert found.place == 1
    assert found.question is not None
    assert replace(found.question, id=7) == asked()
