"""Private prices: what a user pays instead of the list, and where it is written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field

OfferKey = tuple[str, str, str, str, str]
"""Provider, service, instance, region, tier: what makes an offer the same offer."""


@dataclass(frozen=True, slots=True)
class PrivatePrice:
    """The price of one offer that is not the list's."""

    listed_usd_per_hour: float | None
    """What the list says; None for a machine that it does not have."""
    usd_per_hour: float
    how: str
    """How it came about: `fixed rate`, `18 % off the list`, `machine of your own`."""
    source: str
    """What the overlay says it rests on."""
    overlay: str
    """Name of the overlay."""
    until: str = ""
    """Last day on which it holds; empty where it has no end."""


@dataclass(frozen=True, slots=True)
class OverlayFile:
    """A catalog overlay that was laid on the catalog."""

    name: str
    file: str
    """Its path from the root of the repository."""
    digest: str
    """SHA-256 of its bytes."""
    as_of: str
    """The newest date of its prices; empty where it has none."""


@dataclass(frozen=True, slots=True)
class Own:
    """What overlays laid on a catalog, beside its rows."""

    prices: Mapping[OfferKey, PrivatePrice] = field(default_factory=dict)
    """Offers whose price is a user's own, and how it came about."""
    files: tuple[OverlayFile, ...] = ()
    """The overlays, in the order in which they count."""
    gpus: Mapping[str, str] = field(default_factory=dict)
    """Cards they brought along, and the named card whose constants each has."""
    providers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Providers they brought along, and which of their terms are defaults."""
    amounts_in: tuple[str, ...] = ()
    """Currencies other than USD in which they, or the scenario that names them, write amounts."""
