"""Under which name a sampled search is kept: two searches share it exactly when they try the same points for the same.

What only says how long to search, how to polish, who asks and how to decide leaves the name as it is.
"""

import hashlib
from typing import Any

import numpy as np

from planner.catalog.rows import Catalog
from planner.scenario.fine_tune import FineTune
from planner.space.resolve import Space

_ASIDE: dict[str, Any] = {
    "metadata": True,
    "decide": True,
    "labour": True,
    "overlays": True,  # the catalog's digest covers what they say
    "currency": True,
    "tax": True,
    "search": {"evaluations", "converged_below", "polish", "strategy"},
}
"""What may change while a search goes on."""


def study_name(scenario: FineTune, space: Space, catalog: Catalog, version: str) -> str:
    """The scenario's name and a digest of its meaning, its prices, the catalog, the planner and the seed."""
    state = hashlib.sha256()
    state.update(scenario.model_dump_json(exclude=_ASIDE, by_alias=True).encode())
    overlays = [overlay.digest for overlay in catalog.calibration.overlays]
    measured = space.measured
    files = [measured.digest, measured.tokenizer_digest] if measured is not None else []
    state.update("\0".join([version, space.way, catalog.digest, *overlays, *files]).encode())
    offers = space.market.offers
    for name in offers.__dataclass_fields__:
        column = getattr(offers, name)
        state.update(column.tobytes() if isinstance(column, np.ndarray) else repr(column).encode())
    return f"{scenario.metadata.name}@{state.hexdigest()[:16]}"
