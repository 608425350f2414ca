"""`planner init --kind SpendReview` finds bills and logs, and writes a review that can be read."""

import gzip
import io
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from planner.cli.init import scenario_text
from planner.cli.init_review import ReviewAnswers
from planner.planning import ReviewReady, read_ready
from tests.cli import calls

BILL = "BilledCost,EffectiveCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceName"


def init(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    with patch.object(sys, "stdin", io.StringIO()):
        return calls.run("init", "--kind", "SpendReview", *words, cwd=cwd)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "data/aws-1.csv": f"{BILL},ProviderName\n", "data/aws-2.csv": f"{BILL},ProviderName\n",
        "data/azure.csv": f"\ufeff{BILL},ProviderName,x_SkuMeterName\n",
        "data/trainings.csv": "run;gpu;gpu_count;start;end\n",
        "usage.jsonl": '{"ts": 1, "prompt_tokens": 3, "completion_tokens": 4}\n',
        "notes.csv": "who,what\n",
        ".hidden.csv": f"{BILL}\n", "data/deep/bill.csv": f"{BILL}\n", "rejected.csv": f"{BILL}\n",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "old.csv.gz").write_bytes(gzip.compress(f"{BILL},Tags\n".encode()))
    (tmp_path / "broken.csv.gz").write_bytes(b"\x1f\x8bno")
    return tmp_path


def ready(path: Path) -> ReviewReady:
    found = read_ready(path)
    assert isinstance(found, ReviewReady)
    return found


def test_it_finds_what_lies_there_and_makes_one_source_of_the_exports_of_one_bill(folder: Path) -> None:
    done = init("spent.yaml", "--budget", "$20,000", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "wrote spent.yaml\nnext: planner plan spent.yaml\n")
    text = (folder / "spent.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=SpendReview.schema.json\n")
    assert yaml.safe_load(text)["sources"] == [
        {"focus": "old.csv.gz"}, {"focus": ["data/aws-1.csv", "data/aws-2.csv"]}, {"focus": "data/azure.csv"},
        {"runs": "data/trainings.csv"}, {"requests": "usage.jsonl"},
    ]  # fmt: skip
    scenario = ready(folder / "spent.yaml").scenario
    assert (scenario.metadata.name, scenario.time_zone) == ("spent", "UTC")
    assert [(budget.name, budget.amount) for budget in scenario.budgets] == [("everything", 20_000.0)]
    assert not [path for path in folder.iterdir() if path.name.startswith(".") and path.suffix == ".yaml"]


def test_flags_say_everything(folder: Path) -> None:
    files = ["--bills", "data/a*.csv", "--runs", "none", "--request-logs", "none"]
    words = [*files, "--tag", "cost-team", "--time-zone", "Europe/Berlin"]
    done = init("here.yaml", "--name", "ours", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    scenario = ready(folder / "here.yaml").scenario
    assert (scenario.metadata.name, scenario.time_zone, scenario.budgets) == ("ours", "Europe/Berlin", [])
    assert scenario.attribution.dimensions["team"].tags == ["cost-team"]
    assert yaml.safe_load((folder / "here.yaml").read_text())["sources"] == [{"focus": "data/a*.csv"}]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--bills", "data/awss-1.csv"], "did you mean 'data/aws-1.csv'?"),
        (["--time-zone", "Europe/Berln"], "did you mean 'Europe/Berlin'?"),
        (["--budget", "12 parsecs"], "write for example $200"),
        (["--bills", "none", "--runs", "none", "--request-logs", "none"], "sources"),
        (["--model", "8B"], "--model: a scenario of the kind SpendReview says no such thing"),
    ],
)
def test_bad_answers_write_nothing(folder: Path, words: list[str], said: str) -> None:
    before = sorted(folder.rglob("*"))
    done = init("x.yaml", *words, cwd=folder)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert sorted(folder.rglob("*")) == before


def test_where_nothing_is_found_it_says_so(tmp_path: Path) -> None:
    done = init(cwd=tmp_path)
    assert done.returncode == 2
    assert "scenario.yaml is not written: sources[0].focus: no such file: 'bill.csv'" in " ".join(done.stderr.split())
    done = init("nowhere/x.yaml", cwd=tmp_path)
    assert "nowhere is no folder; a review names its bills by their paths from there" in " ".join(done.stderr.split())
    assert not list(tmp_path.iterdir())


NAMES = st.text(min_size=1, max_size=20).filter(lambda text: "," not in text and text.strip() not in ("", "none"))


@given(NAMES, NAMES, NAMES)
def test_any_text_is_read_back_as_it_was(name: str, bill: str, tag: str) -> None:
    read = yaml.safe_load(scenario_text(ReviewAnswers(name=name, bills=f"x{bill}x", tag=tag), Path("x.yaml")))
    assert (read["metadata"]["name"], read["sources"]) == (name, [{"focus": f"x{bill}x"}])
    assert read["attribution"]["dimensions"]["team"]["tags"] == [tag]
