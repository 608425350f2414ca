"""Plans as rows of a bill: the columns that FOCUS asks for, amounts to the last place, and read back as a bill."""

import datetime
import io
import itertools
import json
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.loader import load_catalog
from planner.errors import InputError
from planner.export.focus.columns import COLUMNS
from planner.export.focus.periods import a_month_later, apportion, decimal, pieces
from planner.outcome import Commitment, CostParts, Managed, ManagedCost, ManagedJob, Plan, Serving
from planner.outcome.portfolio import PortfolioPlan
from planner.outcome.review.sources import SourceRead
from planner.outcome.serving_plan import ServingPlan
from planner.scenario.spend_rules import DIMENSIONS
from planner.scenario.spend_sources import Bill
from planner.spend.reading.context import Reading
from planner.spend.reading.focus.bills import read_bill
from planner.spend.store import open_store
from tests.export.asking import bill, exported, total
from tests.report.portfolio.made_jobs import at
from tests.report.portfolio.made_portfolio import hostile, rich
from tests.report.review.made_review import empty_review, made_review, partial_review
from tests.report.sample_plan import empty_plan, hostile_plan, sample_plan
from tests.report.sample_serving import apis_alone, serving_plan

MANDATORY = (
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
    "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost",
    "EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit", "ProviderName",
    "PublisherName", "ServiceCategory", "ServiceName",
)  # fmt: skip
"""Columns of feature level Mandatory in FOCUS 1.2 (specification/columns of the tag v1.2)."""
NEVER_NULL = set(MANDATORY) - {
    "BillingAccountName", "ChargeClass", "ChargeDescription", "PricingQuantity", "PricingUnit",
}  # fmt: skip
ALLOWED = {
    "ChargeCategory": {"Usage", "Purchase", "Tax", "Credit", "Adjustment"},
    "ChargeFrequency": {"One-Time", "Recurring", "Usage-Based"},
    "PricingCategory": {"Standard", "Dynamic", "Committed", "Other", ""},
    "ServiceCategory": {"AI and Machine Learning", "Compute", "Networking", "Storage", "Other"},
    "BillingCurrency": {"USD"},
    "x_RecordType": {"Forecast"},
}
DAY = datetime.timedelta(days=1)


def costs(plan: Plan | ServingPlan, decision: str) -> list[float | None]:
    """Cost of a decision, and its band."""
    if isinstance(plan, Plan):
        chosen = plan.configuration(plan.decisions[decision])
        return [] if chosen is None else [chosen.cost_usd, chosen.cost_usd_lo, chosen.cost_usd_hi]
    serves = plan.configuration(plan.decisions[decision])
    assert serves is not None
    return [serves.cost_usd_per_month, serves.cost_usd_per_month_lo, serves.cost_usd_per_month_hi]


def hostile_portfolio() -> PortfolioPlan:
    """Hostile but for its times and their zone, which would be refused."""
    plan = hostile()
    jobs = [
        one.model_copy(update={"run": one.run and one.run.model_copy(update={"start": at(one.run.start_hours)})})
        for one in plan.jobs
    ]
    zone = plan.calendar.model_copy(update={"time_zone": "Europe/Berlin"})
    return plan.model_copy(update={"calendar": zone, "jobs": jobs})


@pytest.mark.parametrize("plan", [sample_plan(), serving_plan(), apis_alone()], ids=["tuning", "serving", "api"])
@pytest.mark.parametrize("periods", ["month", "day"])
def test_usage_adds_up_to_the_plan_and_its_band(plan: Plan | ServingPlan, periods: str) -> None:
    decision = "knee" if "knee" in plan.decisions else "cheapest_api"
    rows = bill(plan, periods=periods, decision=decision)
    columns = ("BilledCost", "x_BilledCostLow", "x_BilledCostHigh")
    for column, usd in zip(columns, costs(plan, decision), strict=True):
        assert usd is not None
        assert total(rows, column, ChargeCategory="Usage") == decimal(usd)


