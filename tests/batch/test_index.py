"""The page that a batch ends with: what it lists, where it lies, and what it leaves alone."""

import re
from pathlib import Path

import pytest

from planner.batch.index import index_of
from planner.batch.order import Order, Tray
from planner.batch.result import Done
from planner.errors import ExitCode, InputError
from planner.report.several.collection import member_of
from tests.cli.calls import SMALL, run
from tests.report.several.sample_collection import plans


def order(folder: Path, *outputs: str) -> Order:
    return Order(outputs=outputs or ("html",), out=folder, several=True)  # type: ignore[arg-type]


@pytest.fixture
def done() -> list[Done]:
    made = [
        Done(Path(f"s/{plan.metadata.name}.yaml"), plan.metadata.name, ExitCode.OK, Tray(), member=member_of(plan))
        for plan in plans()[:2]
    ]
    return [*made, Done(Path("s/<b>.yaml"), "", ExitCode.BAD_INPUT, Tray(), "s/<b>.yaml:1:1: missing key 'kind'")]


def test_every_scenario_stands_in_it_and_links_are_relative(done: list[Done], tmp_path: Path) -> None:
    ((place, content),) = index_of(done, order(tmp_path)).items()
    page = content.decode()
    assert place == tmp_path / "index.html"
    assert re.findall(r'<a href="([^"]*)">', page) == ["support-bot/report.html", "code-model/report.html"]
    assert "s/&lt;b&gt;.yaml:1:1: missing key" in page
    assert "2 plans and 1 failed scenario" in page
    assert index_of(done, order(tmp_path)) == {place: content}


def test_without_pages_or_for_one_scenario_there_is_none(done: list[Done], tmp_path: Path) -> None:
    assert index_of(done, order(tmp_path, "pdf", "md")) == {}
    assert index_of([], order(tmp_path)) == {}
    assert index_of(done, Order(outputs=("html",), out=tmp_path)) == {}


def test_a_page_of_something_else_is_left_alone(done: list[Done], tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<html>my site")
    with pytest.raises(InputError, match=r"index\.html is a page of something else"):
        index_of(done, order(tmp_path))
    ((place, content),) = index_of(done, order(tmp_path / "new")).items()
    place.parent.mkdir()
    place.write_bytes(content)
    assert index_of(done, order(tmp_path / "new"))


@pytest.mark.real
def test_a_batch_writes_it_beside_the_plans_and_never_fails_by_it(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "a.yaml").write_text(SMALL)
    (tmp_path / "s" / "bad.yaml").write_text(SMALL.replace("dataset", "datset").replace("name: small", "name: bad"))
    words = ("plan", "s", "--outputs", "html", "-o", "out")
    done = run(*words, cwd=tmp_path)
    page = (tmp_path / "out" / "index.html").read_text()
    assert (done.returncode, "wrote out/index.html" in done.stderr) == (2, True)
    assert '<a href="small/report.html">' in page
    assert (tmp_path / "out" / "small" / "report.html").is_file()
    (tmp_path / "out" / "index.html").write_text("mine")
    again = run(*words, cwd=tmp_path)
    assert again.returncode == 2
    assert "the index is left out: error: out/index.html is a page of something else" in again.stderr
    assert (tmp_path / "out" / "index.html").read_text() == "mine"
