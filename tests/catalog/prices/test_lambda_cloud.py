"""Lambda: a server that answers as its OpenAPI document says."""

import math
from typing import Any

import pytest

from planner.catalog.prices.lambda_cloud import LambdaPrices
from planner.catalog.prices.source import Fetched
from planner.errors import InputError
from planner.http.failure import BrokenAnswerError, PermissionMissingError, RateLimitError
from tests.catalog.prices.source_asks import KEY, Throttled, ask_with, the_row, usd
from tests.http.servers import FakeTime, Reply, Server


def kind(name: str, card: str, cents: Any, gpus: Any = 8, **specs: Any) -> dict[str, Any]:
    """One instance type in the documented format."""
    told = {"vcpus": 208, "memory_gib": 1800, "storage_gib": 22528, "gpus": gpus} | specs
    return {
        name: {
            "instance_type": {
                "name": name, "description": f"{gpus}x {card}", "gpu_description": card, "price_cents_per_hour": cents,
                "specs": told,
            },
            "regions_with_capacity_available": [{"name": "us-west-1", "description": "California, USA"}],
        }
    }  # fmt: skip


EIGHT = kind("gpu_8x_h100_sxm5", "H100 (80 GB SXM5)", 2392)


def fetched(server: Server, time: FakeTime | None = None, key: str = KEY) -> Fetched:
    return LambdaPrices().fetch(ask_with({"PLANNER_LAMBDA_URL": server.url + "/", "LAMBDA_API_KEY": key}, time))


def serve(server: Server, *kinds: dict[str, Any]) -> None:
    data = {name: entry for each in kinds for name, entry in each.items()}
    server.answer = lambda _: Reply(content={"data": data})


def test_cents_become_dollars_for_the_machine_everywhere(server: Server) -> None:
    serve(server, EIGHT, kind("gpu_1x_a100_sxm4", "A100 (40 GB SXM4)", 129, 1), kind("cpu_4x_general", "N/A", 20, 0))
    found = fetched(server)
    assert server.calls == [("GET", "/api/v1/instance-types", None)]
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert usd(found) == {
        ("gpu_8x_h100_sxm5", "any", "on_demand"): 23.92,
        ("gpu_1x_a100_sxm4", "any", "on_demand"): 1.29,
    }
    row = the_row(found, "gpu_8x_h100_sxm5")
    assert (row.gpu, row.gpu_count, row.vcpus, row.memory_gib) == ("h100-sxm", 8, 208, 1800)
    assert not found.malformed
    assert not found.unknown


def test_unknown_cards_are_counted(server: Server) -> None:
    serve(server, EIGHT, kind("gpu_1x_rtx6000", "RTX 6000 (24 GB)", 50, 1))
    found = fetched(server)
    assert found.unknown == {"RTX 6000 (24 GB)": 1}
    assert len(found.rows) == 1


BROKEN: list[tuple[dict[str, Any], str]] = [
    (kind("odd", "H100 (80 GB SXM5)", 0), "price is 0"),
    (kind("odd", "H100 (80 GB SXM5)", "2392"), "price_cents_per_hour '2392' is no number"),
    (kind("odd", "H100 (80 GB SXM5)", None), "price_cents_per_hour is missing"),
    (kind("odd", "H100 (80 GB SXM5)", math.inf), "price_cents_per_hour is inf"),
    (kind("odd", "H100 (80 GB SXM5)", 2392, None), "specs.gpus is missing"),
    (kind("odd", "H100 (80 GB SXM5)", 2392, -8), "specs.gpus is -8"),
    ({"odd": {"instance_type": {"name": "odd"}}}, "no instance_type with specs"),
    ({"odd": "H100"}, "no instance_type with specs"),
]


def test_malformed_types_are_told_and_the_others_stay(server: Server) -> None:
    serve(server, EIGHT, *({f"odd{n}": each["odd"]} for n, (each, _) in enumerate(BROKEN)))
    found = fetched(server)
    assert found.malformed == tuple(f"odd{n}: {told}" for n, (_, told) in enumerate(BROKEN))
    assert len(found.rows) == 1


def test_missing_specs_stay_unknown(server: Server) -> None:
    serve(server, kind("gpu_8x_h100_sxm5", "H100 (80 GB SXM5)", 2392, vcpus=None, memory_gib="much"))
    row = the_row(fetched(server), "gpu_8x_h100_sxm5")
    assert math.isnan(row.vcpus)
    assert math.isnan(row.memory_gib)


def test_without_a_key_it_is_not_asked(server: Server) -> None:
    with pytest.raises(InputError, match="LAMBDA_API_KEY is not set"):
        fetched(server, key="")
    assert not server.requests
    assert LambdaPrices().required == ("LAMBDA_API_KEY",)


def test_a_wrong_key_is_told_without_it(server: Server) -> None:
    server.answer = lambda _: Reply(401, {"error": {"code": "global/invalid-api-key", "message": f"no {KEY}"}})
    with pytest.raises(PermissionMissingError) as caught:
        fetched(server)
    assert str(caught.value) == "127.0.0.1 does not accept the key in LAMBDA_API_KEY (401)"


def test_throttling_is_waited_for(server: Server, time: FakeTime) -> None:
    server.answer = Throttled({"data": EIGHT}, 12)
    assert len(fetched(server, time).rows) == 1
    assert time.slept == [12.0]


def test_throttling_without_end_is_an_error(server: Server, time: FakeTime) -> None:
    server.answer = lambda _: Reply(429)
    with pytest.raises(RateLimitError, match="rate limit"):
        fetched(server, time)
    assert time.slept == [1.0, 2.0, 4.0, 8.0]


def test_an_answer_that_makes_no_sense_is_an_error(server: Server) -> None:
    senseless: tuple[Any, ...] = (b'{"data": {"gpu_8x', {"data": []}, {"data": None}, [], b"", {"error": {}})
    answers = iter(senseless)
    server.answer = lambda _: Reply(content=next(answers))
    for _ in senseless:
        with pytest.raises(BrokenAnswerError):
            fetched(server)
