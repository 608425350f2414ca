"""RunPod: a server that answers its GraphQL query as the schema says."""

import math
from typing import Any

import pytest

from planner.catalog.prices.runpod import RunPodPrices
from planner.catalog.prices.source import Fetched
from planner.http.failure import BrokenAnswerError, PermissionMissingError, RefusedError
from tests.catalog.prices.source_asks import KEY, Throttled, ask_with, the_row, usd
from tests.http.servers import FakeTime, Reply, Server


def kind(**changed: Any) -> dict[str, Any]:
    """One entry of gpuTypes in the documented format."""
    return {
        "id": "NVIDIA H100 80GB HBM3", "displayName": "H100 SXM", "memoryInGb": 80, "secureCloud": True,
        "communityCloud": False, "securePrice": 2.99, "communityPrice": None, "secureSpotPrice": 1.75,
        "communitySpotPrice": None, "maxGpuCount": 8, "maxGpuCountSecureCloud": 2, "maxGpuCountCommunityCloud": None,
        "of1": {"minVcpu": 16, "minMemory": 125}, "of2": {"minVcpu": 32, "minMemory": 250},
    } | changed  # fmt: skip


def fetched(server: Server, time: FakeTime | None = None, **environment: str) -> Fetched:
    return RunPodPrices().fetch(ask_with({"PLANNER_RUNPOD_URL": server.url, **environment}, time))


def serve(server: Server, *kinds: Any) -> None:
    server.answer = lambda _: Reply(content={"data": {"gpuTypes": list(kinds)}})


def test_prices_of_a_card_become_those_of_pods(server: Server) -> None:
    serve(server, kind())
    found = fetched(server)
    assert usd(found) == {
        ("1x_h100-sxm_secure", "any", "on_demand"): 2.99,
        ("1x_h100-sxm_secure", "any", "spot"): 1.75,
        ("2x_h100-sxm_secure", "any", "on_demand"): 5.98,
        ("2x_h100-sxm_secure", "any", "spot"): 3.5,
    }
    row = the_row(found, "2x_h100-sxm_secure")
    assert (row.gpu_count, row.vcpus, row.memory_gib, row.market) == (2, 32, 250, "cloud")


def test_it_asks_once_for_all_of_it(server: Server) -> None:
    serve(server, kind())
    fetched(server)
    ((method, path, body),) = server.calls
    assert (method, path) == ("POST", "/graphql")
    assert body["query"].count("{") == body["query"].count("}")
    for name in ("securePrice", "communitySpotPrice", "of8: lowestPrice(input: {gpuCount: 8}) { minVcpu minMemory }"):
        assert name in body["query"]


def test_community_machines_are_a_marketplace(server: Server) -> None:
    serve(server, kind(secureCloud=False, securePrice=0, secureSpotPrice=0, communityCloud=True, communityPrice=2.2))
    found = fetched(server)
    assert {row.market for row in found.rows} == {"marketplace"}
    assert {row.gpu_count for row in found.rows} == set(range(1, 9))  # none of its own: maxGpuCount
    assert {row.tier for row in found.rows} == {"on_demand"}
    assert not found.malformed
    assert math.isnan(the_row(found, "8x_h100-sxm_community").vcpus)


def test_of_two_types_with_one_card_the_cheaper_counts(server: Server) -> None:
    serve(server, kind(), kind(id="NVIDIA H100 SXM", securePrice=2.5, secureSpotPrice=None))
    found = usd(fetched(server))
    assert found["1x_h100-sxm_secure", "any", "on_demand"] == 2.5
    assert found["1x_h100-sxm_secure", "any", "spot"] == 1.75


def test_the_id_says_what_the_printed_name_does_not(server: Server) -> None:
    serve(server, kind(displayName="Flagship"))
    assert {row.gpu for row in fetched(server).rows} == {"h100-sxm"}


def test_unknown_cards_are_counted(server: Server) -> None:
    serve(server, kind(id="unknown", displayName="RTX 3080"), kind(id="MIG", displayName="A100 MIG", memoryInGb=10))
    assert fetched(server).unknown == {"A100 MIG": 1, "RTX 3080": 1}


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"securePrice": None}, "H100 SXM, secure: securePrice is missing"),
    ({"securePrice": 0}, "H100 SXM, secure: securePrice is 0"),
    ({"securePrice": "2.99"}, "H100 SXM, secure: securePrice '2.99' is no number"),
    ({"securePrice": math.nan}, "H100 SXM, secure: securePrice is nan"),
    ({"securePrice": 3e6}, "H100 SXM, secure: securePrice 3e+06 is above 1,000,000 USD/h"),
    ({"secureSpotPrice": -1}, "H100 SXM, secure: secureSpotPrice is -1"),
    ({"maxGpuCount": None, "maxGpuCountSecureCloud": None}, "H100 SXM, secure: maxGpuCount is missing"),
    ({"maxGpuCountSecureCloud": 2.5}, "H100 SXM, secure: maxGpuCount is 2.5"),
    ({"displayName": None, "id": None}, "gpuTypes[8]: displayName is missing"),
]


def test_malformed_types_are_told_and_the_others_stay(server: Server) -> None:
    kinds = [kind(**changed) for changed, _ in BROKEN]
    serve(server, *kinds, kind(id="NVIDIA B200", displayName="B200", memoryInGb=180))
    found = fetched(server)
    assert found.malformed == tuple(told for _, told in BROKEN)
    assert {row.gpu for row in found.rows} == {"b200"}


def test_entries_that_are_none_are_told(server: Server) -> None:
    serve(server, None, "H100", [])
    assert fetched(server).malformed == tuple(f"gpuTypes[{n}]: no mapping" for n in range(3))


def test_pods_have_no_hundred_cards(server: Server) -> None:
    serve(server, kind(maxGpuCountSecureCloud=1000))
    assert max(row.gpu_count for row in fetched(server).rows) == 16


def test_throttling_is_waited_for(server: Server, time: FakeTime) -> None:
    server.answer = Throttled({"data": {"gpuTypes": [kind()]}})
    assert fetched(server, time).rows
    assert time.slept == [7.0]


def test_a_wrong_key_is_told_without_it(server: Server) -> None:
    server.answer = lambda _: Reply(401)
    with pytest.raises(PermissionMissingError, match="does not accept the key in RUNPOD_API_KEY"):
        fetched(server, RUNPOD_API_KEY=KEY)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_errors_of_graphql_are_told_without_the_key(server: Server) -> None:
    refused = {"message": f"no access for {KEY}\n", "extensions": {"code": "UNAUTHENTICATED"}}
    server.answer = lambda _: Reply(content={"errors": [refused], "data": None})
    with pytest.raises(PermissionMissingError) as caught:
        fetched(server, RUNPOD_API_KEY=KEY)
    assert KEY not in str(caught.value)
    assert "no access for ***" in str(caught.value)
    server.answer = lambda _: Reply(content={"errors": [{"message": "Cannot query field 'x'"}]})
    with pytest.raises(RefusedError, match="Cannot query field 'x'"):
        fetched(server)


def test_an_answer_that_makes_no_sense_is_an_error(server: Server) -> None:
    senseless: tuple[Any, ...] = (b'{"data": {"gpuTypes": [', {"data": None}, {"data": {"gpuTypes": {}}}, [], 7)
    answers = iter(senseless)
    server.answer = lambda _: Reply(content=next(answers))
    for _ in senseless:
        with pytest.raises(BrokenAnswerError):
            fetched(server)
