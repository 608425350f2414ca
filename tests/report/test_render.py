"""Rendering into a folder: all or nothing, notes for what is missing, templates found by listing."""

import sys
from pathlib import Path

import pytest

from planner.errors import InputError, SetupError
from planner.report import render as rendering
from planner.report.gather import report_data
from planner.report.printing import template as templates
from planner.report.printing.page import fill
from planner.report.printing.template import list_templates, template_at
from planner.report.render import render

from .sample_plan import sample_plan


def test_everything_is_written_where_it_was_asked_for(tmp_path: Path) -> None:
    written, notes = render(sample_plan(), "technical", tmp_path / "new", ["html", "pdf", "md"])
    assert [path.name for path in written] == ["report.html", "report.pdf", "summary.md"]
    assert notes == []
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["report.html", "report.pdf", "summary.md"]
    assert (tmp_path / "new" / "report.html").stat().st_mode & 0o777 == 0o644


def test_without_weasyprint_the_rest_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    (tmp_path / "report.pdf").write_bytes(b"old")
    written, notes = render(sample_plan(), "technical", tmp_path, ["pdf", "md"])
    assert [path.name for path in written] == ["summary.md"]
    assert notes[0].startswith("PDF left out: ")
    assert notes[1].endswith("is from an earlier run")
    with pytest.raises(SetupError, match="PDF left out"):
        render(sample_plan(), "technical", tmp_path, ["pdf"])


def test_without_altair_the_tables_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    written, notes = render(sample_plan(), "technical", tmp_path, ["html"])
    assert len(written) == 1
    assert notes[0].startswith("charts left out: ")
    assert "charts left out: " in written[0].read_text()


def test_nothing_is_left_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "summary.md").write_text("before")

    def fail(self: Path, target: Path) -> None:
        message = "no space left"
        raise OSError(message)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no space left"):
        render(sample_plan(), "technical", tmp_path, ["md"])
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("summary.md", "before")]


def test_a_failure_while_making_touches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        message = "broken"
        raise RuntimeError(message)

    monkeypatch.setattr(rendering, "_text", fail)
    with pytest.raises(RuntimeError, match="broken"):
        render(sample_plan(), "technical", tmp_path / "new", ["md"])
    assert not (tmp_path / "new").exists()


def test_templates_are_folders_with_a_page() -> None:
    assert "technical" in [t.name for t in list_templates()]


@pytest.mark.parametrize("name", ["nope", "", "TECHNICAL", "shared", "check"])
def test_other_names_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown template"):
        render(sample_plan(), name, tmp_path, ["md"])


def test_unknown_outputs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown output 'docx'; choose from html, pdf, md, json"):
        render(sample_plan(), "technical", tmp_path, ["docx"])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("one\n{{ nowhere }}", r"mine/report\.html\.j2:2: 'nowhere' is undefined"),
        ("{{ report.title.nowhere }}", r"mine/report\.html\.j2:1: .*report\.title has no 'nowhere'"),
        ("one\n\n{% if %}", r"mine/report\.html\.j2:3: "),
        ("{% include '../secret.txt' %}", r"mine/report\.html\.j2:1: "),
        ("{{ report.__class__.__mro__ }}", r"mine/report\.html\.j2:1: .*unsafe"),
        ("{{ ''.__class__ }}", r"mine/report\.html\.j2:1: .*unsafe"),
    ],
)
def test_a_broken_template_is_named_with_its_line(text: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "mine" / "report.html.j2").write_text(text)
    with pytest.raises(InputError, match=complaint):
        fill(template_at(tmp_path / "mine"), report=report_data(sample_plan()))


def test_without_a_templates_folder_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(templates, "TEMPLATES", tmp_path / "none")
    assert list_templates() == ()
