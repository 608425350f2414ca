"""Loading: dates, digest, defaults, and what a broken catalog directory says."""

import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from planner.catalog.loader import load_catalog
from planner.errors import InputError, PlannerError
from planner.resources import CATALOG_DATA
from planner.units import earliest_day


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CATALOG_DATA, tmp_path / "data"))


def edit(directory: Path, file: str, old: str, new: str) -> int:
    """Replace the first occurrence and return its line."""
    text = (directory / file).read_text("utf-8")
    assert old in text
    (directory / file).write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_default_date_is_the_newest_that_the_files_name() -> None:
    catalog = load_catalog()
    assert catalog.as_of == "2026-11-22"
    assert load_catalog() is catalog
    assert load_catalog("2026-11-22") is catalog


def test_ages_count_from_the_catalogs_date_and_a_partial_date_is_its_earliest_day() -> None:
    assert earliest_day("2026").isoformat() == "2026-01-01"
    assert earliest_day("2025-06").isoformat() == "2025-06-01"
    now, later = load_catalog().offers, load_catalog("2027-11-22").offers
    np.testing.assert_allclose(later.age_months - now.age_months, 12, atol=0.05)
    ages = dict(zip(now.as_of.tolist(), now.age_months.tolist(), strict=True))
    assert ages["2026"] == pytest.approx(10.68, abs=0.01)
    assert ages["2025"] == pytest.approx(22.67, abs=0.01)
    assert (load_catalog("2020-01-01").offers.age_months == 0).all()


def test_a_bad_date_is_refused() -> None:
    with pytest.raises(InputError, match="'yesterday' is not a date"):
        load_catalog("yesterday")


def test_digest_follows_the_bytes(copy: Path) -> None:
    same = load_catalog(directory=copy).digest
    assert same == load_catalog().digest
    assert len(same) == 64
    other = Path(shutil.copytree(copy, copy.parent / "other"))
    edit(other, "prices.csv", "30.09784", "30.09785")
    assert load_catalog(directory=other).digest != same


def test_loads_from_any_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copy: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(load_catalog(directory=Path("data")).offers) == len(load_catalog().offers)


def test_one_row_per_price_and_one_more_per_spot_price() -> None:
    catalog = load_catalog()
    offers = catalog.offers.take(catalog.offers.service == "vm")
    spot = int(offers.spot.sum())
    assert len(offers) - spot == spot + sum(catalog.unpriced_spot.values())
    row = int(np.flatnonzero(offers.spot & (offers.instance == "p4d.24xlarge"))[0])
    assert offers.instance[row - 1] == "p4d.24xlarge"
    assert not offers.spot[row - 1]
    assert offers.derived_spot[row]
    assert not offers.derived_spot[row - 1]
    assert (offers.confidence[row - 1], offers.confidence[row]) == ("high", "low")


def test_blank_billing_takes_the_default_and_an_unknown_limit_stays_unknown() -> None:
    providers = {provider.id: provider for provider in load_catalog().providers}
    assert providers["lambda"].preemption_per_hour == 0.25
    assert not providers["lambda"].preemption_known
    assert math.isnan(providers["lambda"].max_run_hours)
    assert providers["huggingface"].max_run_hours == 48


def test_a_place_without_data_takes_a_labelled_default() -> None:
    catalog = load_catalog()
    offers = catalog.offers

    def first(provider: str, region: str) -> int:
        mine = (offers.provider == offers.providers.index(provider)) & (offers.region == region)
        return int(np.flatnonzero(mine)[0])

    virginia, ireland = first("aws", "us-east-1"), first("aws", "eu-west-1")
    assert (offers.storage_usd_per_gb_month[virginia], offers.storage_known[virginia]) == (0.08, True)
    assert (offers.storage_usd_per_gb_month[ireland], offers.storage_known[ireland]) == (0.08, False)
    assert (offers.egress_usd_per_gb[virginia, 0], offers.egress_known[virginia]) == (0.09, True)
    iowa = first("gcp", "us-central1")
    assert (offers.storage_usd_per_gb_month[iowa], offers.egress_usd_per_gb[iowa, 0]) == (0.1, 0.12)
    cloud = first("lambda", "any")
    assert (offers.grid_kg_per_kwh[cloud], offers.pue[cloud]) == (0.4806, 1.56)
    assert not offers.carbon_known[cloud]
    finland = first("verda", "FIN-01")
    assert (offers.grid_kg_per_kwh[finland], offers.carbon_known[finland]) == (0.0792, True)


