"""Whether a scenario needs a source of prices that could not be had."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from planner.catalog.prices.snapshot import Snapshot
    from planner.catalog.prices.source import Source
    from planner.catalog.rows import Catalog

NO_OFFER: Final = "no offer of the catalog matches"
"""How scenarios are told that nothing is for sale that fits them."""
_NEVER_MONTHS: Final = 1200.0
"""An age that no price has: what is stale is wanted in the market, to be told of."""


def needs(
    scenario: Path, catalog: Catalog, snapshot: Snapshot | None, failed: Sequence[Source], previous: Snapshot | None,
    stale_months: float,
) -> list[str]:  # fmt: skip
    """What the scenario would need of these sources, in words: nothing older is known, or what is known is stale.

    It needs a provider that it names, or whose offers it may choose from. `catalog` has the snapshot's prices. Raises
    InvalidInput for a scenario that is wrong in another way than that no offer matches it.
    """
    from planner.catalog.prices.merging import owner
    from planner.locking.choosing import CATALOG
    from planner.planning import read_any
    from planner.source import InvalidInput

    try:
        ready = read_any(scenario, catalog, price_max_age_months=_NEVER_MONTHS, prices=CATALOG)
    except InvalidInput as error:
        if any(one.severity == "error" and not one.message.startswith(NO_OFFER) for one in error.problems):
            raise
        asked = _providers(scenario)
        names = [one.name for one in failed if asked == "any" or set(asked) & set(one.providers)]
        if not names:
            raise
        return [f"{scenario}: {NO_OFFER} what it asks for, without {', '.join(names)}"]
    offers, asked = ready.space.market.offers, ready.scenario.hardware.providers
    have = {row.provider for row in snapshot.rows} if snapshot is not None else set()
    lines = []
    for source in failed:
        earlier = previous.rows if previous is not None else ()
        for provider in source.providers or sorted({one.provider for one in earlier if owner(one) == source.name}):
            at = offers.providers.index(provider) if provider in offers.providers else -1
            ages = offers.age_months[offers.provider == at]
            if not len(ages) and (asked == "any" or provider not in asked):
                continue
            if provider not in have:
                lines.append(f"{scenario}: may choose {provider}, and no earlier snapshot has its prices")
            elif len(ages) and ages.max() > stale_months:
                lines.append(
                    f"{scenario}: may choose {provider}, and its prices are up to {ages.max():.0f} months old "
                    f"(stale from {stale_months:g})"
                )
    return lines


def _providers(scenario: Path) -> Any:  # noqa: ANN401 - as written
    """The providers that a scenario which cannot be resolved names, with what it extends laid under it."""
    from planner.planning import NO_CHANGES
    from planner.scenario.compose import compose
    from planner.source import read_document

    data = compose(read_document(scenario, str(scenario)), scenario, NO_CHANGES).data
    return data.get("hardware", {}).get("providers", "any")
