"""Snapshots: what is written reads back, and every slip made by hand is told with its line."""

import math
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.loader import load_catalog
from planner.catalog.prices.checking import Known
from planner.catalog.prices.row import CONFIDENCE, MARKETS, TIERS, PriceRow
from planner.catalog.prices.snapshot import Snapshot, Standing, newest, read_snapshot, snapshot_file, snapshot_text
from planner.errors import InputError, PlannerError
from tests.catalog.prices.rows import DAY, KNOWN, LATER, price

TWO = Snapshot(
    LATER,
    (price(), price(provider="aws", instance="p5", region="us-east-1", usd_per_hour=1 / 3, memory_gib=2048.0)),
    {"vast": Standing(DAY, "no answer in time"), "aws": Standing(LATER)},
)
TEXT = """\
# prices as of 2026-11-30, format 1
# aws: asked 2026-11-30
# vast: asked 2026-11-29; since then: no answer in time
provider,instance,region,tier,gpu,gpu_count,vcpus,memory_gib,usd_per_hour,market,as_of,confidence,source
aws,p5,us-east-1,on_demand,h100-sxm,1,16,2048,0.3333333333333333,marketplace,2026-11-29,high,vast
vast,H100 x1,any,on_demand,h100-sxm,1,16,,2.5,marketplace,2026-11-29,high,vast
"""


def test_a_snapshot_is_sorted_and_short_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / f"{LATER}.csv"
    path.write_text(snapshot_text(TWO))
    assert path.read_text() == TEXT
    read = read_snapshot(path, KNOWN)
    assert (read.day, read.sources) == (TWO.day, TWO.sources)
    assert [row.key for row in read.rows] == [row.key for row in reversed(TWO.rows)]
    assert math.isnan(read.rows[1].memory_gib)
    assert read.rows[0].usd_per_hour == 1 / 3


_texts = st.text(st.characters(blacklist_categories=["C", "Z"]), min_size=1, max_size=12)
_prices = st.builds(
    PriceRow, provider=st.sampled_from(KNOWN.providers), instance=_texts, gpu=st.sampled_from(KNOWN.gpus),
    gpu_count=st.integers(1, 16), vcpus=st.sampled_from([math.nan, 8.0, 0.5]), memory_gib=st.just(math.nan),
    region=_texts, tier=st.sampled_from(TIERS), usd_per_hour=st.floats(1e-9, 1e6), market=st.sampled_from(MARKETS),
    as_of=st.just(DAY), confidence=st.sampled_from(CONFIDENCE), source=_texts,
)  # fmt: skip


@settings(max_examples=30)
@given(st.lists(_prices, unique_by=lambda row: row.key, max_size=6))
def test_any_prices_read_back_and_give_the_same_bytes_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, rows: list[PriceRow]
) -> None:
    text = snapshot_text(Snapshot(DAY, tuple(rows)))
    assert snapshot_text(Snapshot(DAY, tuple(reversed(rows)))) == text
    path = tmp_path_factory.mktemp("any") / f"{DAY}.csv"
    path.write_bytes(text.encode())
    assert snapshot_text(read_snapshot(path, KNOWN)) == text


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("vast,H100", "vsat,H100", "6: provider 'vsat' is not known; did you mean 'vast'?"),
        ("h100-sxm,1,16,,", "h100-smx,1,16,,", "6: gpu 'h100-smx' is not known; did you mean 'h100-sxm'?"),
        ("any,on_demand", "any,ondemand", "6: tier 'ondemand' is not known; did you mean 'on_demand'?"),
        (",2.5,marketplace", ",2.5,bazaar", "6: market 'bazaar' is not known; known: cloud, marketplace"),
        (",2.5,", ",2.5.0,", "6: usd_per_hour '2.5.0' is not a number"),
        (",2.5,", ",0,", "6: usd_per_hour 0 is no price: above 0, up to 1,000,000"),
        (",2.5,", ",-2.5,", "6: usd_per_hour -2.5 is no price"),
        (",2.5,", ",inf,", "6: usd_per_hour 'inf' is not a number"),
        (",2.5,", ",,", "6: usd_per_hour is blank"),
        (",2.5,", ",1e9,", "6: usd_per_hour 1e+09 is no price"),
        (",1,16,,", ",0,16,,", "6: gpu_count 0 is no number of cards"),
        (",1,16,,", ",1.5,16,,", "6: gpu_count '1.5' is not a whole number"),
        (",1,16,,", ",1,-1,,", "6: vcpus -1 is not above 0"),
        ("aws,p5,us-east-1", "vast,H100 x1,any", "6: vast H100 x1 any on_demand is given twice; first in line 5"),
        ("2026-11-29,high,vast\nvast", "2026-13-01,high,vast\nvast", "5: as_of '2026-13-01' is not a day: YYYY-MM-DD"),
        ("2026-11-29,high,vast\nvast", "2026-12-01,high,vast\nvast", "5: as_of 2026-12-01 is after 2026-11-30"),
        ("as of 2026-11-30", "as of 2026-11-31", "1: must say: # prices as of YYYY-MM-DD, format 1"),
        ("as of 2026-11-30", "as of 2026-12-02", "1: is of 2026-12-02, and the file is called 2026-11-30.csv"),
        ("format 1", "format 2", "1: is of format 2; this planner reads format 1"),
        ("# aws: asked 2026-11-30", "# aws 2026-11-30", "2: must say when a source was asked"),
        ("# aws: asked 2026-11-30", "# aws: asked 2026-12-30", "2: aws was asked after 2026-11-30"),
        ("# aws: asked", "# vast: asked", "3: vast is given twice"),
        ("H100 x1", " H100 x1", "6: instance ' H100 x1' has blanks around it"),
        ("H100 x1,any", "H100 x1,", "6: region is blank"),
        ("any,on_demand,", "any,", "6: 12 cells where 13 columns are named"),
        ("usd_per_hour,market", "usd,market", "4: missing columns: usd_per_hour"),
        ("H100 x1", "H" * 140_000, "6: is no line of a table: field larger than field limit"),
        ("# prices", "prices", "1: the first line must be a # comment"),
    ],
)  # fmt: skip
def test_a_slip_made_by_hand_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in TEXT
    path = tmp_path / f"{LATER}.csv"
    path.write_text(TEXT.replace(old, new))
    with pytest.raises(PlannerError, match=re.escape(f"{path}:{told}")):
        read_snapshot(path, KNOWN)


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / f"{LATER}.csv"
    path.write_text(TEXT.replace("2.5,marketplace", "free,bazaar").replace("p5,us-east-1,on_demand", "p5,,on_demnd"))
    with pytest.raises(PlannerError) as caught:
        read_snapshot(path, KNOWN)
    lines = [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]
    assert [line.partition(" ")[0] for line in lines] == ["5:", "5:", "6:", "6:"]


