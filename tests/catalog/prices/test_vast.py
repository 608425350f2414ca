"""Vast.ai: a server that answers as its API reference says, page by page."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from planner.catalog.prices import vast
from planner.catalog.prices.source import Fetched
from planner.catalog.prices.vast import VastPrices, country
from planner.errors import InputError, PlannerError
from planner.http.failure import BrokenAnswerError, NoAnswerError, PermissionMissingError
from tests.catalog.prices.source_asks import DAY, KEY, Throttled, ask_with, the_row, usd
from tests.http.servers import FakeTime, Reply, Request, Server


def offer(id: int, **changed: Any) -> dict[str, Any]:  # noqa: A002
    """An offer in the documented format, as far as it is read."""
    return {
        "id": id, "ask_contract_id": id, "machine_id": 9000 + id, "host_id": 77, "gpu_name": "RTX 4090", "num_gpus": 1,
        "gpu_ram": 24564, "gpu_frac": 0.25, "cpu_cores": 64, "cpu_cores_effective": 16.0, "cpu_ram": 262144,
        "dph_base": 0.38, "dph_total": 0.40, "min_bid": 0.2, "geolocation": "Texas, US", "reliability2": 0.99,
        "rentable": True, "rented": False, "verification": "verified", "storage_cost": 0.15,
    } | changed  # fmt: skip


class Market:
    """Offers behind the documented filters, order and limit."""

    def __init__(self, offers: list[dict[str, Any]], cap: int = 10_000) -> None:
        self.offers, self.cap = offers, cap

    def __call__(self, request: Request) -> Reply:
        asked = request.json
        assert asked["verified"] == asked["rentable"] == {"eq": True}
        assert asked["order"] == [["id", "asc"]]
        after = sorted((one for one in self.offers if one["id"] > asked["id"]["gt"]), key=lambda one: int(one["id"]))
        return Reply(content={"offers": after[: min(asked["limit"], self.cap)]})


def fetched(server: Server, time: FakeTime | None = None, **environment: str) -> Fetched:
    return VastPrices().fetch(ask_with({"PLANNER_VAST_URL": server.url, **environment}, time))


def test_an_offer_becomes_a_price_on_demand_and_a_spot_price(server: Server) -> None:
    server.answer = Market([offer(1, num_gpus=2)])
    found = fetched(server)
    assert [call[:2] for call in server.calls] == [("POST", "/api/v0/bundles/")] * 2
    assert usd(found) == {("2x_rtx-4090", "US", "on_demand"): 0.40, ("2x_rtx-4090", "US", "spot"): 0.2}
    row = the_row(found, "2x_rtx-4090")
    assert (row.provider, row.gpu, row.gpu_count, row.market, row.as_of) == ("vast", "rtx-4090", 2, "marketplace", DAY)
    assert row.vcpus == 16
    assert row.memory_gib == 64  # a quarter of the cores, so a quarter of the machine's 256 GiB
    assert row.source == "vast: the only offer"


def test_many_offers_become_their_lower_quartile(server: Server) -> None:
    prices = [0.05, 0.35, 0.36, 0.37, 0.40, 0.41, 0.50, 0.90]
    server.answer = Market([offer(n, dph_total=one, min_bid=one / 2) for n, one in enumerate(prices, 1)])
    found = fetched(server)
    assert usd(found) == {("1x_rtx-4090", "US", "on_demand"): 0.35, ("1x_rtx-4090", "US", "spot"): 0.175}
    assert the_row(found, "1x_rtx-4090").source == "vast: lower quartile of 8 offers"


def test_a_quarter_of_the_offers_does_not_exceed_the_price(server: Server) -> None:
    prices = {count: [n / 10 for n in range(1, count + 1)] for count in range(1, 13)}
    offers = [(one, count) for count, some in prices.items() for one in some]
    server.answer = Market(
        [
            offer(n, dph_total=one, num_gpus=count) for n, (one, count) in enumerate(offers, 1)
        ]  # a group per number of cards
    )
    found = usd(fetched(server))
    for count, some in prices.items():
        price = found[f"{count}x_rtx-4090", "US", "on_demand"]
        assert price in some
        assert sum(one <= price for one in some) >= count / 4
        assert sum(one < price for one in some) < count / 4


def test_the_order_of_offers_does_not_matter(server: Server) -> None:
    offers = [offer(n, dph_total=0.3, cpu_cores_effective=n) for n in range(1, 8)]
    server.answer = Market(offers)
    one = fetched(server)
    server.answer = Market([{**each, "id": 100 - each["id"]} for each in offers])
    assert fetched(server) == one


def test_all_pages_are_asked_for(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vast, "PAGE", 3)
    server.answer = Market([offer(n, geolocation=f"X, {chr(64 + n)}A") for n in range(1, 9)])
    assert len(usd(fetched(server))) == 16
    assert [call[2]["id"] for call in server.calls] == [{"gt": 0}, {"gt": 3}, {"gt": 6}, {"gt": 8}]


def test_a_server_that_gives_fewer_than_asked_for_is_asked_on(server: Server) -> None:
    server.answer = Market([offer(n, geolocation=f"X, {chr(64 + n)}A") for n in range(1, 9)], cap=3)
    assert len(usd(fetched(server))) == 16


def test_pages_that_run_in_a_circle_are_an_error(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vast, "PAGE", 2)
    server.answer = lambda _: Reply(content={"offers": [offer(1), offer(2)]})
    with pytest.raises(BrokenAnswerError, match="run in a circle"):
        fetched(server)


def test_a_server_without_pages_is_believed_when_it_was_not_full(server: Server) -> None:
    server.answer = lambda _: Reply(content={"offers": [offer(1), offer(2, geolocation="Sweden, SE")]})
    assert len(usd(fetched(server))) == 4


def test_what_nobody_should_count_on_is_no_offer(server: Server) -> None:
    server.answer = Market(
        [offer(1, reliability2=0.6), offer(2, rentable=False), offer(3, verification="deverified"), offer(4)]
    )
    found = fetched(server)
    assert the_row(found, "1x_rtx-4090").source == "vast: the only offer"
    assert found.malformed == ()


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"dph_total": None}, "dph_total is missing"),
    ({"dph_total": "0.4"}, "dph_total '0.4' is no number"),
    ({"dph_total": 0}, "dph_total is 0"),
    ({"dph_total": -3}, "dph_total is -3"),
    ({"dph_total": math.nan}, "dph_total is nan"),
    ({"dph_total": 10**400}, "dph_total is inf"),
    ({"dph_total": 2e6}, "dph_total 2e+06 is above 1,000,000 USD/h"),
    ({"dph_total": True}, "dph_total 'True' is no number"),
    ({"min_bid": -1}, "min_bid is -1"),
    ({"num_gpus": 1.5}, "num_gpus is 1.5"),
    ({"num_gpus": 0}, "num_gpus is 0"),
    ({"gpu_name": None}, "gpu_name is missing"),
    ({"geolocation": None}, "geolocation is missing"),
    ({"geolocation": "Atlantis\x1b[31m"}, "geolocation 'Atlantis [31m' names no country"),
    ({"reliability2": None}, "reliability2 is missing"),
]


def test_malformed_offers_are_told_and_the_others_stay(server: Server) -> None:
    broken = [offer(n, **changed) for n, (changed, _) in enumerate(BROKEN, 1)]
    server.answer = Market([*broken, offer(99, dph_total=0.5)])
    found = fetched(server)
    assert found.malformed == tuple(f"offer {n}: {told}" for n, (_, told) in enumerate(BROKEN, 1))
    assert usd(found) == {("1x_rtx-4090", "US", "on_demand"): 0.5, ("1x_rtx-4090", "US", "spot"): 0.2}


def test_entries_that_are_no_offers_are_told(server: Server) -> None:
    pages: Iterator[list[Any]] = iter([[offer(1), None, [], "x"], []])
    server.answer = lambda _: Reply(content={"offers": next(pages)})
    assert fetched(server).malformed == ("an offer: no mapping",) * 3


def test_unknown_cards_are_counted(server: Server) -> None:
    server.answer = Market([offer(1, gpu_name="RTX 3080"), offer(2, gpu_name="RTX 3080"), offer(3, gpu_ram=49140)])
    found = fetched(server)
    assert found.rows == ()
    assert found.unknown == {"RTX 3080": 2, "RTX 4090": 1}  # the last has twice the memory: another card


def test_complaints_are_bounded(server: Server) -> None:
    server.answer = Market([offer(n, dph_total=0) for n in range(1, 900)])
    told = fetched(server).malformed
    assert len(told) == 201
    assert told[-1] == "and 699 more"


def test_a_bid_of_zero_or_none_is_no_spot_price(server: Server) -> None:
    server.answer = Market([offer(1, min_bid=0), offer(2, min_bid=None)])
    assert list(usd(fetched(server))) == [("1x_rtx-4090", "US", "on_demand")]


def test_unknown_cores_leave_memory_unknown(server: Server) -> None:
    server.answer = Market([offer(1, cpu_cores=None)])
    row = the_row(fetched(server), "1x_rtx-4090")
    assert row.vcpus == 16
    assert math.isnan(row.memory_gib)


def test_throttling_is_waited_for(server: Server, time: FakeTime) -> None:
    throttled = Throttled({"offers": []})
    server.answer = throttled
    assert fetched(server, time).rows == ()
    assert time.slept == [7.0]


def test_a_key_is_sent_and_never_told(server: Server) -> None:
    server.answer = lambda request: Reply(401, {"error": f"bad key {request.headers['authorization']}"})
    with pytest.raises(PermissionMissingError) as caught:
        fetched(server, VAST_API_KEY=KEY)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert str(caught.value) == "127.0.0.1 does not accept the key in VAST_API_KEY (401)"


def test_without_a_key_none_is_sent(server: Server) -> None:
    server.answer = lambda _: Reply(403)
    with pytest.raises(PermissionMissingError, match="wants a key, and VAST_API_KEY is not set"):
        fetched(server)
    assert "authorization" not in server.requests[0].headers


def test_a_key_with_a_line_break_is_refused_unseen(server: Server) -> None:
    with pytest.raises(InputError) as caught:
        fetched(server, VAST_API_KEY=f"{KEY}\nX-Evil: 1")
    assert "VAST_API_KEY holds no key" in str(caught.value)
    assert KEY not in str(caught.value)
    assert not server.requests


def always(reply: Reply) -> Callable[[Request], Reply]:
    return lambda _: reply


SENSELESS: list[tuple[Reply, type[Exception]]] = [
    (Reply(content=b'{"offers": [{"id": 1, "gpu_na'), BrokenAnswerError),
    (Reply(content=b"[" * 100_000), BrokenAnswerError),
    (Reply(content=[]), BrokenAnswerError),
    (Reply(content={"success": True}), BrokenAnswerError),
    (Reply(content={"offers": {"id": 1}}), BrokenAnswerError),
    (Reply(302, headers={"Location": "http://127.0.0.1:1/"}), BrokenAnswerError),
    (Reply(content=b"<html>\xff"), BrokenAnswerError),
    (Reply(503), NoAnswerError),
    (Reply(404), PlannerError),
]


def test_an_answer_that_makes_no_sense_is_an_error(server: Server) -> None:
    for reply, error in SENSELESS:
        server.answer = always(reply)
        with pytest.raises(error, match=r"127\.0\.0\.1"):
            fetched(server)


def test_only_https_or_this_machine_is_asked() -> None:
    with pytest.raises(InputError, match="PLANNER_VAST_URL holds an http address"):
        VastPrices().fetch(ask_with({"PLANNER_VAST_URL": "http://example.org"}))


@pytest.mark.parametrize(
    ("written", "code"),
    [("Texas, US", "US"), ("Texas, US, NA", "US"), (", CN, AS", "CN"), ("SE", "SE"), ("X, NA", "NA")],
)
def test_a_place_names_its_country(written: str, code: str) -> None:
    assert country(written) == code
