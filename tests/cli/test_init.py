"""`planner init` writes what validates, and nothing over what is there."""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from planner.cli.init import Answers, command, scenario_text
from planner.planning import read_any, read_scenario
from planner.scenario.serving import Serving
from tests.cli import calls


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    with patch.object(sys, "stdin", io.StringIO()):
        return calls.run("init", *words, cwd=cwd)


def test_without_a_terminal_it_takes_the_defaults(tmp_path: Path) -> None:
    done = run(cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "wrote scenario.yaml\nnext: planner plan scenario.yaml\n"
    assert (tmp_path / "scenario.yaml").read_text().startswith("# yaml-language-server: $schema=FineTune.schema.json\n")
    ready = read_scenario(tmp_path / "scenario.yaml")
    assert not ready.warnings
    assert ready.scenario.constraints.max_cost_usd == 200


def test_flags_say_everything(tmp_path: Path) -> None:
    words = "--name tickets --model qwen2.5-7b --samples 50k --tokens 420 --budget none --providers aws,gcp --yes"
    done = run("here/it.yaml", *words.split(), "--deadline", "2 days", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    scenario = read_scenario(tmp_path / "here/it.yaml").scenario
    assert (scenario.metadata.name, scenario.models) == ("tickets", ["qwen2.5-7b"])
    assert (scenario.dataset.samples, scenario.dataset.tokens_per_sample) == (50_000, 420)
    assert (scenario.constraints.max_cost_usd, scenario.constraints.deadline_hours) == (None, 48)
    assert scenario.hardware.providers == ["aws", "gcp"]


def test_a_service_has_questions_of_its_own(tmp_path: Path) -> None:
    words = "--kind Serving --model llama-3.1-8b --requests 2M --input-tokens 900 --output-tokens 200 --budget $9000"
    done = run("chat.yaml", *words.split(), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "chat.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=Serving.schema.json\n")
    scenario = read_any(tmp_path / "chat.yaml").scenario
    assert isinstance(scenario, Serving)
    assert (scenario.metadata.name, scenario.models) == ("chat", ["llama-3.1-8b"])
    assert scenario.traffic.requests_per_month == 2_000_000
    assert scenario.constraints.max_cost_per_month == 9000


def test_what_the_other_kind_is_asked_is_refused(tmp_path: Path) -> None:
    done = run("--kind", "Serving", "--samples", "3k", "--yes", cwd=tmp_path)
    assert done.returncode == 2
    assert "--samples: a scenario of the kind Serving says no such thing" in done.stderr
    assert not list(tmp_path.iterdir())


def test_it_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text("mine\n")
    (tmp_path / "dangling.yaml").symlink_to(tmp_path / "nowhere")
    for name in ("scenario.yaml", "dangling.yaml"):
        done = run(name, "--yes", cwd=tmp_path)
        assert done.returncode == 2
        assert "is already there and stays as it is" in done.stderr
    assert (tmp_path / "scenario.yaml").read_text() == "mine\n"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--model", "lama-3.1-8b"], "did you mean 'llama-3.1-8b'?"),
        (["--budget", "12 parsecs"], "write for example $200"),
        (["--samples", ""], "is not a count"),
        (["--providers", "awz"], "did you mean 'aws'?"),
        (["--name", "No!"], "metadata.name"),
        (["--samples", "0"], "dataset.samples"),
    ],
)
def test_bad_answers_write_nothing(tmp_path: Path, words: list[str], said: str) -> None:
    done = run(*words, "--yes", cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_on_a_terminal_it_asks_until_the_answer_will_do(tmp_path: Path) -> None:
    terminal, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "planner.cli.main", "init", "asked.yaml", "--tokens", "300"],
        cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    os.write(terminal, b"\n7B\nmany\n9k\n$50\nnone\naws\n")
    told = b""
    while True:
        try:
            read = os.read(terminal, 4096)
        except OSError:
            break
        if not read:
            break
        told += read
    os.close(terminal)
    assert process.wait() == 0, told.decode()
    assert b"'many' is not a count" in told
    scenario = read_scenario(tmp_path / "asked.yaml").scenario
    assert scenario.metadata.name == "asked"
    assert (scenario.dataset.samples, scenario.dataset.tokens_per_sample) == (9000, 300)
    assert (scenario.constraints.max_cost_usd, scenario.constraints.deadline_hours) == (50, None)


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
@example("next line", "\x85")
def test_any_text_is_read_back_as_it_was(name: str, model: str) -> None:
    text = scenario_text(Answers(name=name, model=f"x{model}"), Path("x.yaml"))
    read = yaml.safe_load(text)
    assert (read["metadata"]["name"], read["models"]) == (name, [f"x{model}"])


def test_inside_the_checkout_editors_find_its_schema() -> None:
    runner = CliRunner()
    from planner.resources import ROOT

    assert scenario_text(Answers(), ROOT / "scenarios/x.yaml").startswith(
        "# yaml-language-server: $schema=../schemas/FineTune.schema.json\n"
    )
    assert "Example: planner init" in runner.invoke(command, ["--help"]).output
