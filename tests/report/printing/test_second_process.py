"""The second process: the same bytes as without it, its failures told here, and no harm when it goes away."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.outcome import Plan
from planner.report import render as render_module
from planner.report.charts.charts import charts
from planner.report.charts.expected import expected
from planner.report.gather import report_data
from planner.report.printing.second_process import Helper, prepare
from planner.report.printing.template import find_template, template_at
from planner.report.printing.worker import WorkerLostError
from planner.report.render import FILES, contents_of, render
from tests.report.review.made_data import review_of
from tests.report.sample_plan import empty_plan, hostile_plan, sample_plan

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


def test_what_failed_leaves_nothing_behind_for_the_next(helper: Helper) -> None:
    helper.lay_out('<html lang="en"><title>a</title><p>a<img src="chart:never">')
    helper.draw("never", {"mark": "no such mark"})
    with pytest.raises(ValueError, match="Vega-Lite to SVG conversion failed"):
        helper.pictures()
    made, _ = contents_of(report_data(empty_plan()), TEMPLATE, ("pdf",), helper)
    assert made["pdf"] == contents_of(report_data(empty_plan()), TEMPLATE, ("pdf",))[0]["pdf"]


def test_charts_that_were_not_expected_are_printed_all_the_same(
    helper: Helper, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "template.yaml").write_text("summary: Two charts.\ncharts: [memory, cost]\n")
    (tmp_path / "report.html.j2").write_text(
        "<html lang='en'><head>{{ head }}<title>t</title></head>"
        "<body>{% for name in charts %}{{ charts[name] }}{% endfor %}</body></html>"
    )
    data, template = report_data(sample_plan()), template_at(tmp_path)
    expected_made, _ = contents_of(data, template, ("pdf",), helper)
    monkeypatch.setattr(render_module, "expected", lambda *_: ("memory", "gone"))
    assert contents_of(data, template, ("pdf",), helper)[0] == expected_made
    assert contents_of(data, template, ("pdf",))[0] == expected_made


@pytest.mark.parametrize("plan", [sample_plan, empty_plan, hostile_plan])
def test_the_charts_that_are_expected_are_those_that_are_drawn(plan: Callable[[], Plan]) -> None:
    data = report_data(plan())
    assert expected(data) == tuple(chart.name for chart in charts(data))
    assert expected(data, ["time", "front"]) == tuple(chart.name for chart in charts(data, ["time", "front"]))


def test_where_they_went_away_the_work_is_done_here() -> None:
    with prepare(["pdf"]) as lost:
        assert lost is not None
        for worker in lost.workers:
            os.kill(worker.number, signal.SIGKILL)
        made, _ = contents_of(report_data(sample_plan()), TEMPLATE, ("html",), lost)
        assert made["html"].startswith(b"<!doctype html>")
        with pytest.raises(WorkerLostError):
            lost.pdf()


def test_without_a_process_for_it_the_work_is_done_here() -> None:
    with prepare(["html"]) as draws:
        assert draws is not None
        made, _ = contents_of(report_data(empty_plan()), TEMPLATE, ("pdf",), draws)
    assert made["pdf"].startswith(b"%PDF-")


def test_where_they_cannot_start_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with prepare(["pdf"]) as found:
        assert found is None


@pytest.mark.parametrize(("outputs", "charts_there"), [(["md"], True), (["html", "json"], False)])
def test_they_start_only_for_what_is_slow(
    outputs: list[str], charts_there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    with prepare(outputs, charts=charts_there) as found:
        assert found is None


def test_what_draws_is_started_late_where_a_name_means_a_template_with_charts(tmp_path: Path) -> None:
    with prepare(["pdf"], charts=False) as found:
        assert found is not None
        assert len(found.workers) == 1
        render(review_of("made"), "executive", tmp_path, ["pdf"], found)
        assert len(found.workers) == 2
        ended = list(found.workers)
    assert (tmp_path / FILES["pdf"]).read_bytes().startswith(b"%PDF-")
    for worker in ended:
        with pytest.raises(ProcessLookupError):
            os.kill(worker.number, 0)
