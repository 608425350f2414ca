"""What a place adds to an offer: its country, storage and egress prices, grid carbon, PUE; fallbacks say so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from statistics import mean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.catalog.egress import Egress, read_egress
from planner.catalog.regional import ANY, Place, Regional, regional
from planner.catalog.tables import Directory, Table

_DISK_KINDS = ("block_ssd", "network_fs", "object")
"""What a training machine's disk is billed as, in order of preference."""


def read_storage(table: Table) -> Regional:
    """USD per GB-month of disk by place, from `storage_network.csv`.

    Disk is the cheapest SSD block storage of a place; without one a network file system, then object storage.
    """
    price = table.floats("price", blank=False).tolist()
    places: Iterable[Place] = zip(table.required("provider"), table.required("region"), strict=True)
    disks: dict[Place, tuple[int, float]] = {}
    for place, kind, usd in zip(places, table.required("kind"), price, strict=True):
        if kind in _DISK_KINDS:
            candidate = (_DISK_KINDS.index(kind), usd)
            disks[place] = min(disks.get(place, candidate), candidate)
    return regional({place: usd for place, (_, usd) in disks.items()})


@dataclass(frozen=True, slots=True)
class Grid:
    """Carbon intensity of the grid in kg per kWh, and PUE, by place."""

    exact: dict[Place, tuple[float, float]]
    elsewhere: dict[str, tuple[float, float]]
    default: tuple[float, float]

    def at(self, place: Place) -> tuple[float, float, bool]:
        """Intensity, PUE, whether the former is known there; else the provider's mean, else the world's."""
        if place in self.exact:
            return (*self.exact[place], True)
        return (*self.elsewhere.get(place[0], self.default), False)


def read_grid(directory: Directory) -> Grid:
    """Read `carbon.csv`; a blank PUE is that of the row `default,any`."""
    table = directory.table("carbon.csv", ("provider", "region", "gco2e_per_kwh", "pue"))
    intensity = (table.floats("gco2e_per_kwh", blank=False) / 1000.0).tolist()
    pue = table.floats("pue", least=1.0).tolist()
    places = list(zip(table.required("provider"), table.required("region"), strict=True))
    if ("default", ANY) not in places:
        directory.problems.add(table.file, 2, "the row 'default,any' is missing")
        directory.problems.raise_any()
    fallback = places.index(("default", ANY))
    default = (intensity[fallback], pue[fallback])
    exact = {
        place: (kg, default[1] if isnan(ratio) else ratio)
        for place, kg, ratio in zip(places, intensity, pue, strict=True)
    }
    rows: dict[str, list[tuple[float, float]]] = {}
    for (provider, _), pair in exact.items():
        rows.setdefault(provider, []).append(pair)
    elsewhere = {p: (mean(kg for kg, _ in pairs), mean(x for _, x in pairs)) for p, pairs in rows.items()}
    return Grid(exact, elsewhere, default)


@dataclass(frozen=True, slots=True)
class Places:
    """Everything that is known about places."""

    storage: Regional
    egress: Egress
    grid: Grid
    country: dict[Place, str]

    def columns(self, keys: Sequence[Place]) -> dict[str, NDArray[Any]]:
        """The columns that these places give to offers, looked up once per place."""
        at = {key: (*self.storage.at(key), *self.grid.at(key), *self.egress.at(key)) for key in set(keys)}
        rows = np.array([at[key] for key in keys], np.float64).reshape(-1, 7 + len(self.egress.from_gb))
        return {
            "storage_usd_per_gb_month": rows[:, 0],
            "storage_known": rows[:, 1] > 0,
            "grid_kg_per_kwh": rows[:, 2],
            "pue": rows[:, 3],
            "carbon_known": rows[:, 4] > 0,
            "egress_known": rows[:, 5] > 0,
            "egress_free_gb": rows[:, 6],
            "egress_usd_per_gb": rows[:, 7:],
            "country": np.array([self.country.get(key, "") for key in keys], np.str_),
        }


def read_places(directory: Directory) -> Places:
    """Read the files about places."""
    table = directory.table("storage_network.csv", ("provider", "region", "kind", "tier", "price"))
    return Places(read_storage(table), read_egress(table), read_grid(directory), read_countries(directory))


def read_countries(directory: Directory) -> dict[Place, str]:
    """Read `regions.csv`: the country of a provider's region."""
    table = directory.table("regions.csv", ("provider", "region", "country", "source"))
    places = list(zip(table.required("provider"), table.required("region"), strict=True))
    table.required("source")
    for row, (place, code) in enumerate(zip(places, table.required("country"), strict=True)):
        if not _is_country(code):
            table.complain(row, f"country {code!r} is not a code of two capital letters")
        if place[1] == ANY:
            table.complain(row, "region 'any' lies in no one country")
        if place in places[:row]:
            table.complain(row, f"{' '.join(place)} is given twice")
    return dict(zip(places, table.columns["country"], strict=True))


def read_country_groups(directory: Directory) -> dict[str, tuple[str, ...]]:
    """Read `country_groups.yaml`: names such as EU and the countries they stand for."""
    groups = {}
    for entry in directory.entries("country_groups.yaml", ("countries", "source")):
        groups[entry.id] = entry.words("countries")
        for code in groups[entry.id]:
            if not _is_country(code):
                entry.complain(f"{code!r} is not a code of two capital letters")
    return groups


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isascii() and code.isupper() and code.isalpha()
