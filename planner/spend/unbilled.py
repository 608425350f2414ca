"""What requests of APIs cost by their logs where no bill is of who sells them: it is in no sum of money."""

import re
from collections.abc import Mapping
from typing import Final

from planner.catalog.rows import Catalog
from planner.source.excerpt import visible
from planner.spend.months import Month
from planner.spend.reading.api_prices import sellers_of
from planner.spend.store import Store
from planner.units import usd

_SOLD_BY: Final[Mapping[str, str]] = {"bedrock": "aws", "google-vertex": "gcp", "google-gemini": "gcp"}
"""Provider of models → whose bill they are on, where it is another's."""
_MOST_NAMED: Final = 5


def unbilled_of(store: Store, catalog: Catalog, month: Month) -> list[str]:
    """A sentence on models whose requests cost something in a month, sold by nobody that any bill is of.

    Models of deployments cost what their machines do. Without charges there is nothing to miss, as `doubts_of` tells.
    """
    sold = "SELECT provider FROM cells UNION SELECT service FROM cells"
    billed = {_plain(name) for (name,) in store.rows(sold)} - {""}
    costs: dict[str, float] = dict(
        store.rows(
            "SELECT model, sum(cost_usd)::DOUBLE FROM usage WHERE model <> '' AND deployment = '' AND day >= ? "
            "AND day < ? AND model NOT IN (SELECT model FROM cells) GROUP BY model HAVING sum(cost_usd) > 0 "
            "ORDER BY sum(cost_usd) DESC, model",
            [month.first, month.end],
        )
    )
    missing = {model: sellers for model in costs if (sellers := sellers_of(catalog, model))}
    missing = {
        model: sellers
        for model, sellers in missing.items()
        if not any(_plain(_SOLD_BY.get(seller, seller)) in one for seller in sellers for one in billed)
    }
    if not billed or not missing:
        return []
    names = ", ".join(visible(model) for model in list(missing)[:_MOST_NAMED]) + (
        ", …" if len(missing) > _MOST_NAMED else ""
    )
    sold_by = " or ".join(sorted({seller for sellers in missing.values() for seller in sellers}))
    cost = usd(sum(costs[model] for model in missing))
    return [
        f"requests of {names} cost {cost} in {month} by their logs, and no bill is of {sold_by}: that is in no total, "
        "budget or statement, unless another bill has it"
    ]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