@pytest.mark.parametrize(
    "outcome",
    [sample_plan(), hostile_plan(), serving_plan(), made_review(), partial_review(), rich(), hostile_portfolio()],
    ids=["tuning", "hostile", "serving", "review", "partial", "portfolio", "hostile-portfolio"],
)  # fmt: skip
def test_every_row_is_as_focus_asks(outcome: Plan) -> None:
    rows = bill(outcome)
    names = [column.name for column in COLUMNS]
    assert rows
    assert set(MANDATORY) <= set(names)
    assert all(name.startswith("x_") or name[0].isupper() for name in names)
    assert {column.name for column in COLUMNS if not column.may_be_null} >= NEVER_NULL
    for row in rows:
        assert list(row) == names
        assert all(row[column.name] for column in COLUMNS if not column.may_be_null)
        assert all(row[column] in values for column, values in ALLOWED.items())
        times = [row[f"{of}Period{end}"] for of in ("Billing", "Charge") for end in ("Start", "End")]
        first, last, start, end = (datetime.datetime.strptime(t, "%Y-%m-%dT%H:%M:%SZ") for t in times)
        assert first <= start < end <= last
        assert (row["PricingQuantity"] == "") == (row["PricingUnit"] == "")
        assert (row["ConsumedQuantity"] == "") == (row["ConsumedUnit"] == "")
        if row["ListUnitPrice"]:
            product = Decimal(row["ListUnitPrice"]) * Decimal(row["PricingQuantity"])
            assert abs(product - Decimal(row["ListCost"])) < Decimal("1e-6")
        for column in ("Tags", "SkuPriceDetails"):
            assert isinstance(json.loads(row[column] or "{}"), dict)
        assert not any(unicodedata.category(sign) == "Cc" for text in row.values() for sign in text)


def test_the_tags_are_those_that_the_run_will_have() -> None:
    plan = sample_plan()
    labelled = plan.model_copy(
        update={
            "metadata": plan.metadata.model_copy(update={"team": "research", "labels": {"team": "x", "stage": "p"}})
        }
    )
    tags = json.loads(bill(labelled)[0]["Tags"])
    assert tags["team"] == "research"
    assert tags["stage"] == "p"
    assert tags["scenario"] == plan.metadata.name
    assert tags["configuration"] == plan.decisions["knee"]


def test_compute_tells_gpu_hours_and_the_price_of_an_hour() -> None:
    plan = sample_plan()
    chosen = plan.configuration(plan.decisions["knee"])
    assert chosen is not None
    assert chosen.offer.price_usd_per_hour
    (row,) = [row for row in bill(plan) if row["x_CostPart"] == "compute"]
    assert float(row["ListUnitPrice"]) == pytest.approx(chosen.offer.price_usd_per_hour, rel=1e-6)
    assert float(row["ConsumedQuantity"]) == pytest.approx(float(row["PricingQuantity"]) * chosen.hardware.count)
    assert json.loads(row["SkuPriceDetails"]) == {
        "GpuCount": chosen.hardware.count, "InstanceType": chosen.offer.instance,
    }  # fmt: skip
    assert row["x_GpuModel"] == chosen.hardware.gpu


def changed(plan: Plan, **more: Any) -> Plan:
    """The plan whose knee has another offer."""
    knee = plan.configuration(plan.decisions["knee"])
    assert knee is not None
    other = knee.model_copy(update={"offer": knee.offer.model_copy(update=more)})
    return plan.model_copy(update={"front": [other if c.id == knee.id else c for c in plan.front]})


def test_a_commitment_is_listed_at_the_price_on_demand() -> None:
    paid = Commitment(
        usd_per_committed_hour=2.0,
        utilisation=0.8,
        on_demand_usd_per_hour=4.0,
        break_even_utilisation=0.5,
        derived=False,
    )
    plan = changed(sample_plan(), tier="reserved_1y", price_usd_per_hour=2.5, commitment=paid)
    (row,) = [row for row in bill(plan) if row["x_CostPart"] == "compute"]
    assert row["PricingCategory"] == "Committed"
    assert float(row["ListCost"]) == pytest.approx(4.0 / 2.5 * float(row["BilledCost"]))
    assert float(row["ListUnitPrice"]) == pytest.approx(4.0)
    assert float(row["ContractedUnitPrice"]) == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("tier", "category"), [("on_demand", "Standard"), ("spot", "Dynamic"), ("savings_3y", "Committed")]
)
def test_how_it_is_rented_is_a_pricing_category(tier: str, category: str) -> None:
    rows = bill(changed(sample_plan(), tier=tier))
    assert {row["PricingCategory"] for row in rows if row["ServiceCategory"] == "Compute"} == {category}
    assert {row["PricingCategory"] for row in rows if row["ServiceCategory"] != "Compute"} <= {"Standard"}


