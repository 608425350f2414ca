"""Whose spend is whose: rules, splits, and that nothing is lost."""

import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.errors import InputError
from planner.scenario.spend_rules import Attribution, Rule
from planner.spend.attribution import allocation
from planner.spend.attribution.allocation import allocate
from planner.spend.store import Store
from tests.spend.made import charge, fill, made

NANO = Decimal("1e-9")
Split = dict[tuple[str, str], Decimal]


def split(store: Store, dimension: str = "team") -> Split:
    """(rule, value) → effective cost."""
    rows = store.rows(f"SELECT rule, {dimension}, sum(effective_usd) FROM allocated GROUP BY ALL")
    return {(rule, value): amount for rule, value, amount in rows}


def rules(*them: dict[str, Any]) -> Attribution:
    return Attribution.model_validate({"rules": list(them)})


CELLS = [
    charge("2026-10-02", 30, service="EC2", team="research", gpu_hours=10.0, quantity=10.0),
    charge("2026-10-03", 10, service="EC2", team="product", gpu_hours=30.0),
    charge("2026-10-04", 8, service="Support"),
    charge("2026-10-05", 1, service="S3", team="product", project="app"),
    charge("2026-11-05", 5, service="Support"),
]


def test_a_charge_is_whose_it_says_and_the_rest_stays_unattributed() -> None:
    with made({"cells": CELLS}) as store:
        assert allocate(store, Attribution()) == []
        assert split(store) == {("", "research"): 30, ("", "product"): 11, ("", ""): 13}


def test_the_first_rule_that_fits_counts_even_before_a_tag() -> None:
    with made({"cells": CELLS}) as store:
        asked = rules(
            {"name": "buckets", "where": {"service": "s?"}, "to": "platform"},
            {"name": "late", "where": {"service": ["S3", "Support"]}, "to": "finance"},
            {"name": "all", "to": "nobody"},
        )
        allocate(store, asked)
        assert split(store) == {
            ("", "research"): 30, ("", "product"): 10, ("buckets", "platform"): 1, ("late", "finance"): 13,
        }  # fmt: skip
        assert store.rows("SELECT * FROM rules ORDER BY rule") == [
            ("all", "team", "to"), ("buckets", "team", "to"), ("late", "team", "to"),
        ]  # fmt: skip
        # A rule by team leaves other dimensions alone.
        assert ("buckets", "app") in split(store, "project")


def test_fixed_shares() -> None:
    with made({"cells": CELLS}) as store:
        allocate(store, rules({"name": "support", "fixed": {"a": 0.6, "b": 0.3, "c": 0.1}}))
        found = split(store)
        assert [found["support", team] for team in "abc"] == [Decimal("7.8"), Decimal("3.9"), Decimal("1.3")]


def test_a_proportion_is_of_what_is_directly_theirs_in_that_month() -> None:
    with made({"cells": CELLS}) as store:
        told = allocate(
            store,
            rules(
                {"name": "buckets", "where": {"service": "S3"}, "to": "research"},
                {"name": "support", "where": {"service": "Support"}, "proportional": "cost"},
            ),
        )
        # research 30 + 1 by the first rule, product 10; in November nobody has any.
        assert split(store) == {
            ("", "research"): 30, ("", "product"): 10, ("buckets", "research"): 1, ("support", ""): 5,
            ("support", "research"): Decimal("6.048780488"), ("support", "product"): Decimal("1.951219512"),
        }  # fmt: skip
        assert told == [
            "rule support: no team has cost of its own in 2026-11; $5.00 of effective cost stay unattributed"
        ]


def test_only_some_may_share() -> None:
    with made({"cells": CELLS}) as store:
        allocate(store, rules({"name": "support", "proportional": "cost", "among": ["PROD*"]}))
        assert split(store)["support", "product"] == 8


@pytest.mark.parametrize(
    ("activity", "research"),
    [("gpu_hours", 2.0), ("requests", 6.0), ("tokens", 4.0), ("runs", 8 * 2 / 3), ("samples", 7.2)],
)
def test_an_activity_is_counted_in_the_month_of_the_charge(activity: str, research: float) -> None:
    day = "2026-10-01"
    tables: dict[str, list[dict[str, Any]]] = {
        "cells": CELLS,
        "usage": [
            {"day": day, "team": "research", "requests": 3.0, "input_tokens": 5.0, "output_tokens": 5.0},
            {"day": day, "team": "product", "requests": 1.0, "input_tokens": 10.0},
            {"day": day, "requests": 100.0, "input_tokens": 100.0},
            {"day": "2026-09-30", "team": "product", "requests": 1000.0, "input_tokens": 1000.0},
        ],
        "runs": [
            {"run": "a", "day": day, "team": "research", "samples": 900.0},
            {"run": "b", "day": day, "team": "research"},
            {"run": "c", "day": day, "team": "product", "samples": 100.0},
            {"run": "d", "day": "2026-09-30", "team": "product", "samples": 9e9},
        ],
    }
    with made(tables) as store:
        allocate(store, rules({"name": "shared", "activity": activity}))
        assert float(split(store)["shared", "research"]) == pytest.approx(research, abs=1e-9)


