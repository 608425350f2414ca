"""What sources of prices are asked with in tests, and what each of them has to stand."""

from collections.abc import Mapping

from planner.catalog.loader import load_catalog
from planner.catalog.prices.cards import card_resolver
from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.source import Ask, Fetched
from planner.http.transport import Patience, Transport
from tests.http.servers import FakeTime, Reply, Request

DAY = "2026-11-30"
KEY = "sk_0123456789SECRET"
card = card_resolver(load_catalog())


def ask_with(environment: Mapping[str, str], time: FakeTime | None = None) -> Ask:
    return Ask(Transport((time or FakeTime()).clock, Patience(timeout_s=2.0)), environment, DAY, card)


def usd(fetched: Fetched) -> dict[tuple[str, str, str], float]:
    """Instance, region, tier → price."""
    return {(row.instance, row.region, row.tier): row.usd_per_hour for row in fetched.rows}


def the_row(fetched: Fetched, instance: str, tier: str = "on_demand") -> PriceRow:
    found = [row for row in fetched.rows if (row.instance, row.tier) == (instance, tier)]
    assert len(found) == 1, fetched
    return found[0]


class Throttled:
    """429 once, then the content."""

    def __init__(self, content: object, wait_s: int = 7) -> None:
        self.content, self.wait_s, self.count = content, wait_s, 0

    def __call__(self, request: Request) -> Reply:
        self.count += 1
        if self.count == 1:
            return Reply(429, {"error": "too many requests"}, {"Retry-After": str(self.wait_s)})
        return Reply(content=self.content)
