"""The catalog: all data files of a directory, read, checked against each other and dated."""

import functools
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from planner.catalog.ages import age_months
from planner.catalog.apis import read_apis
from planner.catalog.calibration import read_calibration
from planner.catalog.currencies import read_currencies
from planner.catalog.engine_support import read_engine_support
from planner.catalog.gpus import read_gpus
from planner.catalog.managed import read_surcharges
from planner.catalog.managed_tuning import read_tuning_prices
from planner.catalog.models import read_benchmarks, read_models, read_scores, read_tasks
from planner.catalog.offers import read_offers, read_providers
from planner.catalog.places import read_country_groups
from planner.catalog.prices.checking import Known
from planner.catalog.prices.doubts import doubts
from planner.catalog.prices.merging import owner
from planner.catalog.prices.snapshot import Snapshot, read_snapshot, snapshot_file
from planner.catalog.quotes import read_claims, read_discounts, read_quoted_runs, read_quotes
from planner.catalog.rows import Catalog
from planner.catalog.serving_engines import read_engines
from planner.catalog.spot_rates import read_spot_rates, with_spot_rates
from planner.catalog.sustained_use import read_sustained_use, with_sustained_use
from planner.catalog.tables import Directory
from planner.catalog.training import read_methods, read_stacks, read_support
from planner.errors import InputError
from planner.resources import CATALOG_DATA
from planner.units import earliest_day

SNAPSHOT: Final = "prices/snapshot.csv"
"""What a snapshot is called in the catalog's digest, wherever it lies."""
_DATED = re.compile(r"as of (?:release available )?(\d{4}-\d{2}-\d{2})")


def load_catalog(as_of: str | None = None, directory: Path = CATALOG_DATA, prices: Path | None = None) -> Catalog:
    """The catalog of a directory as of a date (`YYYY-MM-DD`), by default the newest date its files name.

    `prices` is a snapshot, or a folder whose newest one counts: what it says of a provider replaces all that the
    catalog lists of that one. Prices carry their age at the date. All malformed rows are reported at once, by file and
    line.
    """
    catalog = _read(Path(directory).resolve())
    if prices is not None:
        file = snapshot_file(prices)
        catalog = _laid(Path(directory).resolve(), file, file.read_bytes())
    if as_of is None or as_of == catalog.as_of:
        return catalog
    try:
        earliest_day(as_of)
    except (ValueError, TypeError) as error:
        message = f"catalog date {as_of!r} is not a date: YYYY-MM-DD"
        raise InputError(message) from error
    ages = age_months(catalog.offers.as_of.tolist(), as_of)
    return replace(catalog, as_of=as_of, offers=replace(catalog.offers, age_months=ages))


@functools.lru_cache(maxsize=8)
def _read(path: Path) -> Catalog:
    return _catalog(path, None)


@functools.lru_cache(maxsize=4)
def _laid(path: Path, file: Path, _content: bytes) -> Catalog:
    """The catalog with the prices of a snapshot, which its content tells from others of the same name."""
    bundled = _read(path)
    snapshot = read_snapshot(file, Known.of(bundled))
    return replace(_catalog(path, snapshot, _content), doubts=doubts(snapshot, file, bundled))


def _catalog(path: Path, snapshot: Snapshot | None, content: bytes = b"") -> Catalog:
    directory = Directory(path)
    models, gpus = read_models(directory), read_gpus(directory)
    methods = read_methods(directory)
    stacks = read_stacks(directory, methods)
    support = read_support(directory, stacks, methods)
    engines = read_engines(directory)
    engine_support = read_engine_support(directory, engines)
    calibration = read_calibration(directory, stacks, engines)
    scores, benchmarks = read_scores(directory, models), read_benchmarks(directory)
    tasks = read_tasks(directory, benchmarks)
    providers = read_providers(directory)
    sources = _read_sources(directory)
    claims, runs = read_claims(directory, models, benchmarks), read_quoted_runs(directory)
    discounts, groups = read_discounts(directory, gpus), read_country_groups(directory)
    quotes, surcharges = read_quotes(directory, gpus), read_surcharges(directory, providers)
    tuning, apis = read_tuning_prices(directory, models), read_apis(directory, models, scores)
    currencies = read_currencies(directory)
    spot_rates = read_spot_rates(directory, gpus, providers)
    sustained = read_sustained_use(directory, gpus, providers)
    as_of = _newest_date(directory)
    if snapshot is not None:
        as_of = max(as_of, snapshot.day)
        sources += _snapshot_sources(snapshot)
        directory.content[SNAPSHOT] = content
    rows = () if snapshot is None else snapshot.rows
    offers, unpriced = read_offers(directory, gpus, providers, quotes, surcharges, as_of, rows)
    directory.problems.raise_any()
    return Catalog(
        as_of=as_of,
        digest=directory.digest(),
        models=models,
        gpus=gpus,
        offers=with_spot_rates(with_sustained_use(offers, sustained, gpus), spot_rates, gpus),
        providers=providers,
        stacks=stacks,
        calibration=calibration,
        methods=methods,
        support=support,
        scores=scores,
        benchmarks=benchmarks,
        tasks=tasks,
        unpriced_spot=unpriced,
        sources=sources,
        claims=claims,
        quotes=quotes,
        quoted_runs=runs,
        surcharges=surcharges,
        spot_rates=spot_rates,
        tuning_prices=tuning,
        engines=engines,
        engine_support=engine_support,
        apis=apis,
        discounts=discounts,
        country_groups=groups,
        currencies=currencies,
        directory=path,
    )


def _read_sources(directory: Directory) -> tuple[tuple[str, str, str], ...]:
    """Read `sources.csv`: what, source with licence, as of."""
    table = directory.table("sources.csv", ("what", "source", "licence", "as_of"))
    cells = zip(*(table.required(name) for name in ("what", "source", "licence", "as_of")), strict=True)
    return tuple((what, f"{source} ({licence})", as_of) for what, source, licence, as_of in cells)


def _snapshot_sources(snapshot: Snapshot) -> tuple[tuple[str, str, str], ...]:
    """What a snapshot's prices rest on: for each source what it was asked for, and the day of its newest price."""
    providers: dict[str, set[str]] = {}
    newest: dict[str, str] = {}
    for row in snapshot.rows:
        name = owner(row)
        providers.setdefault(name, set()).add(row.provider)
        newest[name] = max(newest.get(name, ""), row.as_of)
    return tuple(
        (f"prices {', '.join(sorted(providers[name]))}", f"{name}, by the snapshot of {snapshot.day}", newest[name])
        for name in sorted(providers)
    )


def _newest_date(directory: Directory) -> str:
    """The newest date named in the first lines of the files read so far."""
    heads = [content.partition(b"\n")[0].decode() for content in directory.content.values()]
    dates = [date for head in heads for date in _DATED.findall(head)]
    if not dates:
        directory.problems.add("gpus.csv", 1, "no file gives its date in the first line: as of YYYY-MM-DD")
        directory.problems.raise_any()
    return str(max(dates))
