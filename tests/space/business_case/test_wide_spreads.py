"""Spreads so wide that no float holds their draws are refused, each at its place, and by the engine too."""

import pytest

from planner.errors import InputError
from planner.planning import read_ready
from planner.planning.ready import CaseReady
from planner.source import InvalidInput
from tests.kinds.business_case.asked import case_of
from tests.space.business_case.test_slips import CASE


def test_a_lognormal_spread_over_too_many_powers_of_ten_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_ready({**CASE, "demand": {"users": {"lognormal": [1e-300, 1e5]}}})
    [problem] = refused.value.problems
    assert (problem.at, problem.message) == (
        "demand.users.lognormal", "1e-300 to 100000 is wider than any number is unknown by",
    )  # fmt: skip
    assert isinstance(read_ready({**CASE, "demand": {"users": {"lognormal": [1e-20, 1e9]}}}), CaseReady)


def test_draws_beyond_all_numbers_are_refused() -> None:
    cost = {"name": "c", "category": "other", "per_month": {"lognormal": [1e-300, 1e5]}}
    with pytest.raises(InputError, match=r"^options\.a\.costs\.c\.per_month: .* draws are beyond all numbers"):
        case_of(options=[{"name": "a", "costs": [cost]}])


def test_a_spread_of_one_number_moves_nothing() -> None:
    one = {"name": "a", "parity": {"normal": [0.5, 0.5]}, "costs": [{"name": "c", "category": "other", "once": 10}]}
    case = case_of(options=[one])
    assert case.draws == 0
    assert case.options[0].cost_usd.value == 20.0
