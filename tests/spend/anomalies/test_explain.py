"""What made a difference, in words."""

import datetime

import pytest

from planner.spend.anomalies.explain import causes, money, parts_of, period, source, subject
from tests.spend.made import charge, made

DAY = datetime.date(2026, 10, 14)


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2026-10-14", "2026-10-14", "14 October 2026"),
        ("2026-10-14", "2026-10-16", "14–16 October 2026"),
        ("2026-09-30", "2026-10-02", "30 September–2 October 2026"),
        ("2025-12-31", "2026-01-02", "31 December 2025–2 January 2026"),
    ],
)
def test_days_are_told_shortly(first: str, last: str, text: str) -> None:
    assert period(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)) == text


def test_parts_are_held_against_the_mean_day_of_four_weeks_before() -> None:
    before = [
        charge(DAY - datetime.timedelta(days=days), 28.0, team="a", model="m", resource_name="vm-1", source="bill")
        for days in range(1, 29)
    ]
    on_the_day = [
        charge(DAY, 30.0, team="a", model="m", resource_name="vm-1"),
        charge(DAY, 500.0, team="a", model="m", resource_name="vm-2", run="r7"),
        charge(DAY, 9.0, team="b", model="n", resource_name="vm-3"),
    ]
    with made({"allocated": before + on_the_day}) as store:
        key = (("team", "a"),)
        parts = parts_of(store, key, DAY, DAY)
        nothing = parts_of(store, (("team", "c"),), DAY, DAY)
    told = {(part.column, part.value): (part.usd, part.share, part.new) for part in parts}
    assert told["run", "r7"] == pytest.approx((500.0, 500.0 / 502.0, True))
    assert told["model", "m"] == pytest.approx((502.0, 1.0, False))
    assert ("resource_name", "vm-1") not in told
    assert source(parts, key) == "run r7 (model m)"
    assert causes(parts, key) == ["run r7 (resource vm-2): $500 more (100 %, new)", "model m: $502 more (100 %)"]
    assert nothing == []
    assert (money(12.5), money(1234.5)) == ("$12.50", "$1,234")


@pytest.mark.parametrize(("key", "text"), [
    ((), "all spend"),
    ((("team", "a"),), "spend of team a"),
    ((("team", ""),), "spend of no team"),
    ((("tenant", "globex"), ("model", "translate")), "model translate for tenant globex"),
    ((("team", "a"), ("service", "OpenAI API"), ("model", "m")), "OpenAI API for model m in team a"),
    ((("team", ""), ("service", "EC2")), "EC2"),
    ((("source", "cloud"), ("gpu", "H100")), "source cloud, gpu H100"),
])  # fmt: skip
def test_a_series_is_named_as_a_person_would(key: tuple[tuple[str, str], ...], text: str) -> None:
    assert subject(key) == text
