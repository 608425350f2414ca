"""What the sources of the large clouds are asked with in tests: one server, a clock that only sleeping moves."""

from collections.abc import Callable

from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.source import Ask, Fetched
from planner.http.transport import Transport
from tests.http.servers import FakeTime, Reply, Request

DAY = "2026-11-22"


def never_a_card(printed: str, memory_gib: float) -> str | None:
    raise AssertionError(printed, memory_gib)


def ask_with(environment: dict[str, str], time: FakeTime | None = None) -> Ask:
    return Ask(Transport((time or FakeTime()).clock), environment, DAY, never_a_card)


def prices(fetched: Fetched) -> dict[tuple[str, str, str], float]:
    return {(row.instance, row.region, row.tier): row.usd_per_hour for row in fetched.rows}


def row_of(fetched: Fetched, instance: str, region: str, tier: str) -> PriceRow:
    found = [row for row in fetched.rows if row.key[1:] == (instance, region, tier)]
    assert len(found) == 1
    return found[0]


def throttled_first(answer: Callable[[Request], Reply], wait_s: int = 7) -> Callable[[Request], Reply]:
    asked: list[Request] = []

    def answered(request: Request) -> Reply:
        asked.append(request)
        return Reply(429, headers={"Retry-After": str(wait_s)}) if len(asked) == 1 else answer(request)

    return answered
