"""The second process: the same bytes as without it, its failures told here, and no harm when it goes away."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.report.gather import report_data
from planner.report.printing.second_process import Helper, HelperLostError, prepare
from planner.report.printing.template import find_template, template_at
from planner.report.render import FILES, contents_of, render
from tests.report.sample_plan import empty_plan, sample_plan

TEMPLATE = find_template("technical")


@pytest.fixture(scope="module")
def helper() -> Iterator[Helper]:
    with prepare(["html", "pdf"]) as found:
        assert found is not None
        yield found


@pytest.mark.real
def test_the_same_bytes_as_alone_and_twice_in_a_row(helper: Helper, tmp_path: Path) -> None:
    for folder, by in (("alone", None), ("helped", helper), ("again", helper)):
        render(sample_plan(), "technical", tmp_path / folder, ["html", "pdf", "md", "json"], by)
    for name in FILES.values():
        assert len({(tmp_path / folder / name).read_bytes() for folder in ("alone", "helped", "again")}) == 1


def test_nothing_feasible_needs_no_charts(helper: Helper) -> None:
    made, notes = contents_of(report_data(empty_plan()), TEMPLATE, ("html", "pdf"), helper)
    assert made["pdf"].startswith(b"%PDF-")
    assert notes == []


def test_what_fails_over_there_is_told_here(helper: Helper, tmp_path: Path) -> None:
    (tmp_path / "report.html.j2").write_text("one\n{{ nowhere }}")
    with pytest.raises(InputError, match=r"report\.html\.j2:2: 'nowhere' is undefined"):
        contents_of(report_data(sample_plan()), template_at(tmp_path), ("pdf",), helper)


def test_where_it_went_away_the_work_is_done_here() -> None:
    with prepare(["pdf"]) as lost:
        assert lost is not None
        os.kill(lost.number, signal.SIGKILL)
        made, _ = contents_of(report_data(sample_plan()), TEMPLATE, ("html",), lost)
        assert made["html"].startswith(b"<!doctype html>")
        with pytest.raises(HelperLostError):
            lost.drawn()


def test_where_it_cannot_start_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with prepare(["pdf"]) as found:
        assert found is None


def test_it_starts_only_for_what_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    with prepare(["md"]) as found:
        assert found is None
