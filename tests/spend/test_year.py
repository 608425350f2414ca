"""The made-up year of four teams: what went wrong in it is found, little else is, and every cent is somebody's."""

import datetime
import json
import re
import statistics
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from planner.outcome.review import Review
from planner.outcome.review.oddities import Anomaly
from planner.planning import review_scenario
from tools.spend_year.world import FORGOTTEN_RUN, LEAK_FROM, LEAK_TENANT, OVER_BUDGET, PLANTED

SCENARIO = Path(__file__).parents[2] / "scenarios" / "spend" / "ml-spend.yaml"
MOST_FALSE = 2
pytestmark = [pytest.mark.xdist_group("spend-year"), pytest.mark.real]


@pytest.fixture(scope="module")
def review() -> Review:
    return review_scenario(SCENARIO)


def _overlaps(found: Anomaly, first: datetime.date, last: datetime.date) -> bool:
    return found.first_day <= last.isoformat() and found.last_day >= first.isoformat()


def _is(found: Anomaly, team: str) -> bool:
    first, last = PLANTED[team]
    return found.kind != "leak" and _overlaps(found, first, last) and f"team {team}" in found.text


def _leaks(found: Anomaly) -> bool:
    return found.series.get("tenant") == LEAK_TENANT and found.last_day >= LEAK_FROM.isoformat()


@pytest.mark.parametrize("team", PLANTED)
def test_what_went_wrong_is_found_and_explained(review: Review, team: str) -> None:
    found = [one for one in review.anomalies if _is(one, team)]
    assert found
    assert all(one.kind == "spike" for one in found)
    if team == "research":
        assert any(FORGOTTEN_RUN in cause for one in found for cause in (*one.causes, one.text))


def test_the_leaking_tenant_is_found(review: Review) -> None:
    assert [one for one in review.anomalies if _leaks(one)]


def test_hardly_anything_else_is_called_odd(review: Review) -> None:
    false = [one for one in review.anomalies if not _leaks(one) and not any(_is(one, team) for team in PLANTED)]
    assert len(false) <= MOST_FALSE, [one.text for one in false]


def test_every_cent_is_attributed_or_told_not_to_be(review: Review) -> None:
    month = next(one for one in review.months if one.month == review.month)
    for one in review.attributed:
        assert one.attributed_usd + one.unattributed_usd == pytest.approx(month.billed_usd, abs=0.005), one.dimension
    for field in ("billed_usd", "effective_usd"):
        total = sum((Decimal(str(getattr(each, field))) for each in review.statements), Decimal(0))
        assert abs(total - Decimal(str(getattr(month, field)))) < Decimal("0.005")
        for statement in review.statements:
            parts = sum((Decimal(str(getattr(part, field))) for part in statement.parts), Decimal(0))
            assert abs(parts - Decimal(str(getattr(statement, field)))) < Decimal("0.005")


def test_bills_reconcile_to_the_cent(review: Review) -> None:
    for source in review.read.sources:
        assert source.rows == source.kept + source.duplicate + source.replaced + source.future + source.rejected
        for total in source.totals:
            parts = total.kept + total.duplicate + total.replaced + total.future + total.rejected
            assert parts == pytest.approx(total.read, abs=0.005)
    assert {one.name: one.duplicate > 0 for one in review.read.sources if one.kind == "focus"} == {
        "aws": False, "openai": True, "backups": False,
    }  # fmt: skip
    assert {reject.column for reject in review.read.rejects} == {"BilledCost", "ChargePeriodEnd"}


def test_the_forecast_of_the_total_beats_seasonal_naive(review: Review) -> None:
    total = review.forecasts[0]
    chosen = next(score for score in total.scores if score.chosen)
    assert chosen.mase is not None
    assert chosen.mase < 1.0
    assert total.model == chosen.model != "seasonal naive"


def test_the_team_over_its_budget_is_named(review: Review) -> None:
    over = {one.name for one in review.budgets if one.status in ("over", "forecast_over")}
    assert OVER_BUDGET in over
    assert not over & (set(PLANTED) - {OVER_BUDGET}), "other teams keep to theirs"


def test_fewer_epochs_kept_the_metric_on_the_runs_themselves(review: Review) -> None:
    runs = [json.loads(line) for line in (SCENARIO.parent / "data" / "runs.jsonl").read_text().splitlines()]
    advised = [one for one in review.advice if one.kind == "epochs"]
    assert advised
    for one in advised:
        (epochs,) = re.findall(r"for (\d+) epoch", one.text)
        curves = [
            run["history"] for run in runs
            if run["job"] == one.about and run["status"] == "ok" and run["start"][:10] >= one.first_day
        ]  # fmt: skip
        cut = [max(row["value"] for row in curve if row["epoch"] <= float(epochs) + 1e-9) for curve in curves]
        kept = [value / max(row["value"] for row in curve) for value, curve in zip(cut, curves, strict=True)]
        assert statistics.quantiles(kept, n=20)[0] >= 0.975, one.text  # 98 %, of which 5 % of the runs may have less
        assert one.confidence != "high"


def test_a_commitment_saves_its_discount_on_the_hours_of_the_bill(review: Review) -> None:
    l4 = next(one for one in review.advice if one.kind == "reserve" and one.about == "l4 at aws")
    with duckdb.connect() as raw:
        (usd,) = raw.execute(
            "SELECT sum(EffectiveCost) FROM read_parquet(?) WHERE SkuId = 'g6.xlarge' AND ResourceName IN "
            "('ticket-triage-0', 'search-rank-0', 'pii-redact-0', 'entity-link-0') "
            "AND (ChargePeriodStart AT TIME ZONE 'UTC')::DATE BETWEEN ?::DATE AND ?::DATE",
            [str(SCENARIO.parent / "data" / "cloud-*.parquet"), l4.first_day, l4.last_day],
        ).fetchone() or (0.0,)
    assert l4.saving_usd == pytest.approx(0.3 * usd)
