"""A review from its scenario and files: read, attributed, held against budgets and the past, advised."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from planner.calibrate.mlflow_runs import HistoryClient, connect
from planner.catalog.rows import Catalog
from planner.errors import InputError
from planner.kinds.private import currency_reference, overlay_references
from planner.outcome.any_plan import parse_outcome
from planner.outcome.findings import Assumption
from planner.outcome.findings import Source as Where
from planner.outcome.plan import CatalogReference, Metadata, Plan, PlannerReference
from planner.outcome.review import Review
from planner.outcome.review.sources import Read, Reject, SourceRead
from planner.scenario.spend_review import SpendReview
from planner.scenario.spend_rules import DIMENSIONS, Told
from planner.scenario.spend_sources import Bill, Deployments, GpuSamples, Requests, Runs, Source
from planner.spend.advice import advice_of, realised_of
from planner.spend.against_plan import against_plans, calibration_rows
from planner.spend.anomalies.anomalies import anomalies_of
from planner.spend.attribution import allocate, attributed_of, day_totals, month_totals, statements_of
from planner.spend.budgets import budgets_of
from planner.spend.doubts import doubts_of
from planner.spend.drivers import change_of
from planner.spend.forecasting.forecasts import forecasts_of
from planner.spend.kpis import efficiency_of, unit_costs_of
from planner.spend.models import models_of
from planner.spend.months import Month
from planner.spend.operations import operations_of
from planner.spend.reading.context import Reading
from planner.spend.reading.coverage import gaps_of, health_of, refused_files
from planner.spend.reading.deployments import read_deployments
from planner.spend.reading.focus import invoices_of, read_bill
from planner.spend.reading.gpu_samples import read_gpu_samples
from planner.spend.reading.pricing_runs import price_runs
from planner.spend.reading.requests import read_requests
from planner.spend.reading.runs import read_runs
from planner.spend.sheets import inert
from planner.spend.store import Store, open_store
from planner.spend.unbilled import unbilled_of
from planner.spend.unmatched import unmatched_of
from planner.spend.unread_hours import unread_hours_of

if TYPE_CHECKING:
    from planner.kinds.fine_tune import Origin
    from planner.space.dataset_places import Found

TOLD_REJECTS: Final = 100
"""Refused rows that the review itself names."""
MOST_REJECTS: Final = 1_000_000
"""Refused rows in `rejected.csv`; of more, the first by source, file and row."""
MAX_PLAN_BYTES: Final = 512 * 2**20
"""A front of a hundred thousand configurations stays below this."""
REJECTED: Final = ("source", "file", "row", "column", "reason", "value")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a review is made of beside its scenario."""

    files: Sequence[tuple[str, Source, Sequence[Found]]]
    plans: Sequence[Found]
    as_of: datetime.date
    usd_per_unit: Mapping[str, float]
    catalog: Catalog
    origin: Origin
    warnings: list[str]
    tracking_uri: str | None = None
    """MLflow's server, for sources that are experiments."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review, and the rows that it could not take."""

    review: Review
    rejected: bytes
    """CSV with a header; empty where no row was refused."""
    calibration: bytes
    """CSV that `planner calibrate` takes, with a row for each run that it learns from; empty without any."""


def review(scenario: SpendReview, inputs: Inputs) -> Reviewed:
    """The whole review; raises InputError where a source cannot be read, SetupError where a package is missing."""
    own = tuple(name for name in scenario.attribution.dimensions if name not in DIMENSIONS)
    dimensions = (*DIMENSIONS, *own)
    with open_store(dimensions, scenario.time_zone, inputs.as_of) as store:
        told = {name: scenario.attribution.dimensions.get(name, Told()) for name in dimensions}
        reads = _read(store, Reading(inputs.catalog, told, inputs.usd_per_unit, _names(inputs)), inputs)
        price_runs(store, inputs.catalog)
        left = allocate(store, scenario.attribution)
        plans, earlier, warnings = _plans(inputs.plans)
        found = _reviewed(store, scenario, inputs, reads, plans, earlier, [*inputs.warnings, *warnings, *left])
        return Reviewed(found, _rejected(store), calibration_rows(store, plans, inputs.catalog).encode())


def _names(inputs: Inputs) -> dict[Path, str]:
    return {one.path: one.name for _, _, found in inputs.files for one in found}


def _read(store: Store, reading: Reading, inputs: Inputs) -> list[SourceRead]:
    """Every source, bills first: what runs cost stands in them."""
    reads: dict[str, SourceRead] = {}
    for name, source, found in sorted(inputs.files, key=lambda one: not isinstance(one[1], Bill)):
        files = [one.path for one in found]
        match source:
            case Bill():
                reads[name] = read_bill(store, reading, source, name, files)
            case Runs():
                reads[name] = read_runs(store, reading, source, name, files, _client(source, inputs.tracking_uri))
            case Requests():
                reads[name] = read_requests(store, reading, source, name, files)
            case GpuSamples():
                reads[name] = read_gpu_samples(store, reading, source, name, files)
            case Deployments():
                reads[name] = read_deployments(store, reading, source, name, files)
    return [reads[name] for name, *_ in inputs.files]


def _client(source: Runs, uri: str | None) -> HistoryClient | None:
    if source.mlflow is None:
        return None
    if not uri:
        message = f"runs of the MLflow experiment {source.mlflow!r}: say where its server is, with MLFLOW_TRACKING_URI"
        raise InputError(message)
    return connect(uri)


def _month(store: Store, scenario: SpendReview) -> Month:
    """The month under review: the scenario's, else the last one with anything in it."""
    if scenario.month is not None:
        return Month.parse(scenario.month)
    ((last,),) = store.rows(
        "SELECT max(day) FROM (SELECT day FROM cells UNION ALL SELECT day FROM usage UNION ALL SELECT day FROM runs)"
    )
    return Month.of(last or store.as_of - datetime.timedelta(days=1))


