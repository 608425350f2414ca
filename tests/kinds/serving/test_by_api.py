"""What an API costs: caches by provider, variants that were tuned, and what is told where it does not serve all."""

import pytest

from planner.kinds.serving.by_api import ApiRow, api_row
from planner.kinds.serving.quality import Judged
from planner.kinds.serving.work import work_of
from planner.space.serving.levers import LeverSet
from tests.kinds.serving.asked import asked, plan, space, traffic

UNKNOWN = Judged(float("nan"), float("nan"), float("nan"), "")


def row_of(name: str, hit: float = 1.0, **changes: object) -> ApiRow:
    """The row of one API with a prefix cache."""
    scenario = asked(models=[], apis=[name], levers={"prefix_cache": {"hit_rate": hit}}, **changes)
    work = work_of(traffic(scenario), scenario.levers, LeverSet(("prefix_cache",)), 0.0)
    return api_row(space(scenario).apis[0], work, UNKNOWN)


def test_a_cache_that_is_asked_for_is_written_where_it_is_not_found() -> None:
    row = row_of("anthropic/claude-haiku-4-5", 0.75, traffic__input_tokens=3000, traffic__shared_prefix_tokens=2000)
    api = row.choice.api
    each = 1000 * api.input_usd_per_mtok + 1500 * api.cached_input_usd_per_mtok + 500 * api.cache_write_usd_per_mtok
    assert row.cost_usd == pytest.approx(6 * (each + 220 * api.output_usd_per_mtok))
    assert api.cache_write_usd_per_mtok == pytest.approx(1.25 * api.input_usd_per_mtok)


def test_the_least_length_is_that_of_the_start_not_of_what_is_found_on_average() -> None:
    short = row_of("openai/gpt-4o-mini", 0.5, traffic__input_tokens=3000, traffic__shared_prefix_tokens=1000)
    long = row_of("openai/gpt-4o-mini", 0.5, traffic__input_tokens=3000, traffic__shared_prefix_tokens=1100)
    api = long.choice.api
    assert short.input_usd == pytest.approx(6 * 3000 * api.input_usd_per_mtok)
    found = 550 * api.cached_input_usd_per_mtok + 2450 * api.input_usd_per_mtok
    assert long.input_usd == pytest.approx(6 * found)


def test_history_is_found_turn_by_turn_once_it_is_long_enough() -> None:
    row = row_of("openai/gpt-4o-mini", traffic__turns={"mean": 3}, traffic__input_tokens=500,
                 traffic__output_tokens=300, traffic__shared_prefix_tokens=100)  # fmt: skip
    api = row.choice.api
    # Turns send 500, 1200 and 1900; the second finds 500, too short to be kept, the third 1200.
    sent = (500 + 1200 + 700) * api.input_usd_per_mtok + 1200 * api.cached_input_usd_per_mtok
    assert row.input_usd == pytest.approx(6 * sent / 3)


def test_a_tuned_variant_costs_its_uplift_and_its_deployment() -> None:
    one = plan(models=[], apis=["openai/gpt-4o-mini", "openai/ft:gpt-4o-mini", "azure-openai/ft:gpt-4o-mini"])
    cost = {c.model: c.cost_usd_per_month for c in one.beside}
    assert cost["openai/ft:gpt-4o-mini"] == pytest.approx(2 * (cost["openai/gpt-4o-mini"] or 0))
    assert cost["azure-openai/ft:gpt-4o-mini"] == pytest.approx((cost["openai/gpt-4o-mini"] or 0) + 1.7 * 730)
    assert all(c.quality is None for c in one.beside if "ft:" in c.model)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"traffic__turns": {"mean": 250}}, "from turn 206 on"),
        ({"apis": [{"model": "openai/gpt-4o-mini", "requests_per_minute": 100}]}, "469 requests"),
        ({"apis": [{"model": "openai/gpt-4o-mini", "budget_per_day": 10}]}, "is spent after"),
    ],
)
def test_what_an_api_lacks_is_told(changes: dict[str, object], words: str) -> None:
    assert words in plan(models=[], **changes).warnings[-1]