def test_the_newest_of_a_folder_is_found_by_name(tmp_path: Path) -> None:
    assert newest(tmp_path / "none") is None
    with pytest.raises(InputError, match="no snapshot in this folder"):
        snapshot_file(tmp_path)
    for name in ("2026-11-29.csv", "2026-11-30.csv", "2026-11-30.quarantine.csv", "2027-13-01.csv", "notes.csv"):
        (tmp_path / name).touch()
    (tmp_path / "2028-01-01.csv").mkdir()
    assert snapshot_file(tmp_path) == tmp_path / "2026-11-30.csv"
    assert snapshot_file(tmp_path / "notes.csv") == tmp_path / "notes.csv"
    with pytest.raises(InputError, match="no such snapshot"):
        snapshot_file(tmp_path / "2020-01-01.csv")


def test_a_snapshot_replaces_all_prices_of_its_providers_and_no_others(tmp_path: Path) -> None:
    ours = load_catalog()
    rows = (
        price(instance="rig", gpu_count=2, region="NO", usd_per_hour=3.5, as_of="2027-01-31"),
        price(instance="rig", gpu_count=2, region="NO", tier="spot", usd_per_hour=1.5, as_of="2026-12-31"),
    )
    path = tmp_path / "2027-01-31.csv"
    path.write_text(snapshot_text(Snapshot("2027-01-31", rows)))
    laid = load_catalog(prices=path)
    assert laid.as_of == "2027-01-31"
    assert laid.digest != ours.digest
    vast = laid.offers.take(laid.offers.provider == laid.offers.providers.index("vast"))
    assert vast.price_usd_per_hour.tolist() == [3.5, 1.5]
    assert vast.spot.tolist() == [False, True]
    assert vast.age_months.round(2).tolist() == [0.0, 1.02]
    assert all(map(math.isnan, vast.memory_gib))
    others, before = laid.offers, ours.offers
    assert (
        others.take(others.provider != vast.provider[0]).price_usd_per_hour.tolist()
        == before.take(before.provider != vast.provider[0]).price_usd_per_hour.tolist()
    )
    assert ("prices vast", "vast, by the snapshot of 2027-01-31", "2027-01-31") in laid.sources
    assert laid.unpriced_spot.keys() == ours.unpriced_spot.keys() - {"vast"}
    assert load_catalog("2027-03-02", prices=tmp_path).offers.age_months.max() > laid.offers.age_months.max()


def test_an_older_snapshot_leaves_the_date_and_one_that_is_rewritten_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "2026-11-01.csv"
    found = []
    for usd in (2.0, 4.0):
        row = price(usd_per_hour=usd, as_of="2026-11-01")
        path.write_text(snapshot_text(Snapshot("2026-11-01", (row,))))
        catalog = load_catalog(prices=path)
        assert catalog.as_of == load_catalog().as_of
        found.append(catalog.offers.price_usd_per_hour[catalog.offers.instance == "H100 x1"].tolist())
    assert found == [[2.0], [4.0]]


def test_what_a_catalog_knows_is_what_a_snapshot_may_name() -> None:
    known = Known.of(load_catalog())
    assert {"aws", "vast"} <= known.provider_set
    assert "h100-sxm" in known.gpu_set
