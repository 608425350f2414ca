"""Staged rows → `cells` and `gpu_hourly`.

A charge lies on the day, in the review's time zone, on which its period starts. One for several days, as a monthly fee
or usage that is reported by the month, is spread evenly over as many days as its period has, to the last decimal: what
does not divide is on the last of them; days from the review's own on are set aside as future. What is paid at once
(ChargeFrequency One-Time, or a Purchase of which the bill does not say how often) stands on its first day whole.
Negative usage stays as it is, since the total must be the bill's; it is counted in the notes.
"""

from typing import Final

from planner.spend.reading.focus.overlaps import judged, status
from planner.spend.store import MONEY, Store

AMOUNT_NAMES: Final = ("billed", "effective", "list", "contracted")
HOURS_SPREAD: Final = 32 * 24
"""A charge for more hours is in no hour of `gpu_hourly`."""
MOST_HOURS: Final = 100_000_000
"""Rows of charges for several hours that are spread over them."""
_CELLS: Final = (
    "provider", "billing_account", "sub_account", "service", "service_category", "category", "class",
    "pricing_category", "commitment_status", "region", "resource", "resource_name", "resource_type", "sku", "meter",
    "gpu", "description",
)  # fmt: skip


def fill_charged(store: Store) -> None:
    """The table `charged`: kind → all that a cell says of it, and how its quantities count."""
    own = ", ".join(f'k."{name}"' for name in _CELLS if name not in ("meter", "gpu"))
    dimensions = "".join(f", t.dim{place}" for place in range(len(store.dimensions)))
    store.connection.execute(
        f"CREATE TABLE focus.charged AS SELECT k.kind, {own}, e.told AS meter, m.gpu, m.cards, k.rate, k.currency, "
        "t.told_run AS run, t.told_scenario AS scenario, u.name AS used_unit, u.factor AS used_factor, "
        "u.measured AS used_of, p.name AS priced_unit, p.factor AS priced_factor, p.measured AS priced_of"
        f"{dimensions} FROM focus.known k JOIN focus.told_of t USING (kind) JOIN focus.machined m USING (kind) "
        "JOIN focus.units u ON k.used_unit = u.written JOIN focus.units p ON k.priced_unit = p.written "
        "JOIN focus.metered w USING (kind) JOIN focus.meters e ON w.meter = e.meter AND w.unit = e.unit "
        "AND w.service_category = e.service_category AND w.description = e.description"
    )


def fill_summed(store: Store) -> None:
    """The tables `summed`, rows by kind, day and what becomes of them, and `daily`, kept amounts day by day."""
    span = (
        'CASE WHEN s.bad OR k.at_once THEN 1 ELSE greatest(1, round(date_diff(\'second\', s."start", s."end") / 86400))'
    )
    sums = ", ".join(f"sum(s.{name}) AS {name}" for name in (*AMOUNT_NAMES, "used", "priced"))
    store.connection.execute(
        f"CREATE TABLE focus_rows.summed AS SELECT s.kind, d.day, ({span} END)::INTEGER AS span, {status()} AS status, "
        "s.list IS NULL AS no_list, s.contracted IS NULL AS no_contracted, s.used IS NULL AS no_used, "
        "s.priced IS NULL AS no_priced, count(*) AS rows, count(*) FILTER (k.category = 'Usage' AND "
        "k.class <> 'Correction' AND (s.billed < 0 OR s.effective < 0 OR s.used < 0)) AS negative, "
        f"count(*) FILTER (k.tags_broken) AS tags_broken, {sums} FROM {judged()} GROUP BY ALL",
        [store.as_of],
    )
    flags = "kind, no_used, no_priced"
    whole = ", ".join((*AMOUNT_NAMES, "used", "priced"))
    parts = ", ".join(_part(name) for name in AMOUNT_NAMES)
    store.connection.execute(
        f"CREATE TABLE focus_rows.daily AS SELECT {flags}, no_list, no_contracted, day, rows, {whole} "
        "FROM focus_rows.summed WHERE status = 'kept' AND span = 1 "
        f"UNION ALL SELECT {flags}, no_list, no_contracted, day + i::INTEGER, CASE WHEN i = 0 THEN rows ELSE 0 END, "
        f"{parts}, used / span, priced / span FROM (SELECT *, unnest(range(span)) AS i FROM focus_rows.summed "
        "WHERE status = 'kept' AND span > 1)"
    )


