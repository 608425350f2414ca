"""Which template prints a serving plan, and what its page and paper hold; hostile names stay names."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.outcome.serving_plan import ServingPlan
from planner.report.printing.page import fill, markup
from planner.report.printing.template import find_template, fitting
from planner.report.reading import read_any_plan, read_plan
from planner.report.render import render
from planner.report.sections.thinning import TABLE_ROWS
from planner.report.serving.page import serving_data
from planner.report.serving.paper import BESIDE_ROWS, on_paper
from tests.conftest import Golden
from tests.report.sample_plan import sample_plan
from tests.report.sample_serving import (
    apis_alone,
    empty_serving_plan,
    hostile_serving_plan,
    large_serving_plan,
    serving_plan,
)

PLANS = {"sample": serving_plan, "hostile": hostile_serving_plan, "empty": empty_serving_plan, "apis": apis_alone}


def page_of(plan: ServingPlan, name: str = "serving", *, paper: bool = False) -> str:
    """The page without its charts."""
    parts = markup({"head": "", "tail": "", "configurations": "null"})
    return fill(find_template(name), report=serving_data(plan), charts={}, notes=(), paper=paper, **parts)


@pytest.mark.parametrize(("asked", "found"), [("technical", "serving"), ("executive", "serving-executive"),
                                              ("serving", "serving")])  # fmt: skip
def test_the_usual_names_mean_those_of_serving(asked: str, found: str) -> None:
    assert fitting(find_template(asked), "serving").name == found


@pytest.mark.parametrize("name", ["compare", "model-performance", "comment", "index"])
def test_a_template_of_another_kind_is_refused_with_those_that_fit(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"template {name} prints .*serving, serving-executive"):
        render(serving_plan(), name, tmp_path, ["md"])


def test_a_plan_of_fine_tuning_is_refused_by_a_template_of_serving(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"template serving prints a plan of serving, .*executive.*technical"):
        render(sample_plan(), "serving", tmp_path, ["md"])
    assert list(tmp_path.iterdir()) == []


def test_a_template_of_ones_own_says_what_it_prints(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "template.yaml").write_text("extends: serving\nbrand: ACME\n")
    assert find_template(str(mine)).takes == "serving"
    written, _ = render(serving_plan(), str(mine), tmp_path / "out", ["json"])
    assert json.loads(written[0].read_text())["title"]["name"] == "support-bot-serving"
    (mine / "template.yaml").write_text("extends: executive\n")
    with pytest.raises(InputError, match="template mine prints a plan of fine-tuning, and this is a plan of serving"):
        render(serving_plan(), str(mine), tmp_path / "out", ["md"])


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("template", ["serving", "serving-executive"])
@pytest.mark.parametrize("paper", [False, True])
def test_hostile_names_stay_names(name: str, template: str, paper: bool) -> None:
    page = page_of(PLANS[name](), template, paper=paper)
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "None" not in page
    if name == "hostile":
        assert "{{7*7}}" in unescape(page)


@pytest.mark.parametrize("template", ["serving", "serving-executive"])
def test_golden(template: str, golden: Golden) -> None:
    """Charts, styles and scripts are looked at elsewhere."""
    golden(f"report/{template}.html", page_of(serving_plan(), template))


def test_the_page_has_every_part_that_the_plan_fills() -> None:
    page = page_of(serving_plan())
    for section in ("decisions", "front", "beside", "traffic", "latency", "capacity", "cost", "levers", "break-even",
                    "reservations", "constraints", "assumptions", "sources"):  # fmt: skip
        assert f'<section id="{section}">' in page
        assert f'href="#{section}"' in page
    rows = re.findall(r'<tr data-id="([0-9a-f]+)"', page)
    assert len(rows) == len(set(rows)) == len(serving_plan().front) + len(serving_plan().beside)


def test_an_empty_plan_has_no_part_without_content() -> None:
    page = page_of(empty_serving_plan())
    for section in ("decisions", "front", "beside", "latency", "capacity", "cost", "levers", "break-even"):
        assert f'id="{section}"' not in page
    assert "What would make something feasible" in page
    assert '<section id="floors">' in page


def test_paper_has_room_for_some_rows_and_says_so() -> None:
    plan = large_serving_plan(200)
    many = plan.model_copy(update={"beside": [plan.beside[0].model_copy(update={"id": f"{i:012}"}) for i in range(50)]})
    data = serving_data(many)
    thinned = on_paper(data)
    assert len(thinned.front) <= TABLE_ROWS
    assert len(thinned.beside) <= BESIDE_ROWS
    assert "beside the front are shown" in thinned.sentences.beside
    assert on_paper(serving_data(serving_plan())).sentences == serving_data(serving_plan()).sentences


def test_either_kind_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(serving_plan().model_dump_json())
    assert read_any_plan(tmp_path) == serving_plan()
    with pytest.raises(InputError, match="a plan of the kind Serving; this takes one of the kind FineTune"):
        read_plan(file)
    file.write_text(sample_plan().model_dump_json())
    assert read_any_plan(file) == sample_plan() == read_plan(file)
    file.write_text(serving_plan().model_dump_json().replace('"traffic"', '"traffic_of"', 1))
    with pytest.raises(InputError, match=r"not a plan of serving of this version.*traffic"):
        read_any_plan(file)
