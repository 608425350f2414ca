"""`planner report`: files are placed all or nothing, what is no plan is told; progress and `--open`."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from planner.cli import making as making_module
from planner.cli import progress
from planner.cli.making import Making
from planner.cli.opening import open_first
from planner.cli.progress import Screen
from planner.report.render import render
from tests.report.sample_plan import sample_plan

from .calls import SMALL, run


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "plan.json").write_text(sample_plan().model_dump_json())
    return tmp_path


def test_a_folder_in_the_way_of_one_file_leaves_all_as_they_were(here: Path) -> None:
    (here / "out" / "executive.json").mkdir(parents=True)
    (here / "out" / "executive.md").write_text("old")
    done = run("report", "plan.json", "-t", "executive", "-f", "md,json", "-o", "out", cwd=here)
    assert done.returncode == 2
    assert "error: cannot write out/executive.json: Is a directory" in done.stderr
    assert (here / "out" / "executive.md").read_text() == "old"
    assert sorted(path.name for path in (here / "out").iterdir()) == ["executive.json", "executive.md"]


def test_a_new_folder_is_made_and_one_below_a_file_refused(here: Path) -> None:
    assert run("report", "plan.json", "-f", "md", "-o", "new/er", cwd=here).returncode == 0
    assert (here / "new/er/summary.md").is_file()
    done = run("report", "plan.json", "-f", "md", "-o", "plan.json/out", cwd=here)
    assert done.returncode == 2
    assert "cannot write plan.json/out" in done.stderr


def test_a_template_that_is_called_plan_leaves_the_plan_alone(here: Path) -> None:
    (here / "mine" / "plan").mkdir(parents=True)
    (here / "mine" / "plan" / "report.md.j2").write_text("mine")
    before = (here / "plan.json").read_bytes()
    assert run("report", ".", "--templates", "mine", "-t", "plan", "-f", "md,json", cwd=here).returncode == 0
    assert (here / "plan.json").read_bytes() == before
    assert (here / "plan-report.json").is_file()


def without_cost(data: dict[str, Any]) -> dict[str, Any]:
    del data["front"][0]["cost_usd"]
    return data


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data | {"planner": {"version": "0.0.1"}, "key": 1}, "planner 0.0.1 made it): key: Extra inputs"),
        (without_cost, "not a plan of fine-tuning of this version: front.0.cost_usd: Field required; plan the"),
        (lambda data: data | {"planner": {"version": "\x1b[2J" * 99}, "key": 1}, "made it): key"),
        (lambda _: [], "plan.json: no plan; expected the plan.json that"),
    ],
)
def test_what_is_no_plan_of_ours_is_told(here: Path, change: Callable[[dict[str, Any]], object], said: str) -> None:
    (here / "plan.json").write_text(json.dumps(change(json.loads((here / "plan.json").read_text()))))
    done = run("report", ".", "-f", "md", cwd=here)
    assert done.returncode == 2
    assert said in done.stderr
    assert "\x1b" not in done.stderr
    assert [path.name for path in here.iterdir()] == ["plan.json"]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"{", "not JSON"), (b"\xff\xfe\x00", "not JSON"), (None, "plan.json: No such file or directory")],
)
def test_a_broken_file_and_a_folder_without_plan_are_told(here: Path, content: bytes | None, said: str) -> None:
    (here / "plan.json").unlink()
    if content is not None:
        (here / "plan.json").write_bytes(content)
    done = run("report", ".", "-f", "md", cwd=here)
    assert done.returncode == 2
    assert said in done.stderr


def test_rendering_says_what_it_is_at(tmp_path: Path) -> None:
    told: list[str] = []
    render(sample_plan(), "executive", tmp_path, ("html", "md"), tell=told.append)
    assert told == ["gathering figures", "drawing charts", "writing the page"]


class Watched(Screen):
    """A terminal that says when something was drawn."""

    def __init__(self) -> None:
        super().__init__({})
        self.terminal = True
        self.shown = threading.Event()

    def draw(self, text: str) -> None:
        super().draw(text)
        self.shown.set()


def test_the_line_is_drawn_while_something_is_made_and_cleared_after(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "AFTER_S", 0.0)
    monkeypatch.setattr(making_module, "LOOK_S", 0.001)
    screen = Watched()
    doing = Making("bot", screen, show=True)
    doing("drawing charts")
    assert screen.shown.wait(30)
    doing.end()
    told = capsys.readouterr()
    assert "bot: drawing charts, 0 s" in told.err
    assert told.err.endswith("\r"), "the code that clears the line is for terminals alone"
    assert told.out == ""
    doing.end()
    assert capsys.readouterr().err == "", "there is nothing to clear any more"


def test_without_a_terminal_nothing_is_drawn(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "AFTER_S", 0.0)
    monkeypatch.setattr(making_module, "LOOK_S", 0.0001)
    done = run("report", "plan.json", "-t", "executive", "-f", "html", cwd=here)
    assert done.stderr == "wrote executive.html\n"


class TestOpen:
    """`--open` and what it does where nothing can be shown."""

    @pytest.fixture
    def launched(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        asked: list[str] = []

        def launch(url: str) -> int:
            asked.append(url)
            return 0

        monkeypatch.setattr(click, "launch", launch)
        return asked

    def test_the_page_is_opened_not_the_plan(self, tmp_path: Path, launched: list[str]) -> None:
        (tmp_path / "small.yaml").write_text(SMALL)
        words = ["plan", "small.yaml", "-t", "comment", "--outputs", "json,md", "--open", "-q"]
        done = run(*words, cwd=tmp_path, DISPLAY=":0")
        assert done.returncode == 0, done.stderr
        assert launched == [str(tmp_path / "reports/small/summary.md")]

    def test_of_several_the_list_is_opened(self, tmp_path: Path, launched: list[str]) -> None:
        (tmp_path / "s").mkdir()
        (tmp_path / "s" / "small.yaml").write_text(SMALL.replace("$100", "$0.01"))
        done = run("plan", "s", "-t", "executive", "--outputs", "html", "--open", "-q", cwd=tmp_path, DISPLAY=":0")
        assert done.returncode == 3, done.stderr
        assert launched == [str(tmp_path / "reports/index.html")]

    def test_of_a_report_the_page_comes_first(self, here: Path, launched: list[str]) -> None:
        run("report", "plan.json", "-t", "executive", "-f", "md,html", "--open", cwd=here, DISPLAY=":0")
        assert launched == [str(here / "executive.html")]

    def test_without_a_desktop_or_a_report_there_is_a_warning(
        self, launched: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        open_first([Path("plan.csv")], {"DISPLAY": ":0"})
        assert capsys.readouterr().err == "warning: --open: no report was written\n"
        monkeypatch.setattr("sys.platform", "linux")
        open_first([Path("a.pdf")], {})
        assert capsys.readouterr().err == "warning: --open: nothing here shows a.pdf\n"
        assert launched == []
        monkeypatch.setattr(click, "launch", lambda _: 1)
        open_first([Path("a.pdf")], {"BROWSER": "none"})
        assert capsys.readouterr().err == "warning: --open: nothing here shows a.pdf\n"
