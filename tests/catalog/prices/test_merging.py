"""Answers laid on the snapshot before: nothing that was known is lost, and no wild price gets in."""

from collections.abc import Sequence

import pytest

from planner.catalog.prices.merging import Answer, Merged, merge
from planner.catalog.prices.refreshing import Confirmed
from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.snapshot import Snapshot, Standing
from tests.catalog.prices.rows import DAY, KNOWN, LATER, answered, failed, price

BEFORE = Snapshot(
    DAY,
    (price(), price(region="NO"), price(provider="aws", source="aws: list"), price(provider="gcp", source="by hand")),
    {"vast": Standing(DAY), "aws": Standing(DAY)},
)


def _merge(*answers: Answer, before: Snapshot | None = BEFORE, confirm: Sequence[str] = (), **others: object) -> Merged:
    return merge(before, answers, LATER, KNOWN, Confirmed(confirm), **others)  # type: ignore[arg-type]


def _usd(merged: Merged) -> dict[str, float]:
    return {f"{row.provider}/{row.region}": row.usd_per_hour for row in merged.snapshot.rows}


def test_a_source_replaces_its_own_prices_and_a_failing_one_keeps_them() -> None:
    merged = _merge(answered("vast", price(usd_per_hour=3.0, as_of=LATER)), failed("aws", "no\nanswer"))
    assert _usd(merged) == {"aws/any": 2.5, "gcp/any": 2.5, "vast/any": 3.0}
    assert merged.snapshot.sources == {"vast": Standing(LATER), "aws": Standing(DAY, "no answer")}
    assert [(one.source, one.failed, one.rows) for one in merged.taken] == [("vast", "", 1), ("aws", "no\nanswer", 1)]
    assert [one.gone for one in merged.taken] == [1, 0]  # vast/NO
    assert {row.provider: row.as_of for row in merged.snapshot.rows} == {"aws": DAY, "gcp": DAY, "vast": LATER}


def test_a_source_replaces_all_prices_of_its_providers_whoever_gave_them() -> None:
    merged = _merge(answered("gcp-list", price(provider="gcp", region="us"), providers=("gcp",)))
    assert _usd(merged) == {"aws/any": 2.5, "gcp/us": 2.5, "vast/NO": 2.5, "vast/any": 2.5}
    assert merged.taken[0].gone == 1  # gcp/any
    assert next(row.source for row in merged.snapshot.rows if row.provider == "gcp") == "gcp-list: vast"


@pytest.mark.parametrize("given", [(), (price(usd_per_hour=-1.0),)])
def test_an_answer_without_a_price_is_a_failure_and_takes_nothing_away(given: tuple[PriceRow, ...]) -> None:
    merged = _merge(answered("vast", *given))
    assert _usd(merged) == _usd(_merge())
    assert merged.taken[0].failed.startswith("no price in")
    assert merged.snapshot.sources["vast"].failed == merged.taken[0].failed


def test_what_is_no_price_is_counted_and_the_rest_is_taken() -> None:
    wrong = (
        price(usd_per_hour=0.0), price(usd_per_hour=float("nan"), region="a"), price(gpu="h200", region="b"),
        price(provider="vats", region="c"), price(as_of="2026-12-01", region="d"), price(region=""),
        price(region="fine"), price(region="fine", usd_per_hour=9.0), price(instance="two\nlines"),
    )  # fmt: skip
    merged = _merge(answered("vast", *wrong, unknown={"H200": 3}, malformed=("row 7: no price",)))
    assert _usd(merged)["vast/fine"] == 2.5
    (taken,) = merged.taken
    assert (taken.rows, taken.unknown, len(taken.malformed)) == (1, {"H200": 3}, 9)
    assert "row 7: no price" in taken.malformed
    assert any("is given twice" in text for text in taken.malformed)
    assert any("some clock is wrong" in text for text in taken.malformed)
    assert not any("\n" in text for text in taken.malformed)


@pytest.mark.parametrize(
    ("before", "after", "jumps"),
    [(1.0, 10.0, True), (1.0, 9.99, False), (1.0, 0.1, True), (1.0, 0.101, False), (1.1, 11.0, True),
     (0.3, 0.03, True), (0.7, 7.0, True), (2.5, 2.5, False)],
)  # fmt: skip
def test_a_tenfold_price_waits(before: float, after: float, jumps: bool) -> None:
    old = Snapshot(DAY, (price(usd_per_hour=before),))
    merged = _merge(answered("vast", price(usd_per_hour=after, as_of=LATER)), before=old)
    assert _usd(merged) == {"vast/any": before if jumps else after}
    assert [jump.after.usd_per_hour for jump in merged.jumps] == ([after] if jumps else [])
    assert list(merged.waiting) == [jump.after for jump in merged.jumps]
    assert merged.snapshot.rows[0].as_of == (DAY if jumps else LATER)


