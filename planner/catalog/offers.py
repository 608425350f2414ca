"""Offers: one row per instance, region and tier, with everything of the provider that a run depends on."""

import numpy as np

from planner.catalog.ages import age_months, earliest_day
from planner.catalog.managed import availability_of, managed_offers, quoted_offers
from planner.catalog.places import Places, read_places
from planner.catalog.quoted import Quote, Surcharge
from planner.catalog.rows import PLAIN, Floats, Gpu, Offers, Provider
from planner.catalog.tables import Directory, Table

_CONFIDENCE = ("low", "medium", "high")
_DEFAULT = "default"
_IDENTITY = ("provider", "instance_type", "region")
_BILLING = (
    "billing_granularity_s", "billing_minimum_s", "queue_s", "boot_s", "image_pull_s", "weights_gb_per_s",
    "max_run_hours", "spot_notice_s", "preemption_per_hour",
)  # fmt: skip


def read_providers(directory: Directory) -> tuple[Provider, ...]:
    """Read `providers.csv`; blanks take the row `default`, except the longest run (NaN: no limit known)."""
    table = directory.table("providers.csv", ("provider", "confidence", *_BILLING))
    ids = table.required("provider")
    columns = {name: table.floats(name) for name in _BILLING}
    confidence = table.texts("confidence", ("C", "R", "M", "E"))
    if _DEFAULT not in ids:
        directory.problems.add(table.file, 2, f"the row {_DEFAULT!r} is missing")
        return ()
    known = np.isfinite(columns["preemption_per_hour"])
    fallback = ids.index(_DEFAULT)
    for name, column in columns.items():
        if name != "max_run_hours":
            column[np.isnan(column)] = column[fallback]
    return tuple(
        Provider(
            id=ids[row],
            preemption_known=bool(known[row]) and ids[row] != _DEFAULT,
            confidence=confidence[row],
            **{name: float(column[row]) for name, column in columns.items()},
        )
        for row in range(len(table))
        if ids[row] != _DEFAULT
    )


def read_offers(
    directory: Directory,
    gpus: tuple[Gpu, ...],
    providers: tuple[Provider, ...],
    quotes: tuple[Quote, ...],
    surcharges: tuple[Surcharge, ...],
    as_of: str,
) -> tuple[Offers, dict[str, int]]:
    """All offers, and the number of listed machines without a spot price by provider.

    Machines come from `prices.csv`; managed services add their surcharge to them; a provider without a listed machine
    is taken from the quotes.
    """
    places = read_places(directory)
    listed, unpriced = _read_listed(directory, gpus, providers, quotes, places, as_of)
    priced = {listed.providers[i] for i in np.unique(listed.provider)}
    elsewhere = tuple(quote for quote in quotes if quote.provider not in priced)
    quoted = quoted_offers(elsewhere, gpus, providers, places, as_of)
    return listed.and_also(managed_offers(listed, surcharges), quoted), unpriced


