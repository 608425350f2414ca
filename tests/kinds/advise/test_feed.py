"""Whether cores keep up with cards: 0.2 M tokens/s of a slow core (DOMAIN 2.9) against what the run takes."""

import math

from planner.kinds.advise.feed import feed_note


def test_plenty_of_cores_say_nothing() -> None:
    assert feed_note(100_000.0, 8.0) == ""
    assert feed_note(math.nan, 8.0) == ""
    assert feed_note(1e9, math.nan) == ""


def test_few_cores_get_workers() -> None:
    told = feed_note(900_000.0, 8.0)
    assert told.startswith("8 cores feed 1.60 M tokens/s")
    assert "the run takes 0.900 M" in told
    assert "give the loader 5 workers" in told


def test_too_few_cores_tokenise_before() -> None:
    assert feed_note(900_000.0, 4.0).endswith("tokenise before the run and train from the ids")