def test_a_refund_is_split_as_its_charge_was() -> None:
    cells = [charge("2026-10-01", usd, service="x") for usd in (100.000000001, -100.000000001)]
    with made({"cells": cells}) as store:
        allocate(store, rules({"name": "thirds", "fixed": {"a": 1 / 3, "b": 1 / 3, "c": 1 - 2 / 3}}))
        assert set(split(store).values()) == {Decimal(0)}


def test_quantities_are_split_alike_and_unknown_stays_unknown() -> None:
    cells = [charge("2026-10-01", 4, quantity=8.0, list_usd=None)]
    with made({"cells": cells}) as store:
        allocate(store, rules({"name": "half", "fixed": {"a": 0.75, "b": 0.25}}))
        assert store.rows("SELECT team, list_usd, quantity, gpu_hours FROM allocated ORDER BY team") == [
            ("a", None, 6.0, None), ("b", None, 2.0, None),
        ]  # fmt: skip


def test_amounts_out_of_this_world_are_split_exactly() -> None:
    largest = Decimal("9999999999999999999.999999999")
    cells = [charge("2026-10-01", 0) | {"billed_usd": largest, "effective_usd": -largest, "list_usd": NANO}]
    with made({"cells": cells}) as store:
        allocate(store, rules({"name": "thirds", "fixed": {"a": 1 / 3, "b": 1 / 3, "c": 1 - 2 / 3}}))
        assert store.rows("SELECT sum(billed_usd), sum(effective_usd), sum(list_usd) FROM allocated") == [
            (largest, -largest, NANO)
        ]


def test_who_has_less_than_nothing_shares_nothing() -> None:
    cells = [charge("2026-10-01", -5, team="a"), charge("2026-10-01", 5, team="b"), charge("2026-10-01", 9)]
    with made({"cells": cells}) as store:
        allocate(store, rules({"name": "rest", "proportional": "cost"}))
        assert split(store) == {("", "a"): -5, ("", "b"): 5, ("rest", "b"): 9}


def test_every_rule_that_asks_for_what_there_is_not_is_told() -> None:
    with made() as store, pytest.raises(InputError) as told:
        allocate(
            store, rules({"name": "x", "by": "squad", "to": "a"}, {"name": "y", "where": {"tema": "b"}, "to": "a"})
        )
    assert "rule x: by: squad is no dimension here" in str(told.value)
    assert "rule y: where: tema is neither a dimension" in str(told.value)


def test_a_rule_that_makes_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocation, "MOST_PARTS", 3)
    with made({"cells": CELLS}) as store, pytest.raises(InputError, match="rule x: 2 charges would be split into 4"):
        allocate(store, rules({"name": "x", "fixed": {"a": 0.5, "b": 0.5}}))


def test_what_is_lost_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocation, "_insert_split", lambda _: None)
    with made({"cells": CELLS}) as store, pytest.raises(AssertionError, match="attribution lost something"):
        allocate(store, rules({"name": "x", "to": "a"}))


def test_a_dimension_may_be_called_what_it_likes() -> None:
    names = ("team", "cell", "way", "name", "low", "owner", "units", "measure", "dimension")
    cells = [charge("2026-10-01", 6, cell="c", gpu_hours=1.0), charge("2026-10-01", 3)]
    usage = [{"day": "2026-10-01", "requests": 1.0} | dict.fromkeys(names, "u")]
    with made({"cells": cells, "usage": usage}, dimensions=names) as store:
        allocate(store, rules(*({"name": f"by-{name}", "by": name, "where": {name: "x"}, "activity": "requests"}
                                for name in names), {"name": "rest", "by": "cell", "activity": "gpu_hours"},
                              {"name": "more", "by": "owner", "activity": "requests"}))  # fmt: skip
        assert split(store, "cell") == {("more", "c"): 6, ("rest", "c"): 3}


def test_twice_is_as_once() -> None:
    with made({"cells": CELLS}) as store:
        for _ in range(2):
            allocate(store, rules({"name": "x", "to": "a"}))
        assert store.rows("SELECT (SELECT count(*) FROM allocated), (SELECT count(*) FROM rules)") == [(5, 1)]


