"""What broken rows of the quoted and derived files say, by file and line."""

import shutil
from pathlib import Path

import pytest

from planner.catalog.loader import load_catalog
from planner.errors import PlannerError
from planner.resources import CATALOG_DATA


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "reference_prices.csv",
            "ml.g4dn.xlarge,T4,1",
            "ml.g4dn.xlarge,,1",
            "gpu and gpu_count must be given together",
        ),
        ("reference_prices.csv", "ml.g4dn.xlarge,T4,1", "ml.g4dn.xlarge,T44,1", "gpu 'T44' is not one of"),
        ("reference_prices.csv", ",99.9,", ",999,", "availability_pct 999 is above 100"),
        ("reference_prices.csv", ",0.526,", ",-1,", "less than"),
        ("reference_scores.csv", "CodeLlama-7B", "CodeLlama-8B", "model 'CodeLlama-8B' is not in models.csv"),
        ("reference_benchmarks.csv", "train_time", "train", "table 'train' is not one of"),
        ("surcharges.csv", "sagemaker,aws", "sagemaker,awz", "provider 'awz' is not one of"),
        ("surcharges.csv", ",0,0.2,0.25,", ",0.3,0.2,0.25,", "surcharge must lie between"),
        ("discounts.csv", "0.37,0.37", "0.40,0.37", "must be shares in order"),
        ("discounts.csv", "0.37,0.37", "37,37", "must be shares in order, below 1"),
        ("discounts.csv", "h100|h200", "h100|h999", "no card is called 'h999'"),
        ("discounts.csv", "gcp,any,1y", "gcp,any,2y", "term '2y' is not one of"),
        ("regions.csv", "eu-central-1,DE", "eu-central-1,Germany", "country 'Germany' is not a code"),
        ("regions.csv", "aws,eu-central-1,", "aws,any,", "region 'any' lies in no one country"),
        ("regions.csv", "aws,eu-central-1,", "aws,eu-central-2,", "aws eu-central-2 is given twice"),
        ("country_groups.yaml", "[AT, BE", "[Austria, BE", "'Austria' is not a code"),
        ("country_groups.yaml", '"NO"', "NO", "'False' is not a code"),
    ],
)
def test_broken_rows(tmp_path: Path, file: str, old: str, new: str, message: str) -> None:
    directory = Path(shutil.copytree(CATALOG_DATA, tmp_path / "data"))
    text = (directory / file).read_text("utf-8")
    assert old in text
    (directory / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PlannerError, match=rf"{file}:\d+: .*{message}"):
        load_catalog(directory=directory)
