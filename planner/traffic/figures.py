"""What was counted of a log → `Traffic`, with a word on whatever the log could not say."""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Final

from planner.source import InvalidInput
from planner.source.excerpt import quoted
from planner.traffic.arrivals import Pattern, busiest_rate, interval_cv2, longest_gap, weekly_pattern, without_strays
from planner.traffic.conversation import Conversation
from planner.traffic.faults import Faults
from planner.traffic.lengths import TokenLengths
from planner.traffic.measuring import Measuring
from planner.traffic.repeats import repeats_of
from planner.traffic.times import Micros
from planner.traffic.told import POISSON
from planner.traffic.traffic import LogFacts, Repeats, Traffic
from planner.traffic.turns import turns_of
from planner.traffic.typed_rows import Typing
from planner.traffic.users import DAYS, monthly_users
from planner.units import HOURS_PER_WEEK, share_text

GAP_HOURS: Final = 72.0
"""Longer than a weekend without office hours, a log without requests was probably not written."""
SHORTEST_S: Final = 60.0
"""A log must span a minute for its rate to mean anything."""


@dataclass(frozen=True, slots=True)
class LogRead:
    """How the reading of a log went."""

    digest: str
    rows: int
    unusable: int


def traffic_of(m: Measuring, typing: Typing, read: LogRead) -> Traffic:
    """The traffic of a log with at least one request; raises InvalidInput where it spans less than a minute."""
    faults = m.faults
    times = _times(m, faults)
    first, last = _moment(int(times[0])), _moment(int(times[-1]))
    pattern = weekly_pattern(times)
    peak = max(busiest_rate(times), float(pattern.requests_per_s.max()))
    burstiness = interval_cv2(times)
    gap, began = longest_gap(times)
    del times
    assumed = _assumed(typing, pattern, burstiness)
    _remarks(faults, typing, pattern, last - first)
    if gap > GAP_HOURS:
        since = f"{_moment(began):%Y-%m-%d %H:%M} UTC"
        hint = "if the log was not written then, measure a part without the gap"
        faults.remark("log-gap", f"no request for {gap:,.0f} h from {since}; they count as quiet", hint)
    lengths = m.input_tokens.lengths()
    shares = {1.0, m.prompts.share, m.conversations.share, m.users.share}
    conversation = _conversation(m, lengths, assumed)
    repeats, retries = _repeats(m)
    cached = m.cached_tokens / m.cached_known if m.cached_known else math.nan
    users = _users(m, first, last)
    if min(shares) < 1.0:
        what = f"repeats, turns and users are counted on {share_text(min(shares), 1)} of the keys"
        faults.remark("log-sampled", f"{what}: the log has more than {m.capacity:,} rows of them")
    return Traffic(
        requests_per_s=pattern.requests_per_s,
        peak_requests_per_s=peak,
        burstiness_cv2=POISSON if math.isnan(burstiness) else burstiness,
        input_tokens=lengths,
        output_tokens=m.output_tokens.lengths(),
        conversation=conversation,
        shared_prefix_tokens=math.nan if m.conversations.rows else cached,
        cached_tokens=cached,
        repeats=repeats,
        failed_share=m.failed / m.status_known if m.status_known else math.nan,
        retries_share=retries,
        active_users_per_month=users,
        tenants=m.tenants.shares(typing.tenants),
        models=m.models.shares(typing.models),
        latency=m.latency.times(),
        ttft=m.ttft.times(),
        log=LogFacts(
            file=faults.shown, digest=read.digest, rows=read.rows, requests=m.requests, unusable_rows=read.unusable,
            zero_token_rows=m.zero, first=first, last=last, hours_seen=tuple(pattern.hours_seen.tolist()),
            hour_from=pattern.hour_from, longest_gap_hours=gap, sampled=min(shares),
        ),
        assumptions=tuple(assumed),
        warnings=faults.problems(fatal=False),
    )  # fmt: skip


def _times(m: Measuring, faults: Faults) -> Micros:
    times, strays = without_strays(m.times())
    for at, count in strays:
        what = f"{count:,} rows from {_moment(at):%Y-%m-%d %H:%M} UTC on lie more than 30 days from all others"
        faults.remark("log-clock", f"{what}; rates leave them out")
    if int(times[-1]) - int(times[0]) < SHORTEST_S * 1e6:
        hint = "a day says little, a week says how the load rises and falls"
        faults.file("log-short", "spans less than a minute: no rate can be measured", hint)
        raise InvalidInput(faults.problems(fatal=True), {})
    return times


def _assumed(typing: Typing, pattern: Pattern, burstiness: float) -> list[str]:
    assumed = []
    if typing.clock.naive_line:
        assumed.append("times without a zone are UTC")
    for source, words in (("other days", "the same hour of other days"), ("mean", "the mean of the log")):
        if count := pattern.hour_from.count(source):
            assumed.append(f"{count} of {HOURS_PER_WEEK} hours of the week, which the log lacks, are as {words}")
    if math.isnan(burstiness):
        assumed.append("requests come as a Poisson stream within an hour: no hour has enough to measure (burstiness 1)")
    return assumed


def _remarks(faults: Faults, typing: Typing, pattern: Pattern, length: dt.timedelta) -> None:
    """What to know of the log as a whole."""
    seen = pattern.hour_from.count("measured")
    if seen < HOURS_PER_WEEK:
        hours = length.total_seconds() / 3600
        what = f"spans {hours:,.1f} h and shows {seen} of the {HOURS_PER_WEEK} hours of a week; the others are assumed"
        faults.remark("log-short", what, "a whole week shows when the load rises and falls")
    offsets = sorted(typing.clock.offsets)
    if len(offsets) > 1:
        named = ", ".join(f"{hours:+g} h" for hours in offsets[:8])
        faults.remark("log-time", f"times are written in {len(offsets)} offsets to UTC ({named}); all are read as UTC")
    odd = [text for text, code in typing.statuses.items() if code < 0 and text]
    if odd:
        named = ", ".join(quoted(text) for text in odd[:5])
        hint = "write HTTP codes, or ok and error"
        faults.remark("log-value", f"statuses that are not understood: {named}; nothing is said of them", hint)


def _conversation(m: Measuring, lengths: TokenLengths, assumed: list[str]) -> Conversation:
    """What was sent is what was logged; the turns say how much of it was sent before."""
    together = m.conversations.rows
    if not together:
        assumed.append("what requests share with earlier ones is not known: the log names no conversations")
        return Conversation(math.nan, math.nan, lengths, math.nan, math.nan, None)
    found = turns_of(m.conversations.groups())
    # Requests without a conversation stand alone.
    alone = max(0, int(m.input_tokens.counts.sum()) - together)
    turns = (together + alone) / (together / found.turns + alone)
    cached = found.cached_tokens * together / (together + alone)
    return Conversation(turns, found.turns_p95, lengths, cached, found.new_tokens, found.carries_history)


def _repeats(m: Measuring) -> tuple[Repeats | None, float]:
    if not m.prompts.rows:
        return None, math.nan
    return repeats_of(m.prompts.groups())


def _users(m: Measuring, first: dt.datetime, last: dt.datetime) -> float:
    if not m.users.rows:
        return math.nan
    day = int(first.timestamp()) // 86_400
    users, whole = monthly_users(m.users.groups(), day, int(last.timestamp()) // 86_400 - day + 1)
    if not whole:
        what = f"users are those of the log: of the {DAYS} days of a month it has fewer, so there are at least as many"
        m.faults.remark("log-short", what)
    return users / m.users.share


def _moment(micros: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(micros // 10**6, tz=dt.UTC)
