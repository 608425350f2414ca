"""Egress as a function of a month's traffic: as the file writes it, and what is charged for it GB by GB."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.egress import read_egress
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Offers
from planner.catalog.tables import Directory
from planner.catalog.terms import Terms
from planner.errors import PlannerError
from planner.estimate.cost import egress_usd

HEADER = "# as of 2026-11-22\nprovider,region,kind,tier,price\n"
ROWS = """\
aws,any,egress_internet,first 10TB,0.09
aws,any,egress_internet,next 40TB,0.085
aws,any,egress_internet,next 100TB,0.07
aws,any,egress_internet,over 150TB,0.05
gcp,any,egress_internet,over 10 TB,0.08
gcp,any,egress_internet,first 1 TB,0.12
gcp,any,egress_internet,1-10 TB,0.11
azure,any,egress_internet,first 10 TB after 100 GB free,0.087
oci,any,egress_internet,over 10 TB,0.0085
runpod,any,egress_internet,all,0
aws,any,block_ssd,gp3,0.08
"""


def table(directory: Path, rows: str) -> Directory:
    (directory / "storage_network.csv").write_text(HEADER + rows, encoding="utf-8")
    return Directory(directory)


def test_tiers_as_they_are_written(tmp_path: Path) -> None:
    read = table(tmp_path, ROWS)
    found = read_egress(read.table("storage_network.csv", ("provider", "region", "kind", "tier", "price")))
    read.problems.raise_any()
    assert found.from_gb == (0.0, 1024.0, 10240.0, 51200.0, 153600.0)
    at = {name: found.at((name, "anywhere")) for name in ("aws", "gcp", "azure", "oci", "runpod", "other")}
    assert at["aws"] == (1.0, 0.0, 0.09, 0.09, 0.085, 0.07, 0.05)
    assert at["gcp"] == (1.0, 0.0, 0.12, 0.11, 0.08, 0.08, 0.08)
    assert at["azure"] == (1.0, 100.0, *[0.087] * 5)
    assert at["oci"] == (1.0, 10240.0, *[0.0085] * 5)
    assert at["runpod"] == (1.0, 0.0, *[0.0] * 5)
    # Medians over the five providers, tier by tier; nothing is known of it.
    assert at["other"] == (0.0, 0.0, 0.087, 0.087, 0.08, 0.07, 0.05)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("aws,any,egress_internet,first ten TB,0.09\n", "tier 'first ten TB' is none of: all, first N TB"),
        (
            "aws,any,egress_internet,first 10TB,0.09\naws,any,egress_internet,over 50TB,0.07\n",
            "tier 'over 50TB' does not start where the one before it ends, at 10240 GB",
        ),
        ("aws,any,egress_internet,first 10TB,-1\n", "storage_network.csv:3"),
    ],
)
def test_tiers_that_are_none_are_named_with_their_line(tmp_path: Path, rows: str, message: str) -> None:
    read = table(tmp_path, rows)
    read_egress(read.table("storage_network.csv", ("provider", "region", "kind", "tier", "price")))
    with pytest.raises(PlannerError) as caught:
        read.problems.raise_any()
    assert message in str(caught.value)


def offers(starts: tuple[float, ...], prices: list[float], free: float, sent: float | None) -> Offers:
    return replace(
        load_catalog().offers.take(np.array([0])),
        egress_usd_per_gb=np.array([prices]),
        egress_free_gb=np.array([free]),
        terms=Terms(egress_from_gb=starts, egress_sent_gb=sent),
    )


@pytest.mark.parametrize(
    ("sent", "gb", "usd"),
    [
        (None, 2048.0, 1024 * 0.12 + 1024 * 0.11),
        (None, 140.0, 140 * 0.12),
        (0.0, 140.0, 40 * 0.12),
        (60.0, 140.0, 100 * 0.12),
        (100.0, 140.0, 140 * 0.12),
        (1000.0, 140.0, 24 * 0.12 + 116 * 0.11),
        (2e4, 140.0, 140 * 0.08),
    ],
)
def test_by_hand(sent: float | None, gb: float, usd: float) -> None:
    there = offers((0.0, 1024.0, 10240.0), [0.12, 0.11, 0.08], 100.0, sent)
    assert float(egress_usd(np.array([[gb]]), there)[0, 0]) == pytest.approx(usd)


PRICES = st.floats(0, 0.2)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(1, 30), max_size=3, unique=True), st.lists(PRICES, min_size=4, max_size=4),
    st.integers(0, 40), st.integers(0, 40), st.integers(0, 40),
)  # fmt: skip
def test_against_charging_gb_by_gb(starts: list[int], prices: list[float], free: int, sent: int, gb: int) -> None:
    tiers = (0, *sorted(starts))
    charged = sum(
        prices[max(k for k, start in enumerate(tiers) if start <= nth)]
        for nth in range(sent, sent + gb) if nth >= free
    )  # fmt: skip
    there = offers(tuple(map(float, tiers)), prices[: len(tiers)], float(free), float(sent))
    assert float(egress_usd(np.array([[float(gb)]]), there)[0, 0]) == pytest.approx(charged, abs=1e-9)
