"""sustained_use.csv: what is read, what is refused, and which offers have it."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from planner.catalog.loader import load_catalog
from planner.catalog.rate_plans import FLAT, Monthly
from planner.catalog.sustained_use import FILE
from planner.errors import PlannerError
from planner.resources import CATALOG_DATA

CATALOG = load_catalog()
STEP = "gcp,t4|p4|p100-16gb-pcie|v100-16gb-sxm,"


def test_googles_older_cards_have_four_steps() -> None:
    (plan,) = CATALOG.offers.terms.rates
    assert isinstance(plan, Monthly)
    assert (plan.edges, plan.factors) == ((0.0, 0.25, 0.5, 0.75), (1.0, 0.8, 0.6, 0.4))
    assert plan.words == "sustained use: 80 % of the price from 25 % of a month on, 60 % from 50 %, 40 % from 75 %"
    offers = CATALOG.offers
    cards = np.array([gpu.id for gpu in CATALOG.gpus])[offers.gpu]
    seller = np.array(offers.providers)[offers.provider]
    mine = (seller == "gcp") & np.isin(cards, plan.gpus) & (offers.tier == "on_demand") & (offers.service == "vm")
    assert mine.any()
    assert ((offers.rate != FLAT) == mine).all()
    assert (offers.spot_twin_rate == FLAT).all()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (f"{STEP}0.25,", f"gcq{STEP[3:]}0.25,", "provider 'gcq' is not one of"),
        (f"{STEP}0.25,", "gcp,t4000,0.25,", "no card is called 't4000'"),
        (f"{STEP}0.25,", "gcp,t4,0.25,", "gcp t4 has two plans"),
        (f"{STEP}0,1,", f"{STEP}0.1,1,", "from_month_share must rise from 0 and stay below 1"),
        (f"{STEP}0.75,", f"{STEP}1,", "from_month_share must rise from 0 and stay below 1"),
        (f"{STEP}0.5,", f"{STEP}0.2,", "from_month_share must rise from 0 and stay below 1"),
        (f"{STEP}0.5,0.6,", f"{STEP}0.5,0.9,", "price_share must not rise, from 1 at most"),
        (f"{STEP}0,1,", f"{STEP}0,1.1,", "price_share must not rise, from 1 at most"),
        (f"{STEP}0.5,0.6,", f"{STEP}0.5,0,", "price_share '0' is less than 1e-06 or infinite"),
        (f"{STEP}0.5,0.6,", f"{STEP},0.6,", "from_month_share is blank"),
        (f"{STEP}0.5,0.6,medium", f"{STEP}0.5,0.6,sure", "confidence 'sure' is not one of"),
        (f"{STEP}0.5,0.6,medium,2023", f"{STEP}0.5,0.6,medium,once", "as_of 'once' is not a date"),
    ],
)
def test_what_is_wrong_is_told_by_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    home = Path(shutil.copytree(CATALOG_DATA, tmp_path / "data"))
    text = (home / FILE).read_text("utf-8")
    assert text.count(old) == 1
    (home / FILE).write_text(text.replace(old, new), "utf-8")
    with pytest.raises(PlannerError) as told:
        load_catalog(directory=home)
    assert any(line.startswith(f"{FILE}:") and message in line for line in str(told.value).splitlines())
