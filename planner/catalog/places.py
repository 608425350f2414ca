"""What a place adds to an offer: storage and egress prices, grid carbon, PUE; fallbacks say that they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import mean, median

from planner.catalog.tables import Directory

Place = tuple[str, str]
"""Provider and region."""
ANY = "any"
_DISK_KINDS = ("block_ssd", "network_fs", "object")
"""What a training machine's disk is billed as, in order of preference."""


@dataclass(frozen=True, slots=True)
class Regional:
    """A value by provider and region, where some are unknown."""

    exact: dict[Place, float]
    elsewhere: dict[str, float]
    """By provider: its middle value over the regions that are known."""
    anywhere: float

    def at(self, place: Place) -> tuple[float, bool]:
        """The value at a place, and whether it is known there; else that of the provider, else of all."""
        provider, region = place
        for key in ((provider, region), (provider, ANY)):
            if key in self.exact:
                return self.exact[key], True
        return self.elsewhere.get(provider, self.anywhere), False


def _regional(exact: dict[Place, float]) -> Regional:
    providers: dict[str, list[float]] = {}
    for (provider, _), value in exact.items():
        providers.setdefault(provider, []).append(value)
    elsewhere = {provider: median(values) for provider, values in providers.items()}
    return Regional(exact, elsewhere, median(elsewhere.values()) if elsewhere else float("nan"))


def read_storage_and_egress(directory: Directory) -> tuple[Regional, Regional]:
    """Read `storage_network.csv`: USD per GB-month of disk, USD per GB of internet egress (first tier).

    Disk is the cheapest SSD block storage of a place; without one a network file system, then object storage.
    """
    table = directory.table("storage_network.csv", ("provider", "region", "kind", "price"))
    price = table.floats("price", blank=False).tolist()
    places: Iterable[Place] = zip(table.required("provider"), table.required("region"), strict=True)
    disks: dict[Place, tuple[int, float]] = {}
    egress: dict[Place, float] = {}
    for place, kind, usd in zip(places, table.required("kind"), price, strict=True):
        if kind == "egress_internet":
            egress.setdefault(place, usd)
        elif kind in _DISK_KINDS:
            candidate = (_DISK_KINDS.index(kind), usd)
            disks[place] = min(disks.get(place, candidate), candidate)
    return _regional({place: usd for place, (_, usd) in disks.items()}), _regional(egress)


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
        place: (kg, ratio if ratio == ratio else default[1])  # noqa: PLR0124  # a blank is NaN
        for place, kg, ratio in zip(places, intensity, pue, strict=True)
    }
    rows: dict[str, list[tuple[float, float]]] = {}
    for (provider, _), pair in exact.items():
        rows.setdefault(provider, []).append(pair)
    elsewhere = {p: (mean(kg for kg, _ in pairs), mean(x for _, x in pairs)) for p, pairs in rows.items()}
    return Grid(exact, elsewhere, default)
