"""Budgets and spend as plain data: everyone who plans, and everyone who only spent."""

from planner.policy.judge import judge
from planner.policy.spending import spending_of
from tests.policy.making import TODAY, difference, governance, named, policy, spend

BUDGETS = policy(
    "budgets:\n"
    "  - {name: team, per: team, amount: $1000}\n"
    "  - {name: centre, per: cost_centre, amount: $500, where: {cost_centre: cc-*}}\n"
    "  - {name: all, per: everyone, amount: $3000, period: total}\n"
    "  - {name: job, per: job, amount: $100}\n"
)
SPENT = spend(
    "  - {team: ml, usd: $700}\n"
    "  - {team: infra, cost_centre: cc-9, usd: 900}\n"
    "  - {team: art, cost_centre: x, usd: 1}\n"
)
BEFORE = spend("  - {team: ml, usd: $100}\n", month="2025-02")


def test_those_who_only_spent_have_their_budgets_too() -> None:
    rules = governance(p=BUDGETS, s=SPENT, b=BEFORE)
    scenarios = [named("a", 40), named("b", 60)]
    found = spending_of(rules, scenarios, TODAY)
    shown = {
        (one.state.budget, one.key): (one.state.spent_usd, one.state.planned_usd, one.state.share)
        for one in found.budgets
    }
    assert shown == {
        ("team", "ml"): (700, 100, 0.8),
        ("team", "infra"): (900, 0, 0.9),
        ("team", "art"): (1, 0, 0.001),
        ("centre", "cc-9"): (900, 0, 1.8),
        ("all", None): (1701, 100, 1801 / 3000),
        ("job", "scenarios/b.yaml"): (None, 60, None),
    }
    assert [(one.month, one.as_of) for one in found.documents] == [("2025-02", "2025-02-09"), ("2026-02", "2026-02-09")]
    assert sum(one.usd for one in found.amounts) == 1701
    assert found.policies == ["policies/p.yaml"]


def test_it_says_what_a_check_says() -> None:
    rules = governance(p=BUDGETS, s=SPENT)
    scenarios = [named("a", 40), named("b", None), named("c", 300, "infra")]
    checked = judge(difference(*scenarios), rules, TODAY).budgets
    found = [one.state for one in spending_of(rules, scenarios, TODAY).budgets]
    assert [state for state in checked if state.budget != "job" or state.reached] == [
        state for state in found if state in checked
    ]
    assert [state.who for state in found if state not in checked] == ["team art", "cost centre cc-9"]


def test_without_documents_nothing_is_known() -> None:
    found = spending_of(governance(), [named("a", 40)], TODAY)
    assert (found.today, found.documents, found.amounts, found.budgets) == ("2026-02-10", [], [], [])
    alone = spending_of(governance(p=BUDGETS), [], TODAY)
    assert [(one.key, one.state.spent_usd) for one in alone.budgets] == [(None, None)]