def _reviewed(
    store: Store, scenario: SpendReview, inputs: Inputs, reads: list[SourceRead], plans: Sequence[tuple[str, Plan]],
    earlier: Sequence[Review], warnings: list[str],
) -> Review:  # fmt: skip
    month = _month(store, scenario)
    months = month_totals(store)
    budgets = budgets_of(store, scenario.budgets, month, scenario.forecast.level)
    gaps = gaps_of(store, reads, month)
    invoices = [one for name, source, _ in inputs.files if isinstance(source, Bill)
                for one in invoices_of(store, source, name)]  # fmt: skip
    units = unit_costs_of(store, scenario.kpis, month)
    catalog = inputs.catalog
    return Review(
        api_version="planner/v1",
        kind="SpendReview",
        metadata=Metadata(**scenario.metadata.model_dump()),
        scenario=inputs.origin.reference(),
        catalog=CatalogReference(as_of=catalog.as_of, digest=catalog.digest),
        planner=PlannerReference(version=inputs.origin.version),
        overlays=overlay_references(catalog),
        currency=currency_reference(scenario, catalog),
        as_of=inputs.as_of.isoformat(),
        time_zone=scenario.time_zone,
        month=str(month),
        month_whole=any(one.month == str(month) and one.whole for one in months),
        sections=list(scenario.sections or ()),
        read=Read(
            sources=reads,
            rejects=_rejects(store),
            invoices=invoices,
            gaps=gaps,
            health=health_of(reads, gaps, invoices, refused_files(store)),
        ),
        months=months,
        days=day_totals(store),
        attributed=attributed_of(store, month),
        statements=statements_of(store, month),
        budgets=budgets,
        unit_costs=units,
        efficiency=efficiency_of(store, month, units),
        models=models_of(store, month),
        change=change_of(store, month),
        anomalies=anomalies_of(store, scenario.anomalies, month),
        forecasts=forecasts_of(store, scenario.forecast, month),
        operations=operations_of(store, catalog, month),
        advice=advice_of(store, catalog, scenario.advice, month),
        realised=realised_of(store, earlier, month),
        against_plans=against_plans(store, plans) if plans else None,
        assumptions=_assumptions(scenario, inputs, reads),
        warnings=[
            *warnings,
            *unmatched_of(store, scenario),
            *unbilled_of(store, catalog, month),
            *unread_hours_of(store, scenario.attribution.rules, month),
            *doubts_of(store, month),
        ],
        sources=_sources(inputs, reads),
    )


def _plans(files: Sequence[Found]) -> tuple[list[tuple[str, Plan]], list[Review], list[str]]:
    """Plans of fine-tuning, earlier reviews, and words on what is neither."""
    plans, earlier, warnings = [], [], []
    for file in files:
        try:
            if file.path.stat().st_size > MAX_PLAN_BYTES:
                warnings.append(f"{file.shown} is too large for a plan, so that no run is held against it")
                continue
            outcome = parse_outcome(file.path.read_bytes())
        except (ValueError, OSError):
            warnings.append(f"{file.shown} is no plan.json of this version, so that no run is held against it")
            continue
        if isinstance(outcome, Review):
            earlier.append(outcome)
        elif isinstance(outcome, Plan):
            plans.append((file.name, outcome))
        else:
            warnings.append(f"{file.shown} plans what is served; runs are held against plans of fine-tuning")
    return plans, earlier, warnings


def _rejects(store: Store) -> list[Reject]:
    rows = store.rows('SELECT * FROM rejects ORDER BY source, file, row, "column", reason LIMIT ?', [TOLD_REJECTS])
    return [Reject(**dict(zip(REJECTED, row, strict=True))) for row in rows]


def _rejected(store: Store) -> bytes:
    rows = store.rows('SELECT * FROM rejects ORDER BY source, file, row, "column", reason LIMIT ?', [MOST_REJECTS])
    if not rows:
        return b""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(REJECTED)
    writer.writerows([inert(str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode()


def _sources(inputs: Inputs, reads: Sequence[SourceRead]) -> list[Where]:
    """The files of every source, first and last by name where there are several, and the day they reach to."""
    found = []
    for read, (_, source, files) in zip(reads, inputs.files, strict=True):
        names = sorted(one.name for one in files)
        where = f"MLflow experiment {source.mlflow}" if isinstance(source, Runs) and source.mlflow else ", ".join(names)
        if len(names) > 2:
            where = f"{names[0]} … {names[-1]} ({len(names)} files)"
        kind = read.kind.replace("_", " ")
        what = kind if read.name == read.kind.replace("_", "-") else f"{read.name} ({kind})"
        found.append(Where(what=what, source=where, as_of=read.last_day))
    return found


def _assumptions(scenario: SpendReview, inputs: Inputs, reads: Sequence[SourceRead]) -> list[Assumption]:
    """Rates that amounts were converted at, and what reports call cost."""
    found = [
        Assumption(
            key="cost", value="effective cost: amortised and net of discounts", tag="C",
            note="FOCUS EffectiveCost; what is invoiced is called billed",
        )
    ]  # fmt: skip
    codes = sorted({total.currency for read in reads for total in read.totals} - {"USD"})
    for code in codes:
        own = code in scenario.rates
        rate = inputs.catalog.currencies.get(code)
        note = "the scenario's own rate" if own or rate is None else f"{rate.source}, {rate.as_of}"
        found.append(
            Assumption(
                key=f"currency {code}", value=f"1 {code} = {inputs.usd_per_unit[code]:.6g} USD",
                tag="U" if own else "C", note=f"{note}; the same for all days",
            )
        )  # fmt: skip
    return found
