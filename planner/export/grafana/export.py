"""`planner export grafana`: one dashboard."""

import json
from collections.abc import Sequence
from typing import Final

from planner.export.asked import Asked, Given, Made, the_review
from planner.export.grafana.dashboard import dashboard

FILE: Final = "dashboard.json"


def export(given: Sequence[Given], _asked: Asked) -> Made:
    """The dashboard of a review; raises InputError for a plan, which has no metrics."""
    content = json.dumps(dashboard(the_review(given)), indent=2, ensure_ascii=False)
    return Made({FILE: f"{content}\n".encode()})
