"""LibreOffice reckons workbooks: they say what the plan says, also after inputs were changed in them."""

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from planner.export.xlsx.portfolio.sheets import SUMMARY
from planner.outcome.business_case import Case
from planner.outcome.portfolio import PortfolioPlan
from planner.planning.any_kind import case_scenario
from tests.export.asking import exported
from tests.export.xlsx.against import compared, differences, find, summary_cell
from tests.export.xlsx.made_case import HOSTILE, World, case, hostile_case, line, option, plain_case
from tests.export.xlsx.office import SOFFICE, changed, input_cells, opened, recalculated
from tests.kinds.business_case.asked import case_of
from tests.kinds.business_case.drawn_cases import case_from
from tests.kinds.portfolio.brute import tiny
from tests.kinds.portfolio.made import planned, portfolio, way
from tests.project.checkout import ROOT
from tests.report.portfolio.made_portfolio import PLANS, totals

pytestmark = [pytest.mark.real, pytest.mark.skipif(SOFFICE is None, reason="needs LibreOffice Calc")]
SEEDS = range(12)
EXAMPLES = sorted((ROOT / "scenarios" / "business-case").glob("*.yaml"))
MADE: dict[str, dict[str, float]] = {
    "plain": {}, "no rate": {"rate": 0.0, "growth": -0.3, "decline": 0.4, "months": 12},
    "little demand": {"months": 5, "predictions": 1.0},
}  # fmt: skip


def _paid(name: str, role: str = "other", **line: Any) -> dict[str, Any]:
    return {"name": name, "role": role, "costs": [{"name": "c", "category": "other", **line}]}


EDGES: dict[str, dict[str, Any]] = {
    "by its own income": {"options": [_paid("solo", once=3000) | {"income": [{"name": "x", "per_month": 500}]}]},
    "by the revenue": {"revenue": {"per_month": 900}},
    "an option without costs": {"options": [{"name": "nothing"}, _paid("pays", per_month=3)]},
    "a hundred years": {"horizon": 1200, "market": {"price_decline": 0.2}},
    "two rates": {"horizon": 24, "options": [
        {"name": "a", "role": "build", "costs": [
            {"name": "now", "once": 100, "category": "other"},
            {"name": "then", "once": 100, "at": 24, "category": "other"},
        ]},
        _paid("b", "buy", once=219, at=12),
    ]},
    "the same": {"options": [_paid("a", "build", per_month=0.1), _paid("b", "buy", per_month=0.1)]},
    "unknown": {"options": [_paid("a", "build", per_user=0.1), _paid("b", "buy", per_month=0.1)]},
}  # fmt: skip


def written(outcome: Case | PortfolioPlan) -> bytes:
    (content,) = exported("xlsx", outcome).files.values()
    return content


def reckoned(outcomes: Mapping[str, Case | PortfolioPlan], folder: Path) -> dict[str, Workbook]:
    return recalculated({name: written(outcome) for name, outcome in outcomes.items()}, folder)


def test_every_figure_is_the_case_s(tmp_path: Path) -> None:
    """Of cases reckoned by hand, and by the engine with all features."""
    made = {name: plain_case(**world) for name, world in MADE.items()}
    made |= {f"seed {seed}": case_of(**case_from(seed)) for seed in SEEDS}
    rich = len(made)
    made |= {name: case_of(**keys) for name, keys in EDGES.items()}
    books = reckoned(made, tmp_path)
    assert {name: differences(book, made[name]) for name, book in books.items()} == {name: [] for name in made}
    assert all(len(list(compared(books[name], made[name]))) > 70 for name in list(made)[:rich])


def test_the_examples_have_no_amount_that_is_fixed_and_no_other_figure(tmp_path: Path) -> None:
    made = {path.name: case_scenario(path) for path in EXAMPLES}
    assert len(made) > 1
    for one in made.values():
        assert [row[1].value for row in opened(written(one))["Lines"].iter_rows(min_row=4) if row[14].value] == []
    books = reckoned(made, tmp_path)
    assert {name: differences(book, made[name]) for name, book in books.items()} == {name: [] for name in made}


def test_all_inputs_may_be_changed_at_once(tmp_path: Path) -> None:
    """The case of the scenario with these numbers says the same as the workbook in which they were changed."""
    contents, others = dict[str, bytes](), dict[str, Case]()
    for seed in SEEDS:
        raw = case_from(seed)
        content = written(case_of(**raw))
        cells = input_cells(content)
        moved = {key: number * (0.93 if number <= 1 else 1.07) for key, (_, number) in cells.items()}
        assert len(moved) > 10
        contents[str(seed)] = changed(content, {cells[key][0]: number for key, number in moved.items()})
        others[str(seed)] = case_of(**with_numbers(raw, moved))
        assert others[str(seed)].options[0].cost_usd != case_of(**raw).options[0].cost_usd
    books = recalculated(contents, tmp_path)
    assert {name: differences(book, others[name]) for name, book in books.items()} == {name: [] for name in others}


def test_each_input_may_be_changed_by_itself(tmp_path: Path) -> None:
    raw = case_from(11)
    content = written(case_of(**raw))
    cells = dict(list(input_cells(content).items())[::3])
    books = recalculated({key: changed(content, {at: 0.9 * old}) for key, (at, old) in cells.items()}, tmp_path)
    for key, (_, old) in cells.items():
        other = case_of(**with_numbers(raw, {key: 0.9 * old}))
        assert differences(books[key], other) == [], key