def test_hours_of_a_shared_machine_are_those_of_the_wall_clock() -> None:
    plan = changed(sample_plan(), spot_twin_usd_per_hour=1.0)
    chosen = plan.configuration(plan.decisions["knee"])
    assert chosen is not None
    (row,) = [row for row in bill(plan) if row["x_CostPart"] == "compute"]
    assert float(row["PricingQuantity"]) == pytest.approx(chosen.hours, rel=1e-6)


def test_a_managed_service_is_charged_by_the_token() -> None:
    job = ManagedJob(
        id="m1", provider="together", model="llama-3.1-8b", offered="up to 16B", method={"name": "lora"}, axes={},
        usd_per_mtok=0.48, usd_per_hour=None, minimum_usd=None, billed_tokens=25e6, cost_usd=13.2, cost_usd_lo=12.0,
        cost_usd_hi=15.0, cost_usd_label="", cost_parts=ManagedCost(training=12.0, storage=None, reruns=1.2, tax=2.5),
        hours=None, hours_label="", quality=None, quality_lo=None, quality_hi=None, quality_label="",
        serving=Serving.model_validate(dict.fromkeys(Serving.model_fields)),
        as_of="2026-11-01", confidence="high", source="x", notes="", unknown=[], on_front=True,
    )  # fmt: skip
    managed = Managed(jobs=[job], fronts=[], covered=1, feasible=1)
    rows = bill(empty_plan().model_copy(update={"managed": managed, "objectives": ["cost"], "tax_name": "VAT"}))
    assert total(rows, ChargeCategory="Usage") == Decimal("13.2")
    assert total(rows, ChargeCategory="Tax") == Decimal("2.5")
    (trained,) = [row for row in rows if row["x_CostPart"] == "training"]
    assert (trained["ConsumedQuantity"], trained["ConsumedUnit"]) == ("25000000", "Tokens")
    assert float(trained["ListUnitPrice"]) == pytest.approx(0.48)


def test_tax_is_a_charge_on_top() -> None:
    plan = serving_plan()
    knee = plan.configuration(plan.decisions["knee"])
    assert knee is not None
    taxed = knee.model_copy(update={"cost_parts": knee.cost_parts.model_copy(update={"tax": 12.5})})
    rows = bill(
        plan.model_copy(update={"front": [taxed if c.id == knee.id else c for c in plan.front], "tax_name": "VAT"})
    )
    assert total(rows, ChargeCategory="Tax") == Decimal("12.5")
    assert total(rows, ChargeCategory="Usage") == decimal(knee.cost_usd_per_month or 0.0)
    assert all(row["PricingCategory"] == row["PricingQuantity"] == "" for row in rows if row["ChargeCategory"] == "Tax")


def test_a_month_of_serving_is_cut_at_billing_months() -> None:
    rows = [row for row in bill(serving_plan(), start=datetime.date(2026, 11, 21)) if row["x_CostPart"] == "compute"]
    assert [row["BillingPeriodStart"][:10] for row in rows] == ["2026-11-01", "2026-12-01"]
    assert [row["ChargePeriodEnd"][:10] for row in rows] == ["2026-12-01", "2026-12-21"]
    first, second = (Decimal(row["BilledCost"]) for row in rows)
    assert float(first / second) == pytest.approx(0.5, rel=1e-6)  # ten days, then twenty