def test_a_jump_is_held_against_the_same_key_only() -> None:
    merged = _merge(answered("vast", price(usd_per_hour=99.0, tier="spot"), price(usd_per_hour=99.0, region="SE")))
    assert not merged.jumps
    assert _usd(merged)["vast/SE"] == 99.0


@pytest.mark.parametrize(
    ("confirm", "taken"),
    [((), 2.5), (("all",), 99.0), (("vast",), 99.0), (("vast/H100 x1",), 99.0), (("vast/H100 x1/any/on_demand",), 99.0),
     (("va",), 2.5), (("vast/H100",), 2.5), (("aws",), 2.5)],
)  # fmt: skip
def test_a_jump_is_taken_where_its_key_is_confirmed(confirm: tuple[str, ...], taken: float) -> None:
    jump = answered("vast", price(usd_per_hour=99.0))
    assert _usd(_merge(jump, confirm=confirm))["vast/any"] == taken
    # Seen again it is still not believed; confirmed later it is, without another answer.
    first = _merge(jump)
    again = _merge(jump, before=first.snapshot, waiting=first.waiting)
    assert _usd(again)["vast/any"] == 2.5
    later = _merge(failed("vast"), before=again.snapshot, waiting=again.waiting, confirm=confirm)
    assert _usd(later)["vast/any"] == taken
    assert bool(later.waiting) == (taken == 2.5)


def test_what_waits_is_forgotten_when_its_source_takes_it_back() -> None:
    first = _merge(answered("vast", price(usd_per_hour=99.0)))
    other = _merge(answered("aws", price(provider="aws", source="aws")), before=first.snapshot, waiting=first.waiting)
    assert other.waiting == first.waiting
    assert not _merge(answered("vast", price()), before=other.snapshot, waiting=other.waiting).waiting


def test_of_two_sources_the_newer_price_counts_then_the_surer_then_the_one_asked_first() -> None:
    def found(*pairs: tuple[str, PriceRow]) -> str:
        merged = _merge(*(answered(name, row) for name, row in pairs), before=None)
        assert [one.covered for one in merged.taken].count(1) == len(pairs) - 1
        return merged.snapshot.rows[0].source.partition(":")[0]

    assert found(("one", price()), ("two", price(as_of=LATER, confidence="low"))) == "two"
    assert found(("one", price(confidence="low")), ("two", price(confidence="medium"))) == "two"
    assert found(("two", price()), ("one", price())) == "two"
    assert found(("one", price()), ("two", price())) == "one"


def test_a_kept_price_does_not_hide_a_newer_one_of_another_source() -> None:
    broad = answered("broad", price(provider="aws", usd_per_hour=2.0, as_of=LATER))
    assert _usd(_merge(failed("aws"), broad))["aws/any"] == 2.0


@pytest.mark.parametrize(
    ("listed", "jumps", "new"),
    [
        (price(), True, 0),
        (price(region="any"), True, 0),
        (price(instance="h100 X1"), True, 0),
        (price(usd_per_hour=20.0), False, 0),
        (price(region="elsewhere"), False, 1),
        (price(tier="spot"), False, 1),
        (price(gpu_count=8), False, 1),
    ],
)
def test_what_no_snapshot_has_is_held_against_the_bundled_list(listed: PriceRow, jumps: bool, new: int) -> None:
    wild = answered("vast", price(usd_per_hour=25.0, region="NO" if listed.region == "any" else "any", as_of=LATER))
    for before in (None, Snapshot(DAY, (price(instance="other"),))):
        merged = _merge(wild, before=before, bundled=(listed,))
        assert bool(merged.jumps) == jumps
        assert merged.taken[0].new == new
        assert [row.usd_per_hour for row in merged.snapshot.rows] == [listed.usd_per_hour if jumps else 25.0]


def test_the_snapshot_counts_before_the_bundled_list() -> None:
    before = Snapshot(DAY, (price(usd_per_hour=20.0),))
    merged = _merge(answered("vast", price(usd_per_hour=25.0)), before=before, bundled=(price(usd_per_hour=1.0),))
    assert (merged.jumps, merged.taken[0].new) == ((), 0)
