"""Places that quotas, outages and residency speak of: which machines lie in them, and what they are called."""

from collections.abc import Sequence

from planner.catalog.models import id_of
from planner.catalog.names import resolve_gpus, resolve_provider
from planner.catalog.rows import Catalog
from planner.kinds.portfolio.inputs import Place
from planner.outcome.portfolio import Chosen
from planner.scenario.portfolio_limits import Outage, Quota
from planner.space.offers import countries_of


def quota_place(quota: Quota, catalog: Catalog) -> Place:
    """The machines of a quota; a card that the catalog does not know is none."""
    gpus: tuple[str, ...] = ()
    if quota.gpu is not None:
        gpus = tuple(catalog.gpus[i].id for i in resolve_gpus(catalog, quota.gpu)) or (quota.gpu,)
    return Place(_provider(quota.provider, catalog), quota.region or "", gpus, quota.tier or "")


def outage_place(outage: Outage, catalog: Catalog) -> Place:
    """What is down."""
    return Place(_provider(outage.provider, catalog), outage.region or "")


def lies_in(place: Place, chosen: Chosen) -> bool:
    """Whether a configuration runs there."""
    return (
        place.provider in ("", chosen.provider)
        and place.region in ("", chosen.region)
        and (not place.gpus or chosen.gpu in place.gpus)
        and place.tier in ("", chosen.tier)
    )


class Where:
    """Which of some places configurations lie in; each combination of provider, region, card and tier judged once."""

    def __init__(self, places: Sequence[Place]) -> None:
        """Nothing judged yet."""
        self.places = tuple(places)
        self.known: dict[tuple[str, str, str, str], tuple[bool, ...]] = {}

    def of(self, chosen: Chosen) -> tuple[bool, ...]:
        """(places,) whether it lies there."""
        key = (chosen.provider, chosen.region, chosen.gpu, chosen.tier)
        if key not in self.known:
            self.known[key] = tuple(lies_in(place, chosen) for place in self.places)
        return self.known[key]


def foreign_places(residency: list[str], catalog: Catalog) -> tuple[Place, ...]:
    """Regions none of whose offers lies in these countries, in order of name; an unknown country lies in none."""
    allowed = countries_of(residency, catalog)
    offers = catalog.offers
    inside: dict[tuple[str, str], bool] = {}
    rows = zip(offers.provider.tolist(), offers.region.tolist(), offers.country.tolist(), strict=True)
    for provider, region, country in rows:
        key = (offers.providers[provider], str(region))
        inside[key] = inside.get(key, False) or country in allowed
    return tuple(Place(*key) for key in sorted(inside) if not inside[key])


def quota_words(quota: Quota) -> str:
    """`h100 at aws us-east-1, spot`; `GPUs anywhere`."""
    where = " ".join(filter(None, [quota.provider, quota.region]))
    place = f"at {where}" if where else "" if quota.gpu else "anywhere"
    tier = f", {quota.tier.replace('_', ' ')}" if quota.tier else ""
    return f"{quota.gpu or 'GPUs'} {place}".rstrip() + tier


def place_words(place: Place) -> str:
    """`h100-sxm or h100-pcie at aws us-east-1, spot`; `aws`; `any machine`."""
    where = " ".join(filter(None, [place.provider, place.region]))
    tier = place.tier.replace("_", " ")
    if not place.gpus:
        return ", ".join(filter(None, [where, tier])) or "any machine"
    cards = " or ".join(place.gpus)
    return ", ".join(filter(None, [f"{cards} at {where}" if where else cards, tier]))


def _provider(name: str | None, catalog: Catalog) -> str:
    """The provider's id; one that the catalog has no machines of may still sell an API."""
    if name is None:
        return ""
    found = resolve_provider(catalog, name)
    return id_of(name) if found is None else catalog.providers[found].id