def test_a_review_foresees_what_is_to_come_and_makes_the_total() -> None:
    for review in (made_review(), partial_review()):
        rows, forecast = bill(review), review.forecasts[0]
        assert total(rows) == sum((decimal(m.usd) - decimal(m.spent_usd) for m in forecast.months), Decimal())
        named = [row for row in rows if json.loads(row["Tags"] or "{}").get("team") == "research"]
        assert len(named) == len(forecast.months)
    # The month has begun: what is left of it starts on the day of the review, 22 October in Berlin.
    assert named[0]["ChargePeriodStart"] == "2026-10-21T22:00:00Z"
    assert named[0]["BillingPeriodStart"] == "2026-09-30T22:00:00Z"
    assert named[0]["ChargePeriodEnd"] == named[0]["BillingPeriodEnd"] == "2026-10-31T23:00:00Z"


def test_several_plans_lie_in_one_file() -> None:
    rows = bill(sample_plan(), serving_plan())
    assert {json.loads(row["Tags"])["scenario"] for row in rows} == {
        sample_plan().metadata.name, serving_plan().metadata.name,
    }  # fmt: skip


def test_what_foresees_nothing_is_refused() -> None:
    with pytest.raises(InputError, match=r"plan.json: its decision knee is not there; it has none"):
        exported("focus", empty_plan())
    with pytest.raises(InputError, match=r"plan.json: the review has no forecast"):
        exported("focus", empty_review())
    with pytest.raises(InputError, match=r"\.txt: no form of a bill; choose from \.csv, \.csv\.gz, \.parquet"):
        exported("focus", sample_plan(), suffix=".txt")


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ({"cost_usd": float("inf")}, "inf is no amount that a bill can hold"),
        ({"cost_usd": 1e300}, "1e[+]300 is no amount that a bill can hold"),
        ({"hours": 1e12}, r"1e\+12 hours are no time that a bill can hold"),
        ({"cost_parts": CostParts(compute=None, storage=None, egress=None, reruns=None)}, "a cost that no part makes"),
    ],
)
def test_an_edited_plan_is_refused(edit: dict[str, Any], told: str) -> None:
    plan = sample_plan()
    knee = plan.configuration(plan.decisions["knee"])
    assert knee is not None
    front = [c.model_copy(update=edit) if c.id == knee.id else c for c in plan.front]
    with pytest.raises(InputError, match=told):
        exported("focus", plan.model_copy(update={"front": front}))


@pytest.mark.parametrize(
    "edit", [{"as_of": "soon"}, {"time_zone": "../../etc/passwd"}, {"time_zone": "Mars/Base"}, {"month": "9999-12"}]
)
@pytest.mark.parametrize("target", ["focus", "prometheus", "grafana"])
def test_an_edited_review_is_refused(edit: dict[str, str], target: str) -> None:
    with pytest.raises(InputError, match=r"plan\.json: no review of this version: .*; review the spend again"):
        exported(target, made_review().model_copy(update=edit))


def test_parquet_has_the_same_rows_typed() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    (content,) = exported("focus", serving_plan(), suffix=".parquet").files.values()
    table = parquet.read_table(io.BytesIO(content))
    rows = bill(serving_plan())
    assert table.column_names == [column.name for column in COLUMNS]
    assert [str(value) for value in table["BilledCost"].to_pylist()] == [
        f"{Decimal(r['BilledCost']):.9f}" for r in rows
    ]
    assert str(table.schema.field("ChargePeriodStart").type) == "timestamp[us, tz=UTC]"
    assert not table.schema.field("BilledCost").nullable