VALUES = ("", "a", "b", "c")
NANOS = st.integers(-(10**15), 10**15)
CHARGES = st.lists(
    st.tuples(
        st.sampled_from(VALUES), st.sampled_from(VALUES), st.sampled_from(["s", "t"]), st.integers(0, 40), NANOS, NANOS,
    ),
    min_size=1, max_size=12,
)  # fmt: skip
WAYS = st.one_of(
    st.builds(lambda to: {"to": to}, st.sampled_from(["a", "d"])),
    st.builds(
        lambda parts: {"fixed": {name: part / sum(parts) for name, part in zip("abcd", parts, strict=False)}},
        st.lists(st.integers(1, 9), min_size=1, max_size=4),
    ),
    st.builds(
        lambda way, among: way | ({"among": among} if among else {}),
        st.sampled_from([{"proportional": "cost"}, {"activity": "requests"}]),
        st.sampled_from([[], ["a"], ["A", "c"]]),
    ),
)
RULES = st.lists(
    st.builds(
        lambda way, by, where: way | {"by": by} | ({"where": where} if where else {}),
        WAYS, st.sampled_from(["team", "model"]),
        st.sampled_from([{}, {"service": "s"}, {"team": ["a", "b"]}, {"service": "T", "model": "a"}]),
    ),
    max_size=4,
)  # fmt: skip
REQUESTS = {("a", 10): 3, ("b", 10): 1, ("c", 10): 7, ("b", 11): 2}


def fits(rule: Rule, cell: dict[str, Any]) -> bool:
    if rule.where is None:
        return not cell[rule.by]
    wanted = {key: [value] if isinstance(value, str) else value for key, value in rule.where.items()}
    return all(cell[key].lower() in [value.lower() for value in values] for key, values in wanted.items())


def expected(cells: list[dict[str, Any]], asked: list[Rule]) -> dict[tuple[str, str, str, str], Fraction]:
    """(resource, rule, team, model) → effective cost, by plain fractions."""
    ruled = [next((rule for rule in asked if fits(rule, cell)), None) for cell in cells]
    found: dict[tuple[str, str, str, str], Fraction] = {}
    for cell, rule in zip(cells, ruled, strict=True):
        weights: dict[str, Fraction] = {}
        month = cell["day"].month
        if rule is None:
            found[cell["resource"], "", cell["team"], cell["model"]] = Fraction(cell["effective_usd"])
            continue
        if rule.to:
            weights = {rule.to: Fraction(1)}
        elif rule.fixed:
            weights = {name: Fraction(str(part)) for name, part in rule.fixed.items()}
        elif rule.activity:
            weights = {team: Fraction(n) for (team, at), n in REQUESTS.items() if at == month and rule.by == "team"}
        else:
            for other, by in zip(cells, ruled, strict=True):
                direct = by is None or by.by != rule.by
                owner = other[rule.by] if direct else by.to if by else ""
                if owner and other["day"].month == month:
                    weights[owner] = weights.get(owner, Fraction()) + Fraction(other["effective_usd"])
        among = [name.lower() for name in rule.among or (*VALUES, "d")]
        weights = {name: weight for name, weight in weights.items() if weight > 0 and name in among} or {
            "": Fraction(1)
        }
        for name, weight in weights.items():
            told = {"team": cell["team"], "model": cell["model"]} | {rule.by: name}
            key = (cell["resource"], rule.name, told["team"], told["model"])
            found[key] = Fraction(cell["effective_usd"]) * weight / sum(weights.values())
    return found


@given(charges=CHARGES, ways=RULES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_agrees_with_fractions_and_loses_nothing(shared: Store, charges: list[Any], ways: list[Any]) -> None:
    shared.connection.begin()
    for table in ("cells", "usage"):
        shared.connection.execute(f"DELETE FROM {table}")
    cells = [
        charge(datetime.date(2026, 10, 1) + datetime.timedelta(days=day), 0)
        | {"team": team, "model": model, "service": service, "resource": str(at), "list_usd": None,
           "billed_usd": billed * NANO, "effective_usd": effective * NANO}
        for at, (team, model, service, day, billed, effective) in enumerate(charges)
    ]  # fmt: skip
    fill(shared, "cells", cells)
    fill(shared, "usage", [
        {"day": datetime.date(2026, month, 9), "team": team, "requests": float(n)}
        for (team, month), n in REQUESTS.items()
    ])  # fmt: skip
    shared.connection.commit()
    asked = [Rule.model_validate(way | {"name": f"r{at}"}) for at, way in enumerate(ways)]
    allocate(shared, Attribution(rules=asked))
    rows = shared.rows("SELECT resource, rule, team, model, effective_usd FROM allocated")
    exact = expected(cells, asked)
    assert {row[:4] for row in rows} == set(exact)
    assert len(rows) == len(exact)
    assert all(abs(Fraction(row[4]) - exact[row[:4]]) <= Fraction(NANO) * Fraction(1001, 1000) for row in rows)
    for resource, billed in shared.rows("SELECT resource, sum(billed_usd) FROM allocated GROUP BY ALL"):
        assert billed == cells[int(resource)]["billed_usd"]
