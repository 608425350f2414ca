"""Days: time zones, daylight saving, and charges for more than one of them."""

import datetime
from decimal import Decimal
from pathlib import Path

from tests.spend.reading.focus.bills import charge, got, reconciles, write


def _hours(first: str, hours: int) -> list[dict[str, object]]:
    start = datetime.datetime.fromisoformat(first)
    return [charge((start + datetime.timedelta(hours=hour)).isoformat(), "1") for hour in range(hours)]


def test_days_have_as_many_hours_as_the_time_zone_gives_them(tmp_path: Path) -> None:
    autumn = write(tmp_path / "autumn.csv", _hours("2026-10-24T00:00+00:00", 72))
    spring = write(tmp_path / "spring.csv", _hours("2026-03-28T00:00+00:00", 72))
    with got(autumn, spring, zone="Europe/Berlin") as found:
        rows = dict(found.cells("day::VARCHAR, rows"))
    assert (rows["2026-10-24"], rows["2026-10-25"], rows["2026-10-26"]) == (22, 25, 24)
    assert (rows["2026-03-28"], rows["2026-03-29"], rows["2026-03-30"]) == (23, 23, 24)
    with got(autumn, zone="UTC") as found:
        assert set(found.cells("rows")) == {(24,)}


def test_times_may_have_a_zone_an_offset_or_none_which_is_utc(tmp_path: Path) -> None:
    starts = {
        "2026-10-04T23:30:00Z": "2026-10-05", "2026-10-05T01:30:00+02:00": "2026-10-05", "2026-10-04 23:30:00":
        "2026-10-05", "2026-10-04T21:30Z": "2026-10-04", "2026-10-05": "2026-10-05",
    }  # fmt: skip
    rows = [charge(start, ResourceId=start, ChargePeriodEnd="2026-10-05T12:00:00.000Z") for start in starts]
    with got(write(tmp_path / "bill.csv", rows), zone="Europe/Berlin") as found:
        assert dict(found.cells("resource, day::VARCHAR")) == starts


def test_a_monthly_fee_is_spread_over_its_days_to_the_last_decimal(tmp_path: Path) -> None:
    fee = charge("2026-10-01T00:00:00Z", "100.000000001", ChargePeriodEnd="2026-11-01T00:00:00Z",
                 ChargeCategory="Purchase", ChargeFrequency="Recurring")  # fmt: skip
    with got(write(tmp_path / "bill.csv", [fee])) as found:
        days = found.cells("day::VARCHAR, billed_usd, rows, quantity")
        assert [day for day, *_ in days] == [f"2026-10-{day:02d}" for day in range(1, 32)]
        assert [usd for _, usd, *_ in days[:-1]] == [Decimal("3.225806451")] * 30
        assert days[-1][1] == Decimal("3.225806471")
        assert sum(usd for _, usd, *_ in days) == Decimal("100.000000001")
        assert [rows for _, _, rows, _ in days] == [1] + [0] * 30
        assert abs(sum(quantity for *_, quantity in days) - 1.0) < 1e-9
        assert "charges for several days are spread evenly over them: 1 row" in found.read.notes


def test_what_is_spread_rounds_nothing_that_is_not(tmp_path: Path) -> None:
    fee = charge("2026-10-01T00:00:00Z", "0.000000000003", ChargePeriodEnd="2026-10-03T00:00:00Z")
    tiny = [charge(f"2026-10-0{day}T00:00:00Z", "0.0000000004") for day in range(1, 5)]
    with got(write(tmp_path / "bill.csv", [fee, *tiny])) as found:
        (total,) = found.read.totals
    assert (total.read, total.kept) == (1.603e-9, 1.603e-9)


def test_the_days_of_a_charge_that_are_still_to_come_are_future(tmp_path: Path) -> None:
    fee = charge("2026-11-01T00:00:00Z", "-30.03", ChargePeriodEnd="2026-12-01T00:00:00Z", ChargeFrequency="Recurring")
    with got(write(tmp_path / "bill.csv", [fee])) as found:
        (total,) = found.read.totals
        assert (total.read, total.kept, total.future) == (-30.03, -19.019, -11.011)
        assert (found.read.kept, found.read.last_day) == (1, "2026-11-19")
        assert found.total() == Decimal("-19.019")
        assert reconciles(found.read)


def test_what_is_paid_at_once_stands_on_its_first_day(tmp_path: Path) -> None:
    year = {"ChargePeriodEnd": "2027-10-01T00:00:00Z", "ChargeCategory": "Purchase", "EffectiveCost": "0"}
    rows = [
        charge("2026-10-01T00:00:00Z", "1200", ChargeFrequency="One-Time", **year),
        charge("2026-10-01T00:00:00Z", "60", ChargeFrequency="", **year),
    ]
    with got(write(tmp_path / "bill.csv", rows)) as found:
        assert found.cells(
            "day::VARCHAR, sum(billed_usd)::DOUBLE, sum(effective_usd)::DOUBLE", "true GROUP BY day"
        ) == [("2026-10-01", 1260.0, 0.0)]


def test_usage_by_the_day_lies_on_its_day_and_evenly_in_its_hours(tmp_path: Path) -> None:
    day = charge("2026-10-25T00:00:00+02:00", "240", ChargePeriodEnd="2026-10-26T00:00:00+01:00", ConsumedQuantity="25",
                 SkuPriceDetails='{"InstanceType": "p5.48xlarge", "GpuCount": 8}')  # fmt: skip
    with got(write(tmp_path / "bill.csv", [day]), zone="Europe/Berlin") as found:
        assert found.cells("day::VARCHAR, billed_usd::DOUBLE, gpu_hours") == [("2026-10-25", 240.0, 200.0)]
        hours = found.store.rows("SELECT hour, gpu_hours, effective_usd FROM gpu_hourly ORDER BY hour")
        assert [row[1:] for row in hours] == [(8.0, 9.6)] * 25
        assert (str(hours[0][0]), str(hours[-1][0])) == ("2026-10-24 22:00:00", "2026-10-25 22:00:00")
        assert found.read.notes[-1].startswith("charges for several hours are spread evenly")


def test_hours_end_where_the_review_s_day_begins(tmp_path: Path) -> None:
    late = charge("2026-11-19T20:00:00Z", "8", ChargePeriodEnd="2026-11-20T04:00:00Z", ConsumedQuantity="8",
                  SkuPriceDetails='{"InstanceType": "p5.48xlarge"}')  # fmt: skip
    with got(write(tmp_path / "bill.csv", [late]), zone="Europe/Berlin") as found:
        assert found.store.rows("SELECT count(*), max(hour)::VARCHAR FROM gpu_hourly") == [(3, "2026-11-19 22:00:00")]
