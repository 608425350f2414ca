"""The committed samples: of these scenarios and this catalog, small, and without third-party script."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from planner.planning import digest_of, plan_scenario, read_ready
from planner.report.gather import report_data
from planner.report.sections.markdown import markdown
from tests.report.sample_plan import sample_plan
from tests.report.several.sample_collection import scaled
from tools import write_samples

from .checkout import ROOT

SUMMARIES = sorted(write_samples.SAMPLES.glob("*/summary.md"))
OLD = "is out of date; run `make reports` and look at what changed"


def names(paths: list[Path]) -> list[str]:
    return [path.parent.name for path in paths]


def test_there_are_samples_and_each_has_a_scenario() -> None:
    assert "support-bot" in names(SUMMARIES)
    assert set(names(SUMMARIES)) == set(write_samples.scenarios())


@pytest.mark.parametrize("summary", SUMMARIES, ids=names(SUMMARIES))
def test_a_sample_is_of_this_scenario_and_this_catalog(summary: Path) -> None:
    ready = read_ready(write_samples.scenarios()[summary.parent.name])
    stamp = re.search(r"<sub>Scenario .*? \((\S+)\); Catalog \S+ \((\S+)\);", summary.read_text("utf-8"))
    assert stamp is not None
    assert stamp.groups() == (digest_of(ready), ready.catalog.digest), f"{summary.parent.name} {OLD}"


def test_the_headline_is_what_the_planner_says_now() -> None:
    summary = write_samples.SAMPLES / "support-bot" / "summary.md"
    now = markdown(report_data(plan_scenario(ROOT / "scenarios" / "support-bot.yaml")))
    assert summary.read_text("utf-8").split("\n\n")[1] == now.split("\n\n")[1], f"support-bot {OLD}"


def test_the_index_shows_every_sample() -> None:
    assert (write_samples.SAMPLES / "README.md").read_text("utf-8") == write_samples.index()


@pytest.mark.parametrize("summary", SUMMARIES, ids=names(SUMMARIES))
def test_files_are_few_small_and_free_of_script(summary: Path) -> None:
    files = {path.name: path for path in summary.parent.iterdir()}
    drawn = {f"{name}.svg" for name in write_samples.PICTURES}
    assert set(files) <= {"summary.md", "report.pdf", "executive.pdf", *drawn}
    assert all(path.stat().st_size < write_samples.LARGEST for path in files.values())
    for name in drawn & set(files):
        _is_still(files[name])


@pytest.mark.real
def test_all_scenarios_are_compared_in_few_small_files(tmp_path: Path) -> None:
    plans = [sample_plan(), scaled(sample_plan(), "dearer", cost=2.0)]
    files = {path.name: path for path in write_samples.write_together(plans, tmp_path)}
    assert set(files) == {"report.pdf", "plans.svg"}
    _is_still(files["plans.svg"])
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "summary.md").write_text("# one: a plan\n\nDo it.\n\nMore")
    told = write_samples.index(tmp_path)
    assert "[compare, PDF](compare/report.pdf)" in told
    assert "## one\n\nDo it.\n\n[summary](one/summary.md) · [scenario](../../scenarios/one.yaml)" in told


def _is_still(file: Path) -> None:
    """A picture that runs and fetches nothing."""
    picture = ElementTree.parse(file).getroot()
    assert picture.tag.endswith("svg")
    assert not [node.tag for node in picture.iter() if node.tag.endswith(("script", "image", "foreignObject"))]
