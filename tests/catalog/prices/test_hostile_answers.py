"""Whatever a provider answers: prices that can be believed, complaints of bounded length, or an error of ours."""

import json
import math
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.prices.lambda_cloud import LambdaPrices
from planner.catalog.prices.row import CONFIDENCE, MARKETS, TIERS
from planner.catalog.prices.runpod import RunPodPrices
from planner.catalog.prices.skypilot import SkyPilotPrices
from planner.catalog.prices.source import Ask, Fetched, Source
from planner.catalog.prices.vast import VastPrices
from planner.errors import PlannerError
from planner.http.addresses import Address
from planner.http.answer import Answer
from planner.http.transport import Transport
from tests.catalog.prices.source_asks import DAY, KEY, card
from tests.catalog.prices.test_lambda_cloud import EIGHT
from tests.catalog.prices.test_runpod import kind
from tests.catalog.prices.test_skypilot import ANY, HEAD
from tests.catalog.prices.test_vast import offer
from tests.http.servers import FakeTime

ENVIRONMENT = {"LAMBDA_API_KEY": KEY, "PLANNER_SKYPILOT_CLOUDS": "nebius,gcp,vast"}


class Canned(Transport):
    """Answers without a network."""

    def __init__(self, body: bytes) -> None:
        super().__init__(FakeTime().clock)
        self.body = body

    def send(
        self, method: str, address: Address, headers: Mapping[str, str], body: bytes | None = None,
        settled: Callable[[], Answer | None] | None = None, until: float | None = None,
    ) -> Answer:  # fmt: skip
        return Answer(200, {}, self.body)


def stands(source: Source, body: bytes) -> None:
    refused, found = "", Fetched(())
    try:
        found = source.fetch(Ask(Canned(body), ENVIRONMENT, DAY, card))
    except PlannerError as error:
        refused = str(error)
    assert len(refused) < 1000
    assert KEY not in refused
    for row in found.rows:
        assert 0 < row.usd_per_hour <= 1e6
        assert row.gpu_count >= 1
        assert row.tier in TIERS
        assert row.market in MARKETS
        assert row.confidence in CONFIDENCE
        for written in (row.instance, row.region, row.source):
            assert written
            assert written == " ".join(written.split())
            assert not any(unicodedata.category(char)[0] == "C" for char in written)
        for size in (row.vcpus, row.memory_gib):
            assert math.isnan(size) or size > 0
    assert len({row.key for row in found.rows}) == len(found.rows)
    assert all(len(told) < 400 for told in (*found.malformed, *found.unknown))


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just(10**400)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def changed(sound: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A sound entry with some of its values replaced."""
    return st.dictionaries(st.sampled_from(sorted(sound)), VALUES, max_size=4).map(lambda some: sound | some)


def told(data: object) -> bytes:
    return json.dumps(data).encode("utf-8", "surrogatepass")


@settings(max_examples=30)
@given(st.lists(VALUES | changed(offer(1)), max_size=4))
def test_vast(offers: list[Any]) -> None:
    stands(VastPrices(), told({"offers": offers}))


@settings(max_examples=30)
@given(st.lists(VALUES | changed(kind()), max_size=4))
def test_runpod(kinds: list[Any]) -> None:
    stands(RunPodPrices(), told({"data": {"gpuTypes": kinds}}))


@settings(max_examples=30)
@given(changed(EIGHT["gpu_8x_h100_sxm5"]["instance_type"]), VALUES, st.text(max_size=9))
def test_lambda(kind: dict[str, Any], entry: object, name: str) -> None:
    stands(LambdaPrices(), told({"data": {name: {"instance_type": kind}, f"{name}2": entry}}))


@settings(max_examples=30)
@given(
    st.lists(st.lists(st.text(max_size=8), min_size=10, max_size=10).map(",".join) | st.text(max_size=40), max_size=5)
)
def test_skypilot(rows: list[str]) -> None:
    stands(SkyPilotPrices(), "\n".join([HEAD, ANY, *rows]).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("source", [VastPrices(), RunPodPrices(), LambdaPrices(), SkyPilotPrices()])
def test_bytes_that_are_nothing(source: Source) -> None:
    for body in (b"", b"\xff\xfe", b"null", b"[" * 10_000, b'{"data":' * 10_000, b"9" * 10_000, b'"\\ud800"', b"a\0b"):
        stands(source, body)