def fill_cells(store: Store, name: str) -> None:
    """Add to `cells` what is kept."""
    attributes = ", ".join(f'c."{column}"' for column in _CELLS)
    dimensions = "".join(f", c.dim{place}" for place in range(len(store.dimensions)))
    usd = ", ".join(
        f"CASE WHEN c.rate = 1 THEN sum(d.{amount})::{MONEY} ELSE (sum(d.{amount})::DOUBLE * c.rate)::{MONEY} END"
        for amount in AMOUNT_NAMES
    )
    unit = "CASE WHEN d.no_used THEN c.priced_unit ELSE c.used_unit END"
    quantity = "CASE WHEN d.no_used THEN d.priced::DOUBLE * c.priced_factor ELSE d.used::DOUBLE * c.used_factor END"
    store.connection.execute(
        f"INSERT INTO cells SELECT d.day, ?, {attributes}, {unit}, c.run, c.scenario, {usd}, {_exact(quantity)}, "
        f"{_exact(_gpu_hours('d'))}, sum(d.rows){dimensions} "
        "FROM focus_rows.daily d JOIN focus.charged c USING (kind) WHERE d.day < ? "
        f"GROUP BY d.day, {attributes}, {unit}, c.run, c.scenario, c.rate, d.no_used, d.no_priced, d.no_list, "
        f"d.no_contracted, {_gpu_hours('d')} IS NULL{dimensions}",
        [name, store.as_of],
    )


def fill_gpu_hourly(store: Store) -> bool:
    """Add to `gpu_hourly` what is kept of GPU-hours; whether some are for more than an hour and were spread evenly."""
    until = store.begin(store.as_of)
    store.connection.execute(
        "CREATE TABLE focus.gpu_kinds AS SELECT kind FROM focus.charged WHERE gpu <> '' AND category = 'Usage' "
        "AND commitment_status <> 'Unused'"
    )
    hours = 'greatest(1, round(date_diff(\'second\', s."start", s."end") / 3600))::INTEGER'
    store.connection.execute(
        f"CREATE TABLE focus_rows.hourly AS SELECT s.kind, date_trunc('hour', s.\"start\") AS hour, {hours} AS hours, "
        "s.used IS NULL AS no_used, s.list IS NULL AS no_list, sum(s.used) AS used, sum(s.priced) AS priced, "
        f"sum(s.effective) AS effective, sum(s.list) AS list FROM {judged()} "
        f"SEMI JOIN focus.gpu_kinds g ON s.kind = g.kind WHERE {status()} = 'kept' GROUP BY ALL",
        [store.as_of],
    )
    spread = store.rows(
        "SELECT coalesce(sum(hours), 0) FROM focus_rows.hourly WHERE hours BETWEEN 2 AND ?", [HOURS_SPREAD]
    )[0][0]
    most = HOURS_SPREAD if spread <= MOST_HOURS else 1
    dimensions = "".join(f", c.dim{place}" for place in range(len(store.dimensions)))
    store.connection.execute(
        "INSERT INTO gpu_hourly SELECT d.hour, c.provider, c.region, c.gpu, c.pricing_category, c.resource, c.run, "
        f"{_exact(_gpu_hours('d'))}, {_exact('d.effective::DOUBLE * c.rate')}, "
        f"{_exact('d.list::DOUBLE * c.rate')}{dimensions} FROM ("
        "SELECT * FROM focus_rows.hourly WHERE hours = 1 UNION ALL SELECT kind, hour + to_hours(i), hours, no_used, "
        "no_list, used / hours, priced / hours, effective / hours, list / hours FROM (SELECT *, unnest(range(hours)) "
        "AS i FROM focus_rows.hourly WHERE hours BETWEEN 2 AND ?)) d "
        f"JOIN focus.charged c USING (kind) WHERE d.hour < ? AND {_gpu_hours('d')} IS NOT NULL "
        f"GROUP BY d.hour, c.provider, c.region, c.gpu, c.pricing_category, c.resource, c.run, d.no_list{dimensions}",
        [most, until],
    )
    return bool(spread)


def _gpu_hours(row: str) -> str:
    """GPU-hours: quantity in hours times cards of the machine; NULL where either is unknown."""
    hours = (
        f"CASE WHEN {row}.no_used THEN {row}.priced::DOUBLE * c.priced_factor * {_cards('priced')} "
        f"ELSE {row}.used::DOUBLE * c.used_factor * {_cards('used')} END"
    )
    return f"CASE WHEN c.gpu <> '' AND c.category = 'Usage' AND c.commitment_status <> 'Unused' THEN {hours} END"


def _exact(value: str) -> str:
    """Sum of floats that is the same in whatever order they come."""
    return f"sum(({value})::DECIMAL(38, 12))::DOUBLE"


def _cards(quantity: str) -> str:
    return f"CASE c.{quantity}_of WHEN 'machine' THEN c.cards WHEN 'gpu' THEN 1 END"


def _part(name: str) -> str:
    """A day's part of an amount: the last has what the others leave."""
    part = f"((({name} * 1000000000)::HUGEINT // span)::DECIMAL(28, 0) * 0.000000001::DECIMAL(10, 9))"
    # Left to itself DuckDB rounds both, and the amounts that are not spread with them, to nine places.
    exact = "DECIMAL(38, 12)"
    return f"CASE WHEN i < span - 1 THEN {part}::{exact} ELSE {name} - ({part} * (span - 1))::{exact} END AS {name}"
