"""Run files: what they may look like, and what is told about the rows that cannot be true."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from planner.calibrate.run import Run
from planner.calibrate.run_columns import CONDITIONS, KNOWN, OUTCOMES, QUANTITIES
from planner.calibrate.run_rows import Row, read_run_files
from planner.calibrate.runs import understand
from planner.source import InvalidInput, render_all
from tests.calibrate.known_truth import CATALOG, runs, write

GOOD = runs(1)[0]
OUTCOME = ("provider", "tier", "running_hours", "preemptions", "task", "q", "predicted_q", "peak_mem_gib", "date")
BARE = {name: cell for name, cell in GOOD.items() if name not in OUTCOME}
"""Conditions and a speed."""


def one(**cells: str) -> tuple[list[Run], list[str]]:
    kept = {name: cell for name, cell in (BARE | cells).items() if cell}
    runs_, problems = understand([Row("runs.csv", 2, kept)], CATALOG)
    return runs_, [f"{problem.message}; {problem.hint}" for problem in problems]


def test_every_column_is_told_in_the_help() -> None:
    from planner.calibrate.run_columns import columns_help

    assert all(f"  {name} " in columns_help() for name in (*CONDITIONS, *OUTCOMES))
    assert set(QUANTITIES) <= set(KNOWN)


def test_csv_and_json_lines_say_the_same(tmp_path: Path) -> None:
    made = runs(4)
    table = write(tmp_path / "runs.csv", made)
    lines = tmp_path / "runs.jsonl"
    typed = [
        {name: float(cell) if cell.replace(".", "", 1).isdigit() else cell for name, cell in run.items()}
        for run in made
    ]
    lines.write_text("\n".join(map(json.dumps, typed)) + "\n\n")
    a, b = (understand(read_run_files([path]).rows, CATALOG)[0] for path in (table, lines))
    assert len(a) == len(b) == 4
    assert [run.tokens_per_s_per_gpu for run in a] == [run.tokens_per_s_per_gpu for run in b]
    assert [run.condition for run in a] == [run.condition for run in b]
    assert [run.row.line for run in a] == [2, 3, 4, 5]
    assert [run.row.line for run in b] == [1, 2, 3, 4]


def test_speed_may_be_told_in_three_ways() -> None:
    (direct,), _ = one(tokens_per_s_per_gpu="1000", n_gpus="2", parallelism="ddp", grad_accum="4", micro_batch_size="2")
    tokens = 2 * 2048 * 4
    same = {"n_gpus": "2", "parallelism": "ddp", "grad_accum": "4", "micro_batch_size": "2", "tokens_per_s_per_gpu": ""}
    (step,), _ = one(step_s=f"{tokens / 1000}", **same)
    (spelled,), _ = one(step_s=f"{tokens / 1000} s", **same)
    (whole,), _ = one(train_hours="2 h", tokens_total=f"{1000 * 2 * 7200}", **same)
    speeds = [run.tokens_per_s_per_gpu for run in (direct, step, spelled, whole)]
    assert speeds == pytest.approx([1000.0] * 4)


def test_units_may_be_written() -> None:
    (run,), problems = one(
        peak_mem_gib="20 GB", provider="GCP", listed_usd_per_hour="$2", cost_usd="$9", billed_hours="5 h"
    )
    assert not problems
    assert run.memory_gib == pytest.approx(20e9 / 2**30)
    assert run.machine == "gcp/on_demand"
    assert run.paid_usd == pytest.approx(1.8)


def test_names_resolve_as_elsewhere() -> None:
    (run,), problems = one(gpu_id="L40S", model="Qwen/Qwen2.5-7B")
    assert not problems
    assert run.condition is not None
    assert CATALOG.gpus[run.condition.gpu].id == "l40s"


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"model": "qwen2.5-77b"}, "model 'qwen2.5-77b' is not in the catalog; did you mean 'qwen2.5-7"),
        ({"gpu_id": "l40x"}, "gpu_id 'l40x' is not in the catalog; did you mean 'l4"),
        ({"gpu_id": "a100"}, "gpu_id 'a100' means several cards; say which: a100-40gb-sxm, a100-40gb-pcie"),
        ({"stack": "unslot"}, "stack 'unslot' is not in the catalog; did you mean 'unsloth'?"),
        ({"stack": ""}, "stack is not given"),
        ({"method": "rlhf"}, "method 'rlhf' is not modelled"),
        ({"n_gpus": "-1"}, "n_gpus '-1' is not a positive number"),
        ({"seq_len": "long"}, "seq_len 'long' is not a number"),
        ({"tokens_per_s_per_gpu": "-5"}, "tokens_per_s_per_gpu '-5' is not above 0"),
        ({"tokens_per_s_per_gpu": "inf"}, "'inf' is not a finite number"),
        ({"tokens_per_s_per_gpu": "1e9"}, "impossible: 1000000000 tokens/s per GPU is over the peak of the card"),
        ({"tokens_per_s_per_gpu": "", "train_hours": "3"}, "tokens_total must stand beside train_hours"),
        ({"tokens_per_s_per_gpu": ""}, "no outcome"),
        ({"peak_mem_gib": "20 Gb/s"}, "'20 Gb/s' is not a memory; write for example 80 GiB"),
        ({"peak_mem_gib": "47.9 TB"}, "more than the card has (48 GiB)"),
        ({"peak_mem_gib": "1.5 GiB"}, "impossible: a peak of 1.5 GiB, and the weights alone take"),
        ({"peak_mem_gib": "20", "metric": "top"}, "metric 'top' is not one of alloc, reserved, nvsmi"),
        ({"provider": "gcq", "listed_usd_per_hour": "2", "paid_usd_per_hour": "1"}, "did you mean 'gcp'?"),
        ({"provider": "gcp", "paid_usd_per_hour": "1"}, "listed_usd_per_hour must stand beside what was paid"),
        ({"provider": "gcp", "listed_usd_per_hour": "2", "cost_usd": "3"}, "billed_hours must stand beside cost_usd"),
        ({"provider": "gcp", "listed_usd_per_hour": "2", "paid_usd_per_hour": "200"}, "one of them is in another unit"),
        ({"provider": "gcp", "tier": "spot", "preemptions": "1"}, "running_hours must stand beside preemptions"),
        (
            {"provider": "gcp", "tier": "spot", "preemptions": "1.5", "running_hours": "3"},
            "preemptions '1.5' is no whole number",
        ),
        ({"provider": "gcp", "preemptions": "1", "running_hours": "3"}, "not spot; say tier: spot"),
        ({"provider": "gcp", "tier": "cheap", "preemptions": "1", "running_hours": "3"}, "tier 'cheap' is not one of"),
        ({"task": "talk", "q": "0.5", "predicted_q": "0.4"}, "there are: chat"),
        ({"task": "chat", "q": "61", "predicted_q": "0.4"}, "q '61' is not between 0 and 1"),
        ({"task": "chat", "q": "0.6"}, "predicted_q must stand beside what came out"),
        ({"task": "chat", "score": "61", "predicted_q": "0.4"}, "benchmark must stand beside score"),
        ({"task": "chat", "score": "161", "benchmark": "MMLU", "predicted_q": "0.4"}, "over the ceiling of MMLU"),
        ({"task": "chat", "q": "0.6", "configuration": "abc"}, "name the plan.json with --plan"),
        ({"date": "last week"}, "date 'last week' is no day"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_is_told(cells: dict[str, str], told: str) -> None:
    runs_, problems = one(**cells)
    assert not runs_
    assert told in "\n".join(problems)


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    _, problems = one(model="nothing", gpu_id="nowhere", stack="nohow", n_gpus="0", date="never")
    assert len(problems) == 5


def test_a_preemption_in_no_time_and_none_at_all() -> None:
    (run,), problems = one(provider="gcp", tier="spot", preemptions="0", running_hours="5", tokens_per_s_per_gpu="")
    assert not problems
    assert (run.preemptions, run.running_hours, run.condition) == (0.0, 5.0, None)


def test_a_score_in_points_becomes_q() -> None:
    (run,), _ = one(task="knowledge", score="62.5", benchmark="mmlu", predicted_q="0.4")
    assert [run.q, run.predicted_q] == pytest.approx([0.5, 0.4])


def test_a_peak_near_the_size_of_the_card_says_nothing_about_the_formulas() -> None:
    (run,), problems = one(peak_mem_gib="47.5")
    assert not problems
    assert math.isnan(run.memory_gib)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "has no header"),
        ("a,b\n1,2\n", "names none of the columns"),
        ("model,model\n1,2\n", "columns given twice: model"),
        ('model,gpu\n"a,b\n', "is not CSV"),
        ("model,gpu\n\udce9,1\n", "is not UTF-8 text"),
    ],
)
def test_a_file_that_is_none_is_refused(content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(InvalidInput) as caught:
        read_run_files([path])
    assert told in str(caught.value)


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(InvalidInput, match="cannot be read: No such file"):
        read_run_files([Path("nowhere/runs.csv")])


def test_broken_rows_are_told_by_line_and_the_others_read(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_text("# ours\n# of 2026\nmodel,gpu,colour\nqwen2.5-7b,l40s,red\nqwen2.5-7b\n\nqwen2.5-7b,l4,blue\n")
    read = read_run_files([path])
    assert [row.line for row in read.rows] == [4, 7]
    assert [(p.message, p.span.line if p.span else 0) for p in read.problems] == [
        ("1 cells where 3 columns are named", 5)
    ]
    assert read.remarks == [f"{path}: columns that are not read: 'colour'"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"q": NaN}', "NaN is no number"),
        ('{"q": 1, "q": 2}', "'q' is given twice"),
        ("[1]", "is no JSON object"),
        ("{q: 1}", "is not JSON"),
        ('{"model": ["a"]}', "lists and objects inside a run mean nothing: model"),
    ],
)
def test_broken_lines_of_json_are_told(line: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    path.write_text('{"q": 0.5}\n' + line + "\n")
    read = read_run_files([path])
    assert len(read.rows) == 1
    (problem,) = read.problems
    assert told in problem.message
    assert problem.span is not None
    assert problem.span.line == 2


def test_a_slip_in_a_column_is_seen(tmp_path: Path) -> None:
    path = write(tmp_path / "runs.csv", [BARE | {"peak_mem_gb": "20"}])
    assert "'peak_mem_gb' (did you mean 'peak_mem_gib'?)" in read_run_files([path]).remarks[0]


def test_the_place_of_a_problem_is_its_cell() -> None:
    made = BARE | {"model": "nothing"}
    text = ",".join(made.values())
    _, problems = understand([Row("runs.csv", 2, made, text)], CATALOG)
    told = render_all(problems, {"runs.csv": f"{','.join(made)}\n{text}\n"})
    assert "runs.csv:2:1: model 'nothing' is not in the catalog" in told
    assert "^^^^^^^" in told


def test_digest_of_several_files_depends_on_their_order(tmp_path: Path) -> None:
    a, b = write(tmp_path / "a.csv", runs(1)), write(tmp_path / "b.csv", runs(2))
    digests = {read_run_files(paths).digest for paths in ([a], [b], [a, b], [b, a])}
    assert len(digests) == 4
    assert all(len(digest) == 64 for digest in digests)


def test_nothing_is_lost_between_file_and_run() -> None:
    (run,), _ = understand([Row("runs.csv", 2, runs(1)[0])], CATALOG)
    numbers = (run.tokens_per_s_per_gpu, run.memory_gib, run.preemptions, run.running_hours, run.q, run.predicted_q)
    assert np.isfinite(numbers).all()
    assert (run.machine, run.task, run.date) == ("gcp/spot", "chat", "2026-01-10")
