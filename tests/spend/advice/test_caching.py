"""Repeats at what they cost."""

import datetime
import math
from typing import Any

import pytest

from planner.spend.advice.caching import HourOfUse, find, prompt_cache_usd, response_cache_usd
from tests.spend.advice.past import blank, catalog, history

AT = datetime.datetime(2026, 10, 5, 9)
API = next(api for api in catalog().apis if api.id == "anthropic/claude-sonnet-4-5")


def hour(**others: float) -> HourOfUse:
    usual = {"requests": 100.0, "repeats": 40.0, "input_tokens": 1e6, "repeated_tokens": 4e5, "cached_tokens": 0.0,
             "cost_usd": 10.0}  # fmt: skip
    return HourOfUse(AT, **usual | others)


def test_repeats_at_the_mean_cost_of_a_request() -> None:
    assert response_cache_usd(hour()) == pytest.approx(4.0)
    assert math.isnan(response_cache_usd(hour(cost_usd=math.nan)))


def test_prompts_by_the_providers_rules() -> None:
    rule = API.caching
    assert rule is not None
    read = 4e5 * (API.input_usd_per_mtok - API.cached_input_usd_per_mtok) / 1e6
    written = 6e5 * (rule.write - 1.0) * API.input_usd_per_mtok / 1e6
    assert prompt_cache_usd(hour(), API) == pytest.approx(read - written)
    half = read / 2 - written
    assert prompt_cache_usd(hour(cached_tokens=2e5), API) == pytest.approx(half)
    assert prompt_cache_usd(hour(cached_tokens=4e5), API) == 0.0
    assert prompt_cache_usd(hour(repeated_tokens=40 * 1000.0), API) == 0.0  # 1,000 tokens each: too short
    assert prompt_cache_usd(hour(repeats=11.0), API) == 0.0  # every 5.5 minutes: forgotten in five
    assert prompt_cache_usd(hour(repeats=0.0), API) == 0.0
    assert math.isnan(prompt_cache_usd(hour(repeated_tokens=math.nan), API))


def use(model: str, deployment: str = "", **others: float | None) -> list[dict[str, Any]]:
    one = {"requests": 100.0, "repeats": 40.0, "input_tokens": 1e6, "repeated_tokens": 9e5, "cost_usd": 10.0} | others
    return [
        {"hour": AT + datetime.timedelta(days=k), "model": model, "deployment": deployment, **one} for k in range(14)
    ]


def test_an_api_caches_prompts_and_anything_else_responses() -> None:
    with blank({"usage": [*use("claude-sonnet-4-5"), *use("own-8b", "chat")]}) as store:
        found = {one.about: one for one in find(history(store))}
    own, api = found["chat"], found["claude-sonnet-4-5"]
    assert own.saving_usd == pytest.approx(14 * 4.0)
    assert own.first == datetime.date(2026, 10, 5)
    assert len(own.savings_usd) == 3  # two whole weeks from a Monday, by weeks that begin on Sundays
    each = prompt_cache_usd(hour(repeated_tokens=9e5), API)
    assert api.saving_usd == pytest.approx(14 * each)
    assert api.text == "Let anthropic cache the prompts of claude-sonnet-4-5."


def test_what_is_deployed_is_no_api_whatever_its_name() -> None:
    tables = {"usage": use("claude-sonnet-4-5", "chat"), "deployments": [{"deployment": "chat"}]}
    with blank(tables) as store:
        (found,) = find(history(store))
    assert found.saving_usd == pytest.approx(14 * 4.0)


@pytest.mark.parametrize("changed", [{"repeats": 0.0}, {"repeats": None}, {"cost_usd": None}])
def test_absent(changed: dict[str, float | None]) -> None:
    with blank({"usage": use("own-8b", "chat", **changed)}) as store:
        assert list(find(history(store))) == []
