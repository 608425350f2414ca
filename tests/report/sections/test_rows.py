"""What a cell says of one configuration."""

import pytest

from planner.outcome import BELIEVABLE_PER_HOUR
from planner.report.sections.rows import spot_text
from tests.report.sample_plan import sample_plan


@pytest.mark.parametrize(
    ("even", "against"),
    [
        (None, ""),
        (0.5, "; on demand there is cheaper above 0.50"),
        (BELIEVABLE_PER_HOUR, "; on demand there is cheaper above 3.0"),
        (BELIEVABLE_PER_HOUR + 0.1, "; cheaper than on demand there even at 3 per hour"),
    ],
)
def test_how_often_a_spot_machine_may_be_taken_away_before_it_pays_no_more(even: float | None, against: str) -> None:
    c = sample_plan().front[0]
    offer = c.offer.model_copy(
        update={"tier": "spot", "preemption_per_hour": 0.25, "preemption_break_even_per_hour": even}
    )
    assert spot_text(c.model_copy(update={"offer": offer})) == f"0.25 preemptions per hour{against}"
