"""Where the preemption rate of a spot offer comes from, in words."""

from collections.abc import Iterator, Sequence
from typing import Final

from planner.catalog.preemption import SpotRate
from planner.catalog.rows import Catalog, Offers
from planner.outcome import Offer
from planner.units import significant

PRIOR: Final = "prior, a factor of three either way"
OWN: Final = "runs of yours"
_TAGS: Final = {"high": "R", "medium": "R", "low": "E"}


def preemption_source(catalog: Catalog, offers: Offers, o: int) -> str:
    """Where rate and wait of spot offer `o` come from: the user's own runs, a row of the catalog, or nothing known."""
    provider, row = offers.providers[int(offers.provider[o])], int(offers.spot_rate[o])
    if f"preemption {provider}/spot" in {c.key for overlay in catalog.calibration.overlays for c in overlay.changed}:
        return OWN
    if row >= 0:
        return _words(catalog.spot_rates[row])
    known = next(one for one in catalog.providers if one.id == provider)
    return f"{provider}'s own, {known.confidence}" if known.preemption_known else PRIOR


def known_rates(catalog: Catalog, spots: Sequence[Offer]) -> Iterator[tuple[str, str, str, str]]:
    """Name, value, evidence and note of every row of the catalog that the preemption rate of these offers rests on."""
    used = {offer.preemption_source for offer in spots}
    for rate in catalog.spot_rates:
        if (words := _words(rate)) in used:
            name = "/".join(filter(None, (rate.provider, rate.region, rate.gpu)))
            cards = f" x{rate.gpu_count}" if rate.gpu_count else ""
            band = f"{significant(rate.low, 2)} to {significant(rate.high, 2)}"
            wait = (
                "" if rate.wait_hours != rate.wait_hours else f", then {significant(rate.wait_hours, 2)} h of waiting"
            )
            yield (
                name + cards,
                f"{significant(rate.per_hour, 2)} ({band}) per running hour{wait}",
                _TAGS[rate.confidence],
                words,
            )


def _words(rate: SpotRate) -> str:
    return f"{rate.source}; {rate.confidence} confidence, {rate.as_of}"
