"""Exceptions: what they cover, until when, up to which limit."""

import pytest

from tests.policy.making import exception, judged, only, scenario

LIMIT = "rules:\n  - {name: cost, figure: cost_usd, max: $100}\n  - {name: slow, figure: hours, max: 9 h}\n"
FOR_BOT = "rules: [cost]\nscenarios: [scenarios/bot.yaml]\n"


@pytest.mark.parametrize(
    ("body", "usd", "result", "says"),
    [
        (f"{FOR_BOT}until: 2026-02-10\n", 300, "excepted", "until 2026-02-10 by alice: Agreed"),
        ("rules: ['c*']\nscenarios: ['scenarios/*']\nuntil: 2026-05-01\n", 300, "excepted", "until 2026-05-01"),
        ("rules: ['*']\nteams: [ml]\nuntil: 2026-05-01\n", 300, "excepted", "until 2026-05-01"),
        ("rules: [cost]\nteams: [infra]\nuntil: 2026-05-01\n", 300, "deny", ""),
        ("rules: [slow]\nscenarios: ['*/bot.yaml']\nuntil: 2026-05-01\n", 300, "deny", ""),
        (f"{FOR_BOT}until: 2026-02-09\n", 300, "deny", "e.yaml:8 expired on 2026-02-09"),
        (f"{FOR_BOT}until: 2026-05-01\nlimit: $300\n", 300, "excepted", "until 2026-05-01"),
        (f"{FOR_BOT}until: 2026-05-01\nlimit: $300\n", 301, "deny",
         "policies/e.yaml:9 covers up to $300 only"),
    ],
)  # fmt: skip
def test_exceptions(body: str, usd: float, result: str, says: str) -> None:
    job = {"figures": {"cost_usd": usd, "hours": 1}}
    found = judged(LIMIT, scenario(job), e=exception(body))
    verdict = only(found, "cost")
    assert verdict.result == result
    assert says in verdict.exception
    assert bool(verdict.exception) == bool(says)
    assert found.result == ("pass" if result == "excepted" else "deny")


def test_an_exception_that_raises_a_limit_does_not_cover_an_unknown_value() -> None:
    raised = exception(f"{FOR_BOT}until: 2026-05-01\nlimit: $300\n")
    found = judged(LIMIT, scenario({"figures": {"hours": 1}}), e=raised)
    assert only(found, "cost").exception.endswith("raises a limit, and there is no known value to hold against it")
    assert found.result == "deny"


@pytest.mark.parametrize(
    ("until", "warned"), [("2026-02-24", "in 14 days"), ("2026-02-25", ""), ("2026-02-10", "today")]
)
def test_an_exception_that_ends_soon_is_warned_of(until: str, warned: str) -> None:
    job = {"figures": {"cost_usd": 300, "hours": 1}}
    found = judged(LIMIT, scenario(job), e=exception(f"{FOR_BOT}until: {until}\n"))
    told = [f"policies/e.yaml:8: the exception ends {warned}, on {until}"] if warned else []
    assert found.warnings == told
