"""A schedule as a calendar, read back by a library that knows RFC 5545."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from planner.errors import InputError
from planner.export.ical.content import FOLD_OCTETS, line, text
from planner.outcome.portfolio import Approval, JobPlan, PortfolioPlan
from tests.export.asking import exported
from tests.report.portfolio.made_jobs import chosen, job, out, run
from tests.report.portfolio.made_portfolio import HOSTILE, plan_of

NEEDED = Approval(approver="carol", above_usd=500.0, policy="spend", enforced=True, text="needs approval from carol")


def content(*plans: PortfolioPlan) -> bytes:
    (made,) = exported("ical", *plans).files.values()
    return made


def events(*plans: PortfolioPlan) -> list[Any]:
    return list(Calendar.from_ical(content(*plans)).walk("VEVENT"))


def only(one: JobPlan) -> Any:
    (event,) = events(plan_of([one]))
    return event


def test_each_run_is_an_event_from_its_start_to_its_end() -> None:
    found = events(plan_of([
        job("a", run=run(8, 40, 900.0)), job("b", "", status="started"), job("c", status="done"),
        out("d", "left out", "it does not pay"), out("e", "failed", "no machine"),
    ]))  # fmt: skip
    assert [str(event["SUMMARY"]).partition(":")[0] for event in found] == ["a", "b (started)", "c (done)"]
    first = found[0]
    # December in Berlin is an hour before UTC; the portfolio begins on the first.
    assert first.decoded("DTSTART") == datetime.datetime(2026, 12, 1, 7, tzinfo=datetime.UTC)
    assert first.decoded("DTEND") == datetime.datetime(2026, 12, 2, 23, tzinfo=datetime.UTC)
    assert first.decoded("DTSTAMP") == datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
    assert first["SUMMARY"] == "a: qwen2.5-7b on 8 × h100-sxm at aws us-east-1, on demand"
    assert first["LOCATION"] == "8 × h100-sxm at aws us-east-1, on demand"
    assert first["CATEGORIES"].to_ical() == b"research"
    assert "CATEGORIES" not in found[1]
    assert (first["STATUS"], first["TRANSP"]) == ("CONFIRMED", "TRANSPARENT")


def test_the_description_says_what_it_costs_and_what_it_waits_for() -> None:
    told = str(
        only(job("a", run=run(8, 40, 900.0, late=26.0), after=["b", "c"], hard=True, approval=NEEDED))["DESCRIPTION"]
    )
    assert told.splitlines() == [
        "qwen2.5-7b, QLoRA r16, 3 epochs (jobs/a.yaml)",
        "A job of research, in the portfolio december-batch, planned with prices of 2026-11-22",
        "Cost: $900 ($738 to $1,080)",
        "Time: 40.0 h",
        "Quality: 0.71",
        "Deadline: 2026-12-17T16:00:00+01:00, hard, 26.0 h late",
        "After: b, c",
        "Approval (spend): needs approval from carol",
    ]
    unknown = run(8, 40, 900.0, quality=None, cost_usd_lo=None, cost_usd_hi=None)
    bare = str(only(job("a", "", run=unknown, deadline=""))["DESCRIPTION"]).splitlines()
    assert bare[1:] == [
        "A job in the portfolio december-batch, planned with prices of 2026-11-22",
        "Cost: $900 (band unknown)", "Time: 40.0 h", "Quality: unknown",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("approval", "status"),
    [
        (NEEDED, "TENTATIVE"),
        (NEEDED.model_copy(update={"open": False}), "CONFIRMED"),
        (NEEDED.model_copy(update={"enforced": False}), "CONFIRMED"),
    ],
)
def test_what_must_still_be_approved_is_tentative(approval: Approval, status: str) -> None:
    assert only(job("a", approval=approval))["STATUS"] == status
    other = NEEDED.model_copy(update={"open": False})
    assert only(job("a", approval=other, further_approvals=[approval]))["STATUS"] == status


def test_an_event_keeps_its_identifier_when_it_moves() -> None:
    before, after = (plan_of([job("a", run=run(start, 40, 900.0)), job("b")]) for start in (8, 80))
    was, now = ([str(event["UID"]) for event in events(plan)] for plan in (before, after))
    assert was == now
    assert len(set(was)) == 2
    renamed = before.model_copy(update={"metadata": before.metadata.model_copy(update={"name": "other"})})
    assert len({str(event["UID"]) for event in events(before, renamed)}) == 4


def test_two_plans_of_one_portfolio_are_refused() -> None:
    plan = plan_of([job("a")])
    with pytest.raises(InputError, match="a plan of the same portfolio"):
        exported("ical", plan, plan.model_copy(update={"warnings": ["later"]}))


def test_hostile_names_stay_text() -> None:
    nasty = f"a\r\nBEGIN:VALARM\\n;,:{HOSTILE}"
    made = job("a", nasty, chosen=chosen(model=nasty, where=nasty, what=nasty), deadline=nasty, after=[nasty])
    plan = plan_of([made])
    plan = plan.model_copy(update={"metadata": plan.metadata.model_copy(update={"name": nasty})})
    (event,) = events(plan)
    assert event.subcomponents == []
    assert "\u202e" not in str(event)
    assert "<script>alert(1)</script>" in str(event["SUMMARY"])
    assert str(event["LOCATION"]).startswith("a BEGIN:VALARM\\n;,:<script>")
    raw = content(plan)
    assert not any(octet < 32 and octet not in b"\r\n" for octet in raw)
    assert (
        raw.count(b"BEGIN:") == 2 + raw.count(b": a BEGIN:") + raw.count(b":a BEGIN:") or b"\nBEGIN:VALARM" not in raw
    )


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_long_lines_are_folded_between_characters(value: str) -> None:
    made = line("SUMMARY", text(value))
    *parts, end = made.split(b"\r\n")
    assert end == b""
    assert all(len(part) <= FOLD_OCTETS for part in parts)
    assert all(part.startswith(b" ") for part in parts[1:])
    assert all(part.decode() for part in parts)
    assert parts[0] + b"".join(part[1:] for part in parts[1:]) == b"SUMMARY:" + text(value).encode()
    event = Calendar.from_ical(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + made + b"END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert str(event.walk("VEVENT")[0]["SUMMARY"]) == value


def test_the_same_plan_gives_the_same_bytes_with_breaks_of_its_own() -> None:
    plan = plan_of([job("a"), job("b")])
    made = content(plan)
    assert made == content(plan)
    assert made.count(b"\r\n") == made.count(b"\n") == made.count(b"\r")


@pytest.mark.parametrize(
    "changed",
    [{"start": "soon"}, {"end": "2026-12-01T00:00:00"}, {"end": "9999-12-31T23:59:59+00:00"}],
    ids=["words", "no-zone", "far"],
)
def test_times_that_are_none_are_refused(changed: dict[str, str]) -> None:
    odd = run(8, 40, 9.0).model_copy(update=changed)
    with pytest.raises(InputError, match=f"job a runs at '{next(iter(changed.values()))[:4]}.*', which is no time"):
        exported("ical", plan_of([job("a", run=odd)]))


def test_a_catalog_without_a_date_and_an_empty_calendar_are_refused() -> None:
    plan = plan_of([job("a")])
    with pytest.raises(InputError, match="its catalog is of 'never', which is no date"):
        exported("ical", plan.model_copy(update={"catalog": plan.catalog.model_copy(update={"as_of": "never"})}))
    with pytest.raises(InputError, match="no job runs"):
        exported("ical", plan_of([out("a", "failed", "no machine")]))


def test_a_run_of_no_time_still_ends_after_it_starts() -> None:
    event = only(job("a", run=run(8, 0, 1.0)))
    assert event.decoded("DTEND") - event.decoded("DTSTART") == datetime.timedelta(seconds=1)
