"""What a configuration of a plan buys, and which cannot be advised on."""

from pathlib import Path

import pytest

from planner.errors import InputError
from planner.market.job import job
from planner.outcome import Configuration, Plan
from planner.outcome.configuration import Commitment, TimedPrice
from planner.report.reading import read_plan
from tests.cli.calls import SMALL, run


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    folder = tmp_path_factory.mktemp("planned")
    (folder / "small.yaml").write_text(SMALL)
    assert run("plan", "small.yaml", "-q", "--outputs", "none", "-o", "out", cwd=folder).returncode == 0
    return read_plan(Path(folder / "out"))


def changed(c: Configuration, **offer: object) -> Configuration:
    return c.model_copy(update={"offer": c.offer.model_copy(update=offer)})


def test_hours_are_those_that_are_billed(plan: Plan) -> None:
    c = plan.front[0]
    found = job(plan, c)
    assert c.cost_parts.compute is not None
    assert found.machine_hours * found.usd_per_hour == pytest.approx(c.cost_parts.compute)
    assert found.slack_hours == pytest.approx(24.0 - found.hours)
    assert found.key == (c.offer.provider, c.offer.instance, c.offer.region, c.offer.tier)
    free = plan.model_copy(update={"constraints": []})
    assert job(free, c).slack_hours is None


@pytest.mark.parametrize(
    ("offer", "said"),
    [
        ({"price_usd_per_hour": None}, "knows no price"),
        ({"spot_twin_usd_per_hour": 1.0}, "shared between spot and on demand"),
        ({"private": "20 % off, contract 7"}, "its price is your own (20 % off, contract 7)"),
        (
            {
                "timed": TimedPrice(
                    plan="30 % off on sat UTC", source="", start="sat 00:00 UTC", taken="best", billed_hours=1.0,
                    share_off=0.3, best_start="sat 00:00 UTC", best_cost_usd=1.0, worst_start="mon 00:00 UTC",
                    worst_cost_usd=2.0,
                )
            },
            "depends on when it runs (30 % off on sat UTC)",
        ),
        (
            {
                "commitment": Commitment(
                    usd_per_committed_hour=1.0, utilisation=1.0, on_demand_usd_per_hour=2.0,
                    break_even_utilisation=0.5, derived=False,
                )
            },
            "a commitment of years",
        ),
    ],
)  # fmt: skip
def test_what_list_prices_do_not_tell_is_refused(plan: Plan, offer: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as caught:
        job(plan, changed(plan.front[0], **offer))
    assert said in str(caught.value)
