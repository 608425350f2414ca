"""A rule by GPU-hours says whose hours the bill does not tell."""

import pytest

from planner.scenario.spend_rules import Rule
from planner.spend.months import Month
from planner.spend.unread_hours import unread_hours_of
from tests.spend.made import charge, made

CLUSTER = Rule(name="cluster", where={"service": "EKS"}, activity="gpu_hours")
RUN = {"run": "r1", "team": "data", "gpu_count": 1.0, "day": "2026-10-03"}
CHARGES = [charge("2026-10-02", 5, team="research", gpu_hours=3.0), charge("2026-10-02", 4, team="data")]


@pytest.mark.parametrize(("runs", "rule", "told"), [
    ([RUN], CLUSTER, 1),
    ([RUN | {"team": "research"}], CLUSTER, 0),
    ([RUN | {"day": "2026-09-03"}], CLUSTER, 0),
    ([RUN | {"gpu_count": 0.0}], CLUSTER, 0),
    ([RUN | {"team": "gone"}], CLUSTER, 0),
    ([RUN], CLUSTER.model_copy(update={"activity": "runs"}), 0),
])  # fmt: skip
def test_only_who_had_gpus_and_pays_nothing_is_told(runs: list[dict[str, object]], rule: Rule, told: int) -> None:
    with made({"allocated": CHARGES, "runs": runs}) as store:
        found = unread_hours_of(store, [rule], Month(2026, 10))
    assert len(found) == told
    assert all(text.startswith("rule cluster: runs of 'data' had GPUs in 2026-10") for text in found)
