"""What makes a review doubtful: charges that two sources have, names in two spellings, months without charges."""

import pytest

from planner.spend.doubts import doubts_of
from planner.spend.months import Month
from tests.spend.made import charge, made

OCTOBER = Month(2026, 10)


def _bill(source: str, resource: str = "r", **others: str) -> list[dict[str, object]]:
    return [charge(f"2026-10-{day:02d}", 10.0, source=source, resource=resource, **others) for day in range(1, 32)]


def _doubts(cells: list[dict[str, object]]) -> list[str]:
    with made({"cells": cells, "allocated": [{k: v for k, v in one.items() if k != "rows"} for one in cells]}) as store:
        return doubts_of(store, OCTOBER)


def test_charges_that_two_sources_have_are_told() -> None:
    (told,) = _doubts([*_bill("x"), *_bill("y"), *_bill("z", "other")])
    assert told.startswith("the sources x and y have 31 charges alike, $310 as billed: what both export counts twice")


@pytest.mark.parametrize("other", [{"resource": "s"}, {"sub_account": "2"}, {"service": "b"}, {"sku": "b"}])
def test_charges_that_differ_are_not(other: dict[str, str]) -> None:
    assert _doubts([*_bill("x"), *_bill("y", **other)]) == []


def test_values_that_differ_by_case_are_told() -> None:
    (told,) = _doubts([charge("2026-10-01", 1.0, team=team) for team in ("Product", "product", "research", "")])
    assert told == (
        "the team is written Product and product, which count apart; `same` of attribution.dimensions.team makes them "
        "one"
    )


def test_a_month_before_that_is_half_there_is_told() -> None:
    half = [charge(f"2026-09-{day}", 10.0, source="x", resource="r") for day in range(15, 31)]
    assert _doubts([*half, *_bill("x")]) == ["2026-09, with which 2026-10 is compared, is not there as a whole"]
    whole = [charge(f"2026-09-{day:02d}", 10.0, source="x", resource="r") for day in range(1, 31)]
    assert _doubts([*whole, *_bill("x")]) == []


def test_without_charges_nothing_is_known() -> None:
    with made(
        {"usage": [{"day": "2026-10-03", "model": "m", "requests": 1}], "runs": [{"run": "r", "model": "M"}]}
    ) as (store):
        nothing, spelling = doubts_of(store, OCTOBER)
    assert nothing == "no source has a charge: attribution, budgets and forecasts need a bill (focus)"
    assert spelling.startswith("the model is written M and m")
    assert _doubts([charge("2026-09-30", 1.0)]) == [
        "no source has a charge in 2026-10: charges are of 2026-09-30 to 2026-09-30"
    ]
