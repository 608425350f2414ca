"""`planner traffic`: what a log says, as a table, as data and as the block of a scenario."""

import json
from pathlib import Path

import pytest
import yaml

from planner.scenario.traffic import Traffic
from planner.traffic import TokenLengths, told_traffic
from tests.cli.calls import run
from tests.traffic.logs import csv_log, every, plain

HEADER = "timestamp,input_tokens,output_tokens,tenant,conversation,user"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    rows = [f"{time},{100 + 90 * (i % 2)},50,a|b\x1b[31m,c{i // 2},u{i % 5}" for i, time in enumerate(every(300, 2016))]
    return csv_log(tmp_path, *rows, header=HEADER)


def test_table(log: Path) -> None:
    done = run("traffic", log.name, cwd=log.parent)
    assert done.returncode == 0, done.stderr
    assert "requests in the log" in done.stdout
    assert "2,016" in done.stdout
    assert "requests per conversation, mean" in done.stdout
    assert "23:00" in done.stdout
    assert "\x1b" not in done.stdout
    assert "log.csv: warning: users are those of the log" in done.stderr


def test_markdown(log: Path) -> None:
    done = run("traffic", log.name, "--format", "markdown", cwd=log.parent)
    assert "### Tenants" in done.stdout
    assert "| a\\|b?[31m |" in done.stdout


def test_json(log: Path) -> None:
    done = run("traffic", log.name, "--format", "json", cwd=log.parent)
    data = json.loads(done.stdout)
    assert len(data["requests_per_s"]) == 168
    assert data["conversation"]["turns"] == 2
    assert data["conversation"]["cached_tokens"] == 75
    assert data["repeats"] is None
    assert data["failed_share"] is None
    assert data["log"]["requests"] == 2016
    assert data["warnings"][0]["code"] == "log-short"


def test_yaml_is_the_block_of_a_scenario(log: Path) -> None:
    done = run("traffic", log.name, "--format", "yaml", cwd=log.parent)
    block = Traffic.model_validate(yaml.safe_load(done.stdout)["traffic"])
    found = told_traffic(
        requests_per_s=block.requests_per_second.mean,  # type: ignore[union-attr]
        peak_requests_per_s=block.requests_per_second.peak,  # type: ignore[union-attr]
        shape=block.shape,
        input_tokens=TokenLengths.told(block.input_tokens.mean, block.input_tokens.p95),  # type: ignore[union-attr]
        output_tokens=TokenLengths.told(block.output_tokens.mean, block.output_tokens.p95),  # type: ignore[union-attr]
        turns=block.turns.mean,  # type: ignore[union-attr]
        carries_history=False,
    )
    assert found.requests_per_month == pytest.approx(12 * 730, rel=0.01)
    assert found.peak_requests_per_s == pytest.approx(12 / 3600, rel=0.1)
    assert found.input_tokens.mean == 145
    assert block.shared_prefix_tokens == 75
    assert block.active_users == 5
    assert block.burstiness == pytest.approx(1.0)


def test_a_bad_log_exits_2_and_prints_nothing(tmp_path: Path) -> None:
    csv_log(tmp_path, *plain(["soon"] * 9))
    done = run("traffic", "log.csv", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "log.csv:2:1: is no time: 'soon'" in done.stderr
    assert "9 of 9 rows cannot be used (100.0 %)" in done.stderr


def test_relative_times_need_their_start(tmp_path: Path) -> None:
    csv_log(tmp_path, *[f"{60 * i},10,5" for i in range(100)])
    done = run("traffic", "log.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert "--start 2026-11-30" in done.stderr
    done = run("traffic", "log.csv", "--start", "2026-11-30", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2026-11-30 00:00 to 2026-11-30 01:39 UTC" in done.stdout
