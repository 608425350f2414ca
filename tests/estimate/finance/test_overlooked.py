"""Parts of the cost of owning that people overlook, by hand."""

from dataclasses import asdict

import numpy as np
import pytest

from planner.estimate.finance.overlooked import Overlooked, failed_experiments_usd, overlooked_amounts


def test_each_part_by_hand() -> None:
    parts = Overlooked(
        engineer_usd_per_month=10_000.0,
        build_engineer_months=6.0,
        operate_engineers=0.5,
        label_usd=0.1,
        labels_at_start=20_000.0,
        labels_per_month=1_000.0,
        experiments_usd=3_000.0,
        failed_share=0.75,
        debt_share_per_year=0.2,
        compliance_at_start_usd=5_000.0,
        compliance_usd_per_year=2_400.0,
        egress_gb_per_month=400.0,
        egress_usd_per_gb=0.05,
    )
    found = {name: float(usd) for name, usd in asdict(overlooked_amounts(parts)).items()}
    assert found == pytest.approx({
        "build": 60_000, "operate": 5_000, "labels_at_start": 2_000, "labels": 100, "failed_experiments": 9_000,
        "debt": 1_000, "compliance_at_start": 5_000, "compliance": 200, "egress": 20,
    })  # fmt: skip


def test_three_failures_to_one_success() -> None:
    assert failed_experiments_usd(100.0, np.array([0.0, 0.75])).tolist() == [0.0, 300.0]
    with pytest.raises(ValueError, match="all experiments fail"):
        failed_experiments_usd(100.0, 1.0)


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="labels per month is -1"):
        Overlooked(labels_per_month=-1.0)
    with pytest.raises(ValueError, match=r"failed share is 1\.2"):
        Overlooked(failed_share=1.2)