def _read_listed(
    directory: Directory,
    gpus: tuple[Gpu, ...],
    providers: tuple[Provider, ...],
    quotes: tuple[Quote, ...],
    places: Places,
    as_of: str,
) -> tuple[Offers, dict[str, int]]:
    """Read `prices.csv` into offers, and count the rows without a spot price by provider."""
    columns = (
        "provider", "instance_type", "gpu", "gpu_count", "vcpus", "memory_gib", "region",
        "price_usd_per_hour", "spot_price_usd_per_hour", "as_of", "notes", "market", "retired",
        "price_confidence", "spot_confidence",
    )  # fmt: skip
    table = directory.table("prices.csv", columns)
    price = table.floats("price_usd_per_hour", least=1e-6, blank=False)
    spot_price = table.floats("spot_price_usd_per_hour", least=1e-6)
    _check(table, spot_price)
    unpriced: dict[str, int] = {}
    for row in np.flatnonzero(np.isnan(spot_price)):
        name = table.columns["provider"][row]
        unpriced[name] = unpriced.get(name, 0) + 1

    provider_at = {provider.id: i for i, provider in enumerate(providers)}
    gpu_at = {gpu.name: i for i, gpu in enumerate(gpus)}
    provider = np.array(_codes(table, "provider", provider_at, "providers.csv"), np.int64)
    gpu = np.array(_codes(table, "gpu", gpu_at, "gpus.csv"), np.int64)
    count = table.ints("gpu_count", least=1)
    market = np.array(table.texts("market", ("cloud", "marketplace")))
    retired, memory, vcpus = table.flags("retired"), table.floats("memory_gib"), table.floats("vcpus")
    at_place = places.columns(list(zip(table.columns["provider"], table.columns["region"], strict=True)))
    availability = availability_of(quotes, table.columns["provider"], table.columns["instance_type"])
    directory.problems.raise_any()

    n = len(table)
    spot_rows = np.flatnonzero(np.isfinite(spot_price))
    take = np.concatenate([np.arange(n), spot_rows])
    is_spot = np.concatenate([np.zeros(n, bool), np.ones(len(spot_rows), bool)])
    order = np.lexsort((is_spot, take))
    take, is_spot = take[order], is_spot[order]

    rank = {word: i for i, word in enumerate(_CONFIDENCE)}
    of_price = np.array([rank[word] for word in table.columns["price_confidence"]])
    of_spot = np.array([rank.get(word, len(rank) - 1) for word in table.columns["spot_confidence"]])
    confidence = np.where(is_spot, np.minimum(of_price, of_spot)[take], of_price[take])
    derived = np.array([note.startswith("spot derived") for note in table.columns["notes"]], bool)
    bill = {name: np.array([getattr(p, name) for p in providers])[provider[take]] for name in _BILLING}
    dates = table.columns["as_of"]
    offers = Offers(
        provider=provider[take],
        service=np.full(len(take), PLAIN),
        instance=np.array(table.columns["instance_type"])[take],
        gpu=gpu[take],
        gpu_count=count[take],
        memory_gib=memory[take],
        vcpus=vcpus[take],
        region=np.array(table.columns["region"])[take],
        spot=is_spot,
        price_usd_per_hour=np.where(is_spot, spot_price[take], price[take]),
        spot_twin_usd_per_hour=np.full(len(take), np.nan),
        as_of=np.array(dates)[take],
        age_months=age_months(dates, as_of)[take],
        marketplace=(market == "marketplace")[take],
        retired=retired[take],
        confidence=np.array(_CONFIDENCE)[confidence],
        availability=availability[take],
        derived_spot=is_spot & derived[take],
        granularity_s=bill["billing_granularity_s"],
        minimum_s=bill["billing_minimum_s"],
        queue_s=bill["queue_s"],
        boot_s=bill["boot_s"],
        image_pull_s=bill["image_pull_s"],
        weights_gb_per_s=bill["weights_gb_per_s"],
        max_run_hours=bill["max_run_hours"],
        preemption_per_hour=bill["preemption_per_hour"],
        preemption_cv=np.full(len(take), np.nan),
        providers=tuple(provider.id for provider in providers),
        **{name: column[take] for name, column in at_place.items()},
    )
    return offers, dict(sorted(unpriced.items()))


def _check(table: Table, spot_price: Floats) -> None:
    """Report cells that the columns' own types do not catch."""
    table.texts("price_confidence", _CONFIDENCE)
    words = table.texts("spot_confidence", ("", *_CONFIDENCE))
    table.required("instance_type")
    table.required("region")
    for row in np.flatnonzero(np.isfinite(spot_price)).tolist():
        if not words[row]:
            table.complain(row, "spot price without spot_confidence")
    seen: set[tuple[str, ...]] = set()
    for row, key in enumerate(zip(*(table.columns[name] for name in _IDENTITY), strict=True)):
        if key in seen:
            table.complain(row, f"{' '.join(key)} is given twice")
        seen.add(key)
    fine: set[str] = set()
    for row, date in enumerate(table.columns["as_of"]):
        if date in fine:
            continue
        try:
            earliest_day(date)
            fine.add(date)
        except (ValueError, TypeError):
            table.complain(row, f"as_of {date!r} is not a date: YYYY, YYYY-MM or YYYY-MM-DD")


def _codes(table: Table, column: str, known: dict[str, int], file: str) -> list[int]:
    for row, name in enumerate(table.columns[column]):
        if name not in known:
            table.complain(row, f"{column} {name!r} is not in {file}")
    return [known.get(name, 0) for name in table.columns[column]]
