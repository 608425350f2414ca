"""The charts of a portfolio: bars where jobs run, marks where they are due, limits where they lie."""

import json
from typing import Any

import pytest

from planner.report.charts.portfolio_budgets import DRAWN, budgets_spec
from planner.report.charts.portfolio_charts import PORTFOLIO_CHARTS
from planner.report.charts.portfolio_front import front_spec
from planner.report.charts.portfolio_gantt import gantt_left, gantt_spec
from planner.report.charts.portfolio_lanes import layout_of
from planner.report.charts.portfolio_quotas import quota_spec
from planner.report.charts.sizes import Both
from planner.report.data.portfolio import PortfolioData
from planner.report.portfolio.page import portfolio_data
from tests.report.portfolio.made_portfolio import data_of, rich


@pytest.fixture(scope="module")
def data() -> PortfolioData:
    return data_of("rich")


def drawn(data: PortfolioData) -> dict[str, Both]:
    """Name of each chart that there is → its specs."""
    return {name: found for name, make in PORTFOLIO_CHARTS.items() if (found := make(data)) is not None}


def rows_of(spec: dict[str, Any] | None, name: str) -> list[dict[str, Any]]:
    """Rows of a dataset of a spec."""
    assert spec is not None
    found: list[dict[str, Any]] = spec["datasets"][name]
    return found


def test_there_is_a_chart_per_question(data: PortfolioData) -> None:
    assert list(drawn(data)) == [
        "portfolio-gantt", "portfolio-gantt-small", "portfolio-budgets", "portfolio-quota-1", "portfolio-quota-2",
        "portfolio-quota-3", "portfolio-front",
    ]  # fmt: skip
    assert list(drawn(data_of("minimal"))) == ["portfolio-gantt", "portfolio-gantt-small"]
    assert drawn(data_of("infeasible")) == {}
    assert len(data_of("few").steps) == sum(name.startswith("portfolio-quota") for name in PORTFOLIO_CHARTS) == 12


@pytest.mark.parametrize("name", ["running", "crowd"])
def test_every_dataset_is_used_and_none_is_empty(name: str) -> None:
    for specs in drawn(data_of(name)).values():
        for spec in specs:
            assert all(spec["datasets"].values())
            used = json.dumps([spec["layer"], spec.get("data")])
            assert all(f'{{"name": "{name}"}}' in used for name in spec["datasets"])


@pytest.mark.parametrize("name", ["portfolio-gantt", "portfolio-budgets", "portfolio-quota-1", "portfolio-front"])
def test_specs_are_what_vega_lite_allows(name: str) -> None:
    import altair as alt

    specs = PORTFOLIO_CHARTS[name](data_of("running"))
    assert specs is not None
    config = {key: value for key, value in specs[0]["config"].items() if key != "background"}
    alt.LayerChart.from_dict({**specs[0], "config": config, "data": {"values": []}})


def test_bars_reach_from_start_to_end_and_their_late_part_begins_at_the_deadline(data: PortfolioData) -> None:
    spec = gantt_spec(data.jobs, data.axis, "screen")
    bars = {row["name"]: row for row in rows_of(spec, "jobs")}
    assert (bars["summaries"]["at"], bars["summaries"]["end"]) == (32.0, 84.0)
    late = rows_of(spec, "late")
    assert [(row["name"], row["from"], row["end"]) for row in late] == [("ranker-large", 102.0, 128.0)]
    due = {row["row"]: row["at"] for row in rows_of(spec, "deadlines")}
    assert due[bars["ranker-large"]["id"]] == 102.0
    assert bars["bot-serving"]["id"] not in due
    assert [row["why"] for row in rows_of(spec, "closed")] == ["maintenance", "Christmas"]
    assert {row["provider"] for row in bars.values()} == {"AWS", "Lambda", "Hetzner", "CoreWeave"}
    told = json.dumps(spec)
    assert '"others"' not in told
    assert '"Europe/Berlin"' in told


def test_what_is_done_and_what_runs_look_different() -> None:
    data = data_of("running")
    spec = gantt_spec(data.jobs, data.axis, "screen")
    assert [row["standing"] for row in rows_of(spec, "jobs")].count("done") == 2
    assert "datum.standing === 'done'" in json.dumps(spec)
    assert "datum.standing === 'running'" in json.dumps(spec)
    assert rows_of(spec, "now") == [{"at": 60.0, "text": "now"}]
    for mark in ("pale bars are done", "thick outline", "the dashed line is now", "grey"):
        assert mark in data.sentences.gantt_legend
    assert "pale" not in data_of("rich").sentences.gantt_legend


def test_few_jobs_have_a_row_each_by_team_and_many_share_them() -> None:
    few = layout_of(data_of("rich").jobs, rows=60, lanes=150)
    assert [lane.name for lane in few.lanes if lane.heading] == ["research", "support", "platform"]
    assert all(len(lane.jobs) == 1 for lane in few.lanes if not lane.heading)
    jobs = data_of("crowd").jobs
    many = layout_of(jobs, rows=60, lanes=150)
    assert many.packed
    assert (many.drawn, many.left) == (293, 0)
    assert sorted(job.id for lane in many.lanes for job in lane.jobs) == sorted(job.id for job in jobs)
    for lane in many.lanes:
        assert len({job.team for job in lane.jobs}) == 1
        ends = [job.start_hours + (job.hours.value or 0) for job in lane.jobs]
        assert all(end <= after.start_hours + 1e-6 for end, after in zip(ends, lane.jobs[1:], strict=False))
    assert [lane.name for lane in many.lanes if lane.name] == sorted({job.team for job in jobs})


