"""The committed accuracy page: of these figures, and these figures of this calibration."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from planner.resources import CATALOG_DATA
from tests.benchmarks.accuracy_charts import TOLERANCE, WAYS
from tests.benchmarks.accuracy_page import page
from tests.benchmarks.accuracy_targets import FIGURES, headline_table, read_figures, tally
from tests.benchmarks.calibrate import calibrated_on

from .checkout import ROOT

FOLDER = FIGURES.parent
LARGEST = {
    "index.html": 1_000_000,
    "accuracy.json": 200_000,
    "memory.svg": 200_000,
    "throughput.svg": 200_000,
    "peers.md": 10_000,
}
OLD = "reports/samples/accuracy is out of date; run `make accuracy-page` and look at what changed"
PICTURES = {f"{quantity}-{shown}": "" for quantity in TOLERANCE for shown in (*WAYS, "strip")}
_SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)


def test_the_page_says_what_the_figures_say() -> None:
    committed = (FOLDER / "index.html").read_text("utf-8")
    assert len(_SVG.findall(committed)) == len(PICTURES)
    assert _SVG.sub("", committed) == page(read_figures(), PICTURES), OLD


def test_the_figures_are_of_this_calibration() -> None:
    figures = read_figures()
    assert figures["calibrated"] == calibrated_on(), OLD
    fitted = yaml.safe_load((Path(CATALOG_DATA) / "calibration.yaml").read_text("utf-8"))
    quantities = [*figures["quantities"].values(), figures["serving"]]
    told = {name: c for q in quantities for name, c in q["constants"].items()}
    assert set(told) == set(fitted), OLD
    for name, constant in fitted.items():
        assert told[name]["rows"] == constant["rows"], f"{name}: {OLD}"
        assert told[name]["value"] == pytest.approx(constant["value"], rel=1e-3), f"{name}: {OLD}"


def test_the_readme_shows_these_figures() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    figures = read_figures()
    assert tally(figures) in readme, "run `make docs`"
    assert headline_table(figures) in readme, "run `make docs`"


def test_files_are_small_and_free_of_script() -> None:
    files = {path.name: path for path in FOLDER.iterdir()}
    assert set(files) == set(LARGEST)
    assert not [name for name, path in files.items() if path.stat().st_size > LARGEST[name]]
    assert "<script" not in files["index.html"].read_text("utf-8")
    for name in TOLERANCE:
        picture = ElementTree.parse(files[f"{name}.svg"]).getroot()
        assert not [node.tag for node in picture.iter() if node.tag.endswith(("script", "image", "foreignObject"))]
