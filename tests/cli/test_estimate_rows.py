"""`planner estimate --rows`: what is written, what is said beside it, and what is refused."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from planner.cli.main import cli
from planner.errors import ExitCode, InputError

ROWS = """model,gpu_id,n_gpus,method,stack,micro_batch_size,seq_len
Llama-2-7B,a100-80gb-sxm,1,lora,hf-trainer,2,1024
Llama-2-7B,a100-80gb-sxm,1,prompt_tuning,hf-trainer,2,1024
Llama-2-7B,a100-80gb-sxm,1,lora,hf-trainer,1e308,1024
"""


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS, "utf-8")
    return path


def estimate(*words: str) -> Result:
    return CliRunner().invoke(cli, ["estimate", *words], standalone_mode=False)


@pytest.mark.parametrize("what", ["memory", "throughput"])
def test_rows_come_back_in_order_with_a_figure_or_a_reason(rows: Path, what: str) -> None:
    done = estimate("--rows", str(rows), "--what", what)
    assert done.return_value == ExitCode.OK, done.exception
    first, second, third = csv.DictReader(io.StringIO(done.stdout))
    figure = next(name for name in first if name.startswith("pred_"))
    assert float(first[f"{figure.removesuffix('_gib')}_lo{'_gib' * (what == 'memory')}"]) < float(first[figure])
    assert (second[figure], second["pred_label"]) == ("", "")
    assert second["pred_reason"].startswith("method 'prompt_tuning' is not modelled")
    assert third["pred_reason"] == "micro_batch_size '1e308' is beyond any run"
    assert done.stderr.startswith("1 of 3 rows predicted\n")


def test_a_folder_is_no_place_for_rows(rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for place in (".", str(tmp_path)):
        done = estimate("--rows", str(rows), "--what", "memory", "-o", place)
        assert isinstance(done.exception, InputError)
        assert "it is a folder" in str(done.exception)


@pytest.mark.parametrize(
    "words", [("--set", "axes=null"), ("--override", "small"), ("--format", "json"), ("--model", "llama-2-7b")], ids=str
)
def test_what_only_a_scenario_has_is_refused_not_dropped(rows: Path, words: tuple[str, ...]) -> None:
    done = estimate("--rows", str(rows), "--what", "memory", *words)
    assert f"--rows goes without {words[0][2:]}" in str(done.exception)