def test_where_there_is_no_room_the_late_and_the_dearest_are_drawn_and_it_is_said() -> None:
    jobs = data_of("crowd").jobs
    found = layout_of(jobs, rows=10, lanes=12)
    assert len(found.lanes) <= 12
    assert found.drawn + found.left == len(jobs)
    shown = {job.id for lane in found.lanes for job in lane.jobs}
    rest = [job for job in jobs if job.id not in shown]
    assert max(job.late_hours for job in rest) <= min(job.late_hours for job in jobs if job.id in shown)
    every = layout_of(jobs, rows=10, lanes=12, mixed=24)
    assert (every.left, len(every.lanes)) == (0, 24)
    assert {lane.name for lane in every.lanes} == {""}
    wide = [job for job in jobs for _ in range(3)]
    assert "jobs are drawn: those that are late first, then the dearest." in gantt_left(wide, "paper")
    assert gantt_left(data_of("rich").jobs, "paper") == ""
    assert gantt_left(jobs, "small").endswith("Jobs, of any team, that do not overlap share a row.")


@pytest.mark.parametrize("form", ["screen", "paper", "small"])
def test_a_chart_of_many_jobs_is_no_higher_than_its_page(form: Any) -> None:
    data = data_of("thousand")
    spec = gantt_spec(data.jobs, data.axis, form)
    assert spec is not None
    assert spec["height"] <= {"screen": 2_500, "paper": 850, "small": 190}[form]


def test_a_run_too_short_to_be_seen_is_drawn_longer_and_it_is_said() -> None:
    made = rich()
    run = made.jobs[0].run
    assert run is not None
    brief = made.jobs[0].model_copy(update={"run": run.model_copy(update={"hours": 0.1})})
    data = portfolio_data(made.model_copy(update={"jobs": [brief, *made.jobs[1:]]}))
    bar = rows_of(gantt_spec(data.jobs, data.axis, "screen"), "jobs")[0]
    assert bar["end"] - bar["at"] == pytest.approx(0.006 * data.axis.hours, abs=0.01)
    assert "drawn longer" in data.sentences.gantt_legend
    assert "drawn longer" not in portfolio_data(made).sentences.gantt_legend


def test_budgets_are_shares_of_their_limits(data: PortfolioData) -> None:
    rows = rows_of(budgets_spec(data.bullets), "budgets")
    first = rows[0]
    assert (first["name"], first["used"], first["held"], first["holds"]) == ("research in 2026-12", 88.0, 98.57, "71 %")
    assert next(row for row in rows if row["name"].startswith("platform"))["before"] == 6.67
    assert budgets_spec(()) is None
    many = data_of("few")
    assert len(rows_of(budgets_spec(many.bullets), "budgets")) == DRAWN
    assert many.sentences.budgets_chart == f"{DRAWN} of 52 budgets are drawn: the tightest."


def test_a_quota_is_steps_against_its_limit(data: PortfolioData) -> None:
    spec = quota_spec(data.steps[0], data.axis)
    rows = rows_of(spec, "quota")
    assert [(row["at"], row["used"], row["units"]) for row in rows[:3]] == [
        (0.0, 0.0, 8.0),
        (8.0, 8.0, 8.0),
        (120.0, 0.0, 8.0),
    ]
    assert rows[-1]["at"] == data.axis.hours
    assert json.dumps(spec).count('"interpolate": "step-after"') == 2
    assert quota_spec(None, data.axis) is None


def test_the_front_marks_the_plan_and_colours_by_quality(data: PortfolioData) -> None:
    spec = front_spec(data.dots)
    assert [row["name"] for row in rows_of(spec, "chosen")] == ["this plan"]
    assert len(rows_of(spec, "known")) == 4
    assert '"Lateness counts for, USD"' in json.dumps(spec)
    assert front_spec(data.dots[:1]) is None
    blind = rich().model_copy(update={"front": [one.model_copy(update={"quality": None}) for one in rich().front]})
    grey = front_spec(portfolio_data(blind).dots)
    assert grey is not None
    assert set(grey["datasets"]) == {"plain", "chosen", "named"}


def test_where_lateness_is_the_same_for_all_quality_stands_in_its_place() -> None:
    front = [one.model_copy(update={"lateness_usd": 0.0}) for one in rich().front]
    data = portfolio_data(rich().model_copy(update={"front": front}))
    spec = front_spec(data.dots)
    assert '"title": "Quality q"' in json.dumps(spec)
    assert [row["up"] for row in rows_of(spec, "plain")] == [0.66, 0.71, 0.71, 0.78]
    assert "upper left" in data.sentences.front_legend
    assert "lower left" in data_of("rich").sentences.front_legend