def read_back(file: Path, content: bytes) -> tuple[SourceRead, list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """What the reader of bills makes of a file: counts, cells by team and scenario, and reasons of rejects."""
    file.write_bytes(content)
    with open_store(DIMENSIONS, "UTC", datetime.date(2027, 1, 1)) as store:
        read = read_bill(store, Reading(load_catalog(), {}, {"USD": 1.0}), Bill(focus=str(file)), "forecast", [file])
        cells = store.rows(
            "SELECT team, scenario, sum(billed_usd), sum(gpu_hours) FROM cells GROUP BY ALL ORDER BY ALL"
        )
        return read, cells, store.rows("SELECT DISTINCT reason FROM rejects")


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
def test_no_review_takes_what_is_foreseen_for_what_was_charged(tmp_path: Path, suffix: str) -> None:
    (content,) = exported("focus", sample_plan(), suffix=suffix).files.values()
    read, cells, reasons = read_back(tmp_path / f"forecast{suffix}", content)
    assert (read.kept, read.rejected) == (0, read.rows)
    assert cells == []
    assert reasons == [("is a plan, not a charge",)]


def test_the_reader_of_bills_takes_it_to_the_cent(tmp_path: Path) -> None:
    """Once it is charged: the same rows without the mark that they are foreseen."""
    plans, start = (sample_plan(), serving_plan()), datetime.date(2026, 10, 20)
    (content,) = exported("focus", *plans, start=start).files.values()
    rows = bill(*plans, start=start)
    read, cells, _ = read_back(tmp_path / "bill.csv", content.replace(b"x_RecordType", b"x_Other"))
    assert (read.rows, read.kept, read.rejected) == (len(rows), len(rows), 0)
    expected = []
    for plan in plans:
        own = [row for row in rows if json.loads(row["Tags"])["scenario"] == plan.metadata.name]
        gpu_hours = sum(Decimal(row["ConsumedQuantity"]) for row in own if row["ConsumedUnit"] == "GPU-Hours")
        expected.append((plan.metadata.team or "", plan.metadata.name, total(own), pytest.approx(float(gpu_hours))))
    assert cells == sorted(expected, key=lambda one: one[:2])


def test_variance_is_a_join(tmp_path: Path) -> None:
    """Bill and forecast by team and billing month, in one query of DuckDB over the two files."""
    duckdb = pytest.importorskip("duckdb")
    plan = sample_plan()
    (foreseen,) = exported("focus", plan).files.values()
    (tmp_path / "forecast.csv").write_bytes(foreseen)
    (tmp_path / "bill.csv").write_bytes(foreseen.replace(b",Forecast\r\n", b",\r\n"))
    sql = f"""
        WITH rows AS (
            SELECT json_extract_string(Tags, 'team') AS team, BillingPeriodStart AS month, x_RecordType AS record,
                EffectiveCost::DECIMAL(28, 9) AS usd
            FROM read_csv(['{tmp_path}/forecast.csv', '{tmp_path}/bill.csv'], all_varchar = true))
        SELECT team, sum(usd) FILTER (record = 'Forecast'), sum(usd) FILTER (record IS NULL)
        FROM rows GROUP BY team, month
    """
    rows = duckdb.connect().execute(sql).fetchall()
    cost = costs(plan, "knee")[0]
    assert cost is not None
    assert rows == [(plan.metadata.team, decimal(cost), decimal(cost))]


@given(st.decimals("0", "1e9", places=9), st.lists(st.floats(0.0, 1e6, allow_subnormal=False), min_size=1, max_size=40))
def test_parts_make_the_whole(whole: Decimal, weights: list[float]) -> None:
    parts = apportion(whole, weights)
    assert sum(parts) == whole
    step, every = Decimal("1e-9"), sum(Decimal(repr(weight)) for weight in weights)
    if every:
        assert all(
            abs(part - whole * Decimal(repr(weight)) / every) <= 2 * step
            for part, weight in zip(parts, weights, strict=True)
        )


def test_pieces_touch_and_end_at_months_and_days() -> None:
    start = datetime.datetime(2026, 10, 31, 22, tzinfo=datetime.UTC)
    months = pieces(start, start + 40 * DAY, "month", datetime.UTC)
    assert [b.day for _, b in months] == [1, 1, 10]
    days = pieces(start, start + 2 * DAY, "day", datetime.UTC)
    assert len(days) == 3
    assert all(a[1] == b[0] for a, b in itertools.pairwise(days))
    assert pieces(start, start, "month", datetime.UTC) == [(start, start + datetime.timedelta(seconds=1))]


@pytest.mark.parametrize(
    ("day", "later"), [("2026-11-30", "2026-12-30"), ("2027-01-31", "2027-02-28"), ("2026-12-01", "2027-01-01")]
)
def test_a_month_later(day: str, later: str) -> None:
    assert a_month_later(datetime.date.fromisoformat(day)) == datetime.date.fromisoformat(later)
