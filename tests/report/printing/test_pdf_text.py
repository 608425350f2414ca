"""What a reader's program finds in the PDFs: the text of every template, its fonts, its tags, the same bytes again."""

import logging
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from planner.report.data.collection import Collection
from planner.report.printing.second_process import prepare
from planner.report.printing.template import list_templates
from planner.report.render import FILES, render
from tests.conftest import Golden
from tests.report.business_case.made_case import made_case
from tests.report.portfolio.made_portfolio import rich as made_portfolio
from tests.report.review.made_review import made_review
from tests.report.sample_plan import hostile_plan, sample_plan
from tests.report.sample_serving import serving_plan
from tests.report.several.sample_collection import collected, plans, spending

if TYPE_CHECKING:
    from planner.outcome.any_plan import Outcome

TEMPLATES: Final = {template.name: template for template in list_templates() if "pdf" in template.forms()}
MARGINS: Final = re.compile(r"page \d+ of \d+")

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils"),
]


def told(program: str, *arguments: str) -> str:
    """What one of poppler's programs prints."""
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as PDF by every template, each in its folder; what WeasyPrint complained of in errors.txt."""
    folder = tmp_path_factory.mktemp("pdf")
    handler = logging.FileHandler(folder / "errors.txt", encoding="utf-8")
    handler.setLevel(logging.ERROR)
    logging.getLogger("weasyprint").addHandler(handler)
    several = collected(plans(), spending())
    for name, template in TEMPLATES.items():
        plans_of: dict[str, Outcome | Collection] = {
            "plan": sample_plan(), "plans": several, "serving": serving_plan(), "review": made_review(),
            "portfolio": made_portfolio(), "case": made_case(),
        }  # fmt: skip
        render(plans_of[template.takes], template, folder / name, ["pdf"])
    logging.getLogger("weasyprint").removeHandler(handler)
    handler.close()
    return folder


@pytest.mark.parametrize("name", TEMPLATES)
def test_text(name: str, folder: Path, golden: Golden) -> None:
    """In the order of reading, a line to each line of the paper, without headers and footers."""
    lines = told("pdftotext", "-raw", "-enc", "UTF-8", str(folder / name / FILES["pdf"]), "-").splitlines()
    golden(f"report/{name}.pdf.txt", "\n".join(line for line in lines if not MARGINS.search(line)) + "\n")


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_font_is_in_the_file(name: str, folder: Path) -> None:
    """pdffonts: name, type, encoding, then whether it is embedded, a subset, and of known characters."""
    rows = told("pdffonts", str(folder / name / FILES["pdf"])).splitlines()[2:]
    assert rows
    assert all(re.search(r" yes yes yes +\d+ +\d+$", row) for row in rows)


@pytest.mark.parametrize("name", TEMPLATES)
def test_tagged_with_headings_in_order(name: str, folder: Path) -> None:
    path = str(folder / name / FILES["pdf"])
    facts = told("pdfinfo", path)
    assert re.search(r"^Tagged: +yes$", facts, re.MULTILINE)
    assert re.search(r"^CreationDate: +.*2026", facts, re.MULTILINE)
    levels = [int(level) for level in re.findall(r"^ *H(\d) ", told("pdfinfo", "-struct", path), re.MULTILINE)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert levels.count(1) == 1


def test_nothing_was_wrong_with_them(folder: Path) -> None:
    assert (folder / "errors.txt").read_text(encoding="utf-8") == ""


def test_same_bytes_from_a_process_of_its_own(folder: Path, tmp_path: Path) -> None:
    with prepare(["pdf"]) as helper:
        render(sample_plan(), "executive", tmp_path, ["pdf"], helper)
    assert (tmp_path / FILES["pdf"]).read_bytes() == (folder / "executive" / FILES["pdf"]).read_bytes()


def test_names_from_right_to_left_keep_to_themselves(tmp_path: Path) -> None:
    """A team, then an owner of Arabic and Hebrew words, then a cost centre: in that order, left to right."""
    render(hostile_plan(), "executive", tmp_path, ["pdf"])
    text = told("pdftotext", "-raw", str(tmp_path / FILES["pdf"]), "-")
    assert text.index("Team") < text.index("Owner") < text.index("Cost centre")
    placed = told("pdftotext", "-bbox", str(tmp_path / FILES["pdf"]), "-")
    left = {word: float(x) for x, word in re.findall(r'xMin="([\d.]+)" yMin="[^>]*>(Team|Owner|centre)</word>', placed)}
    assert left["Team"] < left["Owner"] < left["centre"]
