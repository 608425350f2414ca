"""`planner list`: filters, requirements, and the comparison of offers recomputed from the catalog."""

import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from planner.catalog.loader import load_catalog
from planner.cli.catalog_rows import PRIVATE, TABLES, class_of
from planner.cli.compare import compare
from planner.cli.environment import Settings
from planner.cli.listing import command
from planner.resources import CATALOG_DATA

CATALOG = load_catalog()
ROWS = compare(CATALOG, retired=True)
OFFERS = CATALOG.offers


def listed(*words: str, obj: object = None) -> Any:
    done = CliRunner().invoke(command, [*words, "--format", "json"], obj=obj)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def refused(*words: str) -> str:
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 2
    return done.output


@pytest.mark.parametrize("what", [what for what in TABLES if what != PRIVATE])
def test_every_table_prints(what: str) -> None:
    done = CliRunner().invoke(command, [what, "--limit", "3"])
    assert done.exit_code == 0, done.output
    assert "nan" not in done.stdout.split()
    assert listed(what, "--limit", "1")


def test_every_offer_is_in_one_row() -> None:
    cards = [row for row in ROWS if row["class"] != "cpu"]
    assert sum(row["offers"] for row in cards) == len(OFFERS)
    keys = [(row["model"], row["provider"], row["service"]) for row in cards]
    assert len(set(keys)) == len(keys)
    assert {row["class"] for row in ROWS} == {"gpu", "tpu", "other", "cpu"}


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r["class"] != "cpu"][::7], ids=lambda r: f"{r['model']} {r['provider']} {r['service']}"
)
def test_prices_are_the_least_of_their_tier(row: dict[str, Any]) -> None:
    gpu = next(i for i, g in enumerate(CATALOG.gpus) if g.id == row["model"])
    mine = [
        i for i in range(len(OFFERS))
        if OFFERS.gpu[i] == gpu and OFFERS.providers[OFFERS.provider[i]] == row["provider"]
        and OFFERS.service[i] == row["service"]
    ]  # fmt: skip
    for tier, spot in (("on_demand", False), ("spot", True)):
        prices = [OFFERS.price_usd_per_hour[i] / OFFERS.gpu_count[i] for i in mine if OFFERS.spot[i] == spot]
        assert row[tier] == pytest.approx(min(prices)) if prices else math.isnan(row[tier])
    card = CATALOG.gpus[gpu]
    peak = card.bf16_tflops if np.isfinite(card.bf16_tflops) else card.fp16_tflops
    assert row["usd_per_tflop_hour"] == pytest.approx(row["on_demand"] / peak, nan_ok=True)


def test_commitments() -> None:
    at = {(r["model"], r["provider"], r["service"]): r for r in ROWS}
    gcp = at["h100-sxm", "gcp", "vm"]
    assert gcp["1y_from"] == pytest.approx(gcp["on_demand"] * 0.63)
    assert gcp["1y_to"] == pytest.approx(gcp["on_demand"] * 0.75)
    assert gcp["3y_from"] == pytest.approx(gcp["on_demand"] * 0.45)
    assert gcp["discount_confidence"] == "low", "that of its spend-based ones"
    aws = at["h100-sxm", "aws", "vm"]
    assert aws["1y_from"] == pytest.approx(aws["on_demand"] * 0.6), "no one-year discount of its own: the card's"
    assert aws["3y_from"] == pytest.approx(aws["on_demand"] * 0.28)
    assert math.isnan(aws["3y_to"]), "only an upper bound is printed"
    assert aws["spot_confidence"] == "low"
    for row in ROWS:
        if row["service"] != "vm" or row["class"] != "gpu" or row["provider"] == "vast":
            assert math.isnan(row["1y_from"])
            assert math.isnan(row["3y_from"])
            assert not row["discount_confidence"]
        for term in ("1y", "3y"):
            assert not row[f"{term}_from"] > row["on_demand"]
            assert not row[f"{term}_from"] > row[f"{term}_to"]


def test_retired_series_are_left_out_unless_asked_for() -> None:
    usual = {(r["model"], r["provider"]) for r in compare(CATALOG)}
    everything = {(r["model"], r["provider"]) for r in ROWS}
    assert ("v100-16gb-pcie", "azure") in everything - usual
    assert listed("offers", "--compare", "--retired", "--where", "model=v100-16gb-pcie", "--where", "provider=azure")


def test_cheapest_first_within_a_card() -> None:
    rows = listed("offers", "--compare", "--where", "model=h100-sxm")
    prices = [row["on_demand"] for row in rows]
    assert prices == sorted(prices)
    assert {"sagemaker", "vertex", "azureml", "vm"} == {row["service"] for row in rows}


def test_classes() -> None:
    found = {gpu.vendor: class_of(gpu) for gpu in CATALOG.gpus}
    assert found == {"NVIDIA": "gpu", "AMD": "gpu", "Google": "tpu", "Intel": "other", "AWS": "other"}
    assert len(listed("cpus")) == 4


def test_models_by_requirement() -> None:
    words = "--min-params 6B --license apache-2.0 --task chat --min-context 32k --released-after 2024-06"
    ids = {row["id"] for row in listed("models", *words.split())}
    models = {model.id: model for model in CATALOG.models}
    assert {"qwen2.5-7b", "qwen3-8b"} <= ids
    for name in ids:
        model = models[name]
        assert model.params_total >= 6e9
        assert model.max_context >= 32_000
        assert model.license == "apache-2.0"
        assert model.released >= "2024-06"
    assert {row["family"] for row in listed("models", "--family", "Llama")} == {"llama"}
    assert len(listed("models", "--max-params", "1B")) < len(CATALOG.models)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("gpus", "--compare"), "--compare goes with offers"),
        (("offers", "--retired"), "--retired goes with --compare"),
        (("offers", "--task", "chat"), "do not apply to offers"),
        (("sampler",), "Did you mean 'samplers'?"),
        (("models", "--task", "chatt"), "no task 'chatt'"),
        (("models", "--min-params", "6X"), "'6X' is not a count"),
        (("offers", "--compare", "--where", "gpu=l4"), "no column 'gpu'"),
    ],
)
def test_options_that_make_no_sense(words: tuple[str, ...], message: str) -> None:
    assert message in refused(*words)


def test_only_what_the_catalog_says_is_told_with_its_date() -> None:
    told = {what: CliRunner().invoke(command, [what, "--limit", "1"]).stderr for what in ("samplers", "models")}
    assert "catalog of" not in told["samplers"]
    assert f"; catalog of {CATALOG.as_of}" in told["models"]


def test_another_catalog_and_date(tmp_path: Path) -> None:
    mine = Settings(catalog=Path(shutil.copytree(CATALOG_DATA, tmp_path / "mine")))
    path = tmp_path / "mine/prices.csv"
    path.write_text(path.read_text("utf-8").replace(",30.09784,", ",31.09784,"), "utf-8")
    prices = [r["usd_per_hour"] for r in listed("offers", "--as-of", "2026-12-01", obj=mine)]
    assert 31.09784 in prices
    assert 30.09784 not in prices


def test_every_template_of_the_planner_is_listed_with_what_it_takes() -> None:
    takes = {row["id"]: row["takes"] for row in listed("templates")}
    assert (takes["technical"], takes["index"]) == ("a plan of fine-tuning", "several plans")
    assert (takes["serving"], takes["spend-agenda"]) == ("a plan of serving", "a review of spend")
