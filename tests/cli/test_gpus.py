"""`planner gpus`: how busy GPUs were, what idle costs and what would be cheaper."""

import json
from pathlib import Path

import pytest

from tests.cli.calls import run
from tests.gpu_metrics.metric_files import in_hours, plain_rows, steady, text_file

AT = "aws/p5.48xlarge@us-east-1"


@pytest.fixture
def metrics(tmp_path: Path) -> Path:
    work = in_hours(8, 18, steady(40, 0.2, 0.1, 20000))
    return text_file(tmp_path, plain_rows(work, hours=336, step_minutes=60, gpus=8, host="n|1\x1b[31m"))


def test_table_without_a_price(metrics: Path) -> None:
    done = run("gpus", metrics.name, cwd=metrics.parent)
    assert done.returncode == 0, done.stderr
    assert "a kernel was running (GPU_UTIL)" in done.stdout
    assert "1,888 (70.2 %)" in done.stdout
    assert "Cheaper" not in done.stdout
    assert "\x1b" not in done.stdout


def test_markdown_with_a_machine(metrics: Path) -> None:
    done = run("gpus", metrics.name, "--at", AT, "--format", "markdown", cwd=metrics.parent)
    assert done.returncode == 0, done.stderr
    assert "### Cheaper" in done.stdout
    assert "| n\\|1?[31m" in done.stdout
    assert "1 x aws/p5.48xlarge@us-east-1 (8x h100-sxm)" in done.stdout
    assert "Offers left out:" in done.stdout
    assert "do not add up" in done.stdout


def test_json_has_every_figure(metrics: Path) -> None:
    done = run("gpus", metrics.name, "--price", "$2", "--format", "json", cwd=metrics.parent)
    data = json.loads(done.stdout)
    assert data["idle_share"] == pytest.approx(118 / 168)
    assert data["present"]["usd_per_month"] == pytest.approx(8 * 2 * 730)
    assert data["present"]["idle_usd_per_month"] == pytest.approx(8 * 2 * 730 * 118 / 168)
    assert len(data["switching_off"][0]["off"]) == 118
    assert data["right_sizing"]["options"][0]["saved_usd_per_month"] > 0
    assert data["gpus"][0]["memory_copy"]["mean"] is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--at", "aws/p6@us-east-1"), "aws has no instance 'p6' on demand"),
        (("--price", "much"), "is not an amount of money"),
        (("--idle-below", "150 %"), "is more than 1"),
        (("--price", "2", "--load-limit", "0"), "nothing could carry any load"),
    ],
)
def test_bad_words(metrics: Path, words: tuple[str, ...], told: str) -> None:
    done = run("gpus", metrics.name, *words, cwd=metrics.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_a_bad_file_exits_2(tmp_path: Path) -> None:
    text_file(tmp_path, ["soon,0,40"], "timestamp,gpu,gpu_util")
    done = run("gpus", "metrics.csv", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "metrics.csv:2:1: is no time: 'soon'" in done.stderr
