"""Experiments of which nobody says how many fail pay nothing, and that is told."""

from tests.space.business_case.test_slips import warned


def test_experiments_without_a_failed_share_are_told() -> None:
    option = {"name": "own", "overlooked": {"experiments": 4_000}, "factors": {"speed": 4, "control": 6}}
    [(place, message, _)] = warned(options=[option])
    assert place == "options[0].overlooked.experiments"
    assert message.startswith("experiments counts for nothing without failed_share")
    option["overlooked"] = {"experiments": 4_000, "failed_share": "50 %"}
    assert warned(options=[option]) == []
