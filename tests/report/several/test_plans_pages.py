"""Pages of several plans: golden text, links that stay relative, names that stay names, paper, markdown, JSON."""

import json
import re
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.report.data.collection import Collection
from planner.report.data_json import data_json
from planner.report.printing.html import html
from planner.report.printing.page import fill
from planner.report.printing.pdf import paper_page
from planner.report.printing.template import TEXT, Template, find_template, template_at
from planner.report.render import render
from planner.report.several.collection import collection
from tests.conftest import Golden
from tests.report.printing.test_html import Elements, without_foreign_parts
from tests.report.sample_plan import empty_plan

from .sample_collection import collected, hostile, own, plans, spending

NAMES = ("compare", "index", "cost-centre")


def page_of(data: Collection, name: str) -> str:
    return html(data, find_template(name), (), {})


@pytest.fixture(scope="module")
def three() -> Collection:
    return collected(plans(), spending())


@pytest.mark.parametrize("name", NAMES)
def test_golden(three: Collection, name: str, golden: Golden) -> None:
    golden(f"report/{name}.html", without_foreign_parts(page_of(three, name)))


@pytest.mark.parametrize("name", NAMES)
def test_golden_text(three: Collection, name: str, golden: Golden) -> None:
    golden(f"report/{name}.md", fill(find_template(name), page=TEXT, report=three) + "\n")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "data",
    [collection([]), collected([empty_plan()]), collected([own(), own()])],
    ids=["none", "infeasible", "twice"],
)  # fmt: skip
def test_every_page_takes_whatever_there_is(data: Collection, name: str) -> None:
    page = page_of(data, name)
    assert data.headline.sentence in page
    assert "<main>" in paper_page(data, find_template(name), {})
    assert fill(find_template(name), page=TEXT, report=data).startswith("# ")


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_text_and_links_lead_below(name: str) -> None:
    data = collected(hostile(), spending())
    page = page_of(data, name)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "\u202e" not in page
    for tag, attributes in Elements(page).tags:
        assert tag not in {"img", "iframe", "object", "embed", "link", "base", "form"}
        link = attributes.get("href") or ""
        assert not re.match(r"[a-z]+:|//|/", link)
    text = fill(find_template(name), page=TEXT, report=data)
    assert "<script>" not in text
    assert "](" not in text


def test_the_index_lists_thousands_in_a_few_megabytes(three: Collection) -> None:
    many = collection([three.members[0]] * 3000)
    page = page_of(many, "index")
    assert page.count("<tr data-id=") == 3000
    assert len(page.encode()) < 3_000_000
    paper = paper_page(many, find_template("index"), {})
    assert paper.count("<tr data-id=") == 60
    assert "On paper a table has at most 60 rows" in paper
    assert "href" not in paper


def test_files_of_all_forms_are_written(three: Collection, tmp_path: Path) -> None:
    written, notes = render(three, "index", tmp_path, ["html", "md", "json"])
    assert [path.name for path in written] == ["report.html", "summary.md", "report.json"]
    assert notes == []
    data = json.loads((tmp_path / "report.json").read_text())
    assert [member["name"] for member in data["members"]] == [member.name for member in three.members]
    assert (tmp_path / "report.json").read_bytes() == data_json(three)


def test_a_template_of_one_plan_is_not_given_several(three: Collection, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="template technical prints one outcome"):
        render(three, "technical", tmp_path, ["html"])
    with pytest.raises(InputError, match="template compare prints several plans"):
        render(own(), "compare", tmp_path, ["html"])


def test_a_template_of_ones_own_builds_on_ours(three: Collection, tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text("extends: cost-centre\nbrand: Acme\nmost_plans: 7\n")
    template = template_at(tmp_path)
    assert (template.takes, template.spend, template.most_plans, template.charts) == ("plans", True, 7, ("spend",))
    assert "<span>Acme</span>" in html(three, template, (), {})


def test_several_plans_need_a_text_of_the_templates_own(three: Collection, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"template mine has no report\.md\.j2"):
        render(three, Template("mine", (tmp_path,), takes="plans"), tmp_path, ["md"])