def test_what_is_unknown_stays_unknown_until_it_is_told(tmp_path: Path) -> None:
    world = World(months=6)
    lines = {"a": [line("a", "x", None, last=6)], "b": [line("b", "y", 10.0, last=6)]}
    made = case(world, [option(world, name, lines[name]) for name in lines], "b", ("a", "b"), cheapest="b")
    content = written(made)
    told = changed(content, {"Lines!E4": 2.5})
    books = recalculated({"unknown": content, "told": told}, tmp_path)
    assert differences(books["unknown"], made) == []
    for name, cost, choice in (("unknown", "unknown", "unknown"), ("told", 15.0, "a")):
        assert summary_cell(books[name], "Total cost of ownership", 0) == cost
        assert summary_cell(books[name], "Total cost of ownership", 1) == 60.0
        assert summary_cell(books[name], "Choice", 0) == choice


def test_hostile_names_break_no_formula(tmp_path: Path) -> None:
    (book,) = reckoned({"hostile": hostile_case()}, tmp_path).values()
    assert errors(book) == []
    assert len(book.sheetnames) > len(HOSTILE)


def test_sums_of_portfolios(tmp_path: Path) -> None:
    makers: Mapping[str, Callable[[], PortfolioPlan]] = PLANS
    plans = {name: make() for name, make in makers.items() if name != "thousand"}
    for name, book in reckoned(plans, tmp_path).items():
        here = totals(plans[name].jobs)
        told = {
            "Jobs": here.jobs, "of them run, have started or are done": here.runs, "left out": here.left_out,
            "failed": here.failed, "Cost": here.cost_usd, "Value of what runs": here.value_usd,
            "Late jobs": here.late_jobs, "Hours late": here.late_hours,
            "Cost of lateness, with priorities": here.lateness_usd, "GPU hours": here.gpu_hours,
        }  # fmt: skip
        there = {words: book[SUMMARY].cell(find(book, SUMMARY, words, 0), 2).value for words in told}
        assert there == pytest.approx(told, rel=1e-9), name
        assert errors(book) == [], name


def errors(book: Workbook) -> list[str]:
    return [
        f"{page.title}!{cell.coordinate}: {cell.value}"
        for page in book for cells in page.iter_rows() for cell in cells if cell.data_type == "e"
    ]  # fmt: skip


def test_budgets_months_and_quotas_of_portfolios(tmp_path: Path) -> None:
    """What formulas make of the schedule is what the engine says is used of each."""
    plans = {"running": running_portfolio(), **{f"tiny {seed}": planned(*tiny(seed)) for seed in (1, 2, 5)}}
    for name, book in reckoned(plans, tmp_path).items():
        plan = plans[name]
        assert plan.budgets
        for row, budget in zip(book["Budgets"].iter_rows(min_row=4, values_only=True), plan.budgets, strict=True):
            assert row[6:8] == pytest.approx((budget.spent_usd, budget.limit_usd - budget.spent_usd)), name
        spent = {(one.team, one.month): one.spent_usd for one in plan.team_months if one.spent_usd}
        assert team_months(book) == pytest.approx(spent), name
        quotas = list(book["Quotas"].iter_rows(min_row=4, values_only=True))[::2]
        for row, quota in zip(quotas, plan.quotas, strict=True):
            assert row[2:4] == pytest.approx((quota.peak, quota.mean_share)), name


def team_months(book: Workbook) -> dict[tuple[str, str], float]:
    """Team and month → what is spent, without nothing."""
    page = book["Months"]
    first = find(book, "Months", "By team, what is done among it, failed attempts not", 0)
    heads = [str(cell.value) for cell in page[first]]
    found = dict[tuple[str, str], float]()
    for row in page.iter_rows(min_row=first + 1, values_only=True):
        for month, usd in zip(heads[3:], row[3:], strict=True):
            if isinstance(usd, int | float) and usd:
                found[str(row[1] or ""), month] = float(usd)
    return found


def running_portfolio() -> PortfolioPlan:
    """One is done, one runs, one is to come."""
    jobs = [{"name": name, "team": "lab"} for name in "abc"]
    states = [
        {"job": "a", "status": "done", "end": "2026-06-01T07:30", "spent": 33, "start": "2026-06-01T00:00"},
        {"job": "b", "status": "started", "start": "2026-06-01T08:00", "configuration": "b1"},
    ]
    scenario = portfolio(
        jobs, running={"now": "2026-06-01T09:00", "jobs": states}, quotas=[{"provider": "lambda", "gpus": 2}],
        teams=[{"name": "lab", "budgets": [{"amount": 100}]}],
    )  # fmt: skip
    return planned(scenario, {name: [way(f"{name}1", hours=8.0, usd=20.0)] for name in "abc"})


def with_numbers(raw: dict[str, Any], numbers: Mapping[str, float]) -> dict[str, Any]:
    """The scenario with other numbers, each where an input of its key was read from."""
    other = copy.deepcopy(raw)
    for key, number in numbers.items():
        *way_there, last = key.split(".")
        place: Any = other
        for name in way_there:
            place = next(one for one in place if one["name"] == name) if isinstance(place, list) else place[name]
        place[last] = number
    return other
