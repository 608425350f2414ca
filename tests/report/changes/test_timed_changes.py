"""Costs that depend on when a run is, wherever a change is told: comment, terminal and page."""

from planner.outcome import Check, TimedPrice
from planner.outcome.time_words import start_text, timed_text
from planner.report.changes.check_page import check_page
from planner.report.changes.comment import comment_body, difference_markdown
from planner.report.changes.difference_text import check_text, difference_text
from tests.report import checks

from .test_comment import plain

AVERAGED = TimedPrice(
    plan="40 % off on sat, sun UTC", source="the scenario", start="", taken="mean", billed_hours=24.0,
    share_off=0.4 * 2 / 7, best_start="sat 00:00 UTC", best_cost_usd=94.2, worst_start="mon 00:00 UTC",
    worst_cost_usd=157.0,
)  # fmt: skip
WAITS = AVERAGED.model_copy(update={"start": "sat 00:00 UTC", "taken": "best", "share_off": 0.4})
SAID = "averaged over all starts; from sat 00:00 UTC $94.20 (best), from mon 00:00 UTC $157 (worst)"


def changed(before: TimedPrice | None, after: TimedPrice | None) -> Check:
    """One changed scenario whose costs on both sides depend on the time."""
    check = checks.one_changed()
    (scenario,) = check.difference.scenarios
    sides = {}
    for name, found in (("before", before), ("after", after)):
        side = getattr(scenario, name)
        offer = side.configuration.offer.model_copy(update={"timed": found})
        sides[name] = side.model_copy(update={"configuration": side.configuration.model_copy(update={"offer": offer})})
    difference = check.difference.model_copy(update={"scenarios": [scenario.model_copy(update=sides)]})
    return check.model_copy(update={"difference": difference})


def test_the_words_tell_which_start_counts_and_the_others() -> None:
    lead = "40 % off on sat, sun UTC: 11.4 % less than at one price"
    assert timed_text(AVERAGED) == f"{lead}, {SAID}"
    assert timed_text(WAITS) == (
        "40 % off on sat, sun UTC: 40.0 % less than at one price, from sat 00:00 UTC, the best start; the deadline "
        "counts from there; worst $157, from mon 00:00 UTC"
    )
    given = WAITS.model_copy(update={"taken": "given", "start": "2026-12-04 22:00 UTC"})
    assert start_text(given) == "starting 2026-12-04 22:00 UTC"
    assert timed_text(given).endswith("; from sat 00:00 UTC $94.20 (best), from mon 00:00 UTC $157 (worst)")


def test_a_judged_cost_that_depends_on_the_time_has_its_line() -> None:
    check = changed(None, AVERAGED)
    for body in (comment_body(check), difference_markdown(check.difference)):
        lines = [line for line in plain(body).splitlines() if line.startswith("- ") and SAID in line]
        assert lines == [f"- **support-bot**: {timed_text(AVERAGED)}"]
        assert "**Depends on when it runs**" in body
    for told in (check_text(check, 300), difference_text(check.difference, 300)):
        assert f"the cost depends on the time: {timed_text(AVERAGED)}" in told
    assert "averaged over all starts" in check_page(check)
    for told in (comment_body(changed(AVERAGED, None)), comment_body(checks.one_changed())):
        assert "Depends on when it runs" not in told


def test_a_start_that_moves_is_told_as_a_way() -> None:
    told = difference_text(changed(AVERAGED, WAITS).difference, 300)
    ends = "($94.20 to $157 by start)"
    assert f"start: averaged over all starts {ends} → from sat 00:00 UTC, the best start {ends}" in told
    body = plain(comment_body(changed(AVERAGED, WAITS)))
    assert "| start | averaged over all starts<br><sub>$94.20 to $157 by start</sub> |" in body
    assert "| start |" not in plain(comment_body(checks.one_changed()))