def test_every_problem_is_reported_at_once_by_file_and_line(copy: Path) -> None:
    lines = {
        f"prices.csv:{edit(copy, 'prices.csv', '30.09784', '-1')}: price_usd_per_hour '-1' is less than",
        f"prices.csv:{edit(copy, 'prices.csv', '30.41028', 'thirty')}: price_usd_per_hour 'thirty' is not a number",
        f"prices.csv:{edit(copy, 'prices.csv', 'azure,', 'azur,')}: provider 'azur' is not in providers.csv",
        f"gpus.csv:{edit(copy, 'gpus.csv', 'L40S,', 'L41S,')}: gpu 'L41S' has no row in utilisation.csv",
        f"models.csv:{edit(copy, 'models.csv', ',32,4096,', ',many,4096,')}: n_layers 'many' is not a number",
        f"support.csv:{edit(copy, 'support.csv', 'full|lora,', 'full|lorra,')}: method 'lorra' is not in methods.yaml",
        f"stacks.yaml:{edit(copy, 'stacks.yaml', 'unsloth:', 'unsloth: ')}: unsloth: methods: 'dorra' is not one of",
        f"utilisation.csv:{edit(copy, 'utilisation.csv', ',ampere,', ',amper,')}: generation 'amper' is not one of",
        f"calibration.yaml:{edit(copy, 'calibration.yaml', 'memory.cached:', 'memory.cachet:')}: memory.cachet: is in",
        f"tasks.yaml:{edit(copy, 'tasks.yaml', '[GSM8K', '[GSM9K') - 1}: math: benchmarks: 'GSM9K' is not one of",
    }
    edit(copy, "stacks.yaml", "methods: [lora, qlora]", "methods: [lora, dorra]")
    with pytest.raises(PlannerError) as caught:
        load_catalog(directory=copy)
    said = str(caught.value)
    for start in lines:
        assert start in said
    assert said.splitlines() == sorted(
        said.splitlines(), key=lambda text: (text.split(":")[0], int(text.split(":")[1]))
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("prices.csv", "price_usd_per_hour,", "price,", "prices.csv:2: missing columns: price_usd_per_hour"),
        ("prices.csv", "30.09784,", "", "15 cells where 16 columns are named"),
        ("prices.csv", "30.09784,", ",", "price_usd_per_hour is blank"),
        ("prices.csv", "2026-01-21", "2026-13-21", "as_of '2026-13-21' is not a date"),
        ("providers.csv", "default,", "standard,", "the row 'default' is missing"),
        ("carbon.csv", "default,any", "default,all", "the row 'default,any' is missing"),
        ("methods.yaml", "trains: all", "trains: some", "full: trains must be 'all', 'adapter' or 'layers'"),
        ("methods.yaml", "  tag: E\n", "", "full: missing field tag"),
        ("methods.yaml", "quality_sd: 0.0", "quality_sd: none", "full: quality_sd must be a number"),
        ("stacks.yaml", "speed: 1.0", "speed: 0", "hf-trainer: speed must be positive"),
        ("stacks.yaml", "loss: upcast", "loss: lost", "hf-trainer: loss must be one of upcast, plain, parallel"),
        ("stacks.yaml", "traits: [upcasts_q", "traits: [upcast_q", "'upcast_quantised' is not one of"),
        ("priors.yaml", "prior: 1.6", "prior: -1.6", "memory.live_layer: prior and prior_sd must be positive"),
        ("priors.yaml", "  unit: 1\n", "", "memory.live_layer: missing field unit"),
        ("calibrated_range.csv", "memory,parameters", "memry,parameters", "quantity 'memry' is not one of"),
        ("utilisation.csv", ",0.85,R,", ",1.85,R,", "overlap is above 1"),
        ("benchmarks.yaml", "MMLU:", "MMLU: [", "not YAML"),
        ("gpus.csv", "# dense", "dense", "gpus.csv:1: the first line must be a # comment"),
    ],
)
def test_one_broken_file(copy: Path, file: str, old: str, new: str, said: str) -> None:
    edit(copy, file, old, new)
    with pytest.raises(PlannerError) as caught:
        load_catalog(directory=copy)
    assert said in str(caught.value)


def test_a_directory_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"models\.csv: cannot be read"):
        load_catalog(directory=tmp_path)
