"""`Traffic` as tables, as plain data and as the block of a scenario."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.cli.tables import printable, table
from planner.units import compact, duration, share_text, significant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.traffic import Shares, Times, TokenLengths, Traffic

Row = dict[str, object]
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TTLS: Final = {"5 min": 300.0, "1 h": 3600.0, "1 day": 86_400.0}
_LARGEST_BURSTINESS: Final = 1000.0
"""What a scenario may say."""


def traffic_text(found: Traffic, form: str) -> str:
    """Key figures, lengths, names and the week; `form` is table or markdown."""
    heading = "### {}\n" if form == "markdown" else "{}"
    parts = [table([{"figure": name, "value": value} for name, value in _figures(found)], form)]
    parts += [heading.format("Tokens"), table(list(_lengths(found)), form)]
    for title, shares in (("Tenants", found.tenants), ("Models", found.models)):
        if shares is not None:
            parts += [heading.format(title), table(list(_shares(shares)), form)]
    parts += [heading.format("Requests per second, by hour (UTC)"), table(list(_week(found)), form)]
    if found.assumptions:
        parts += [heading.format("Assumed"), "\n".join(f"- {printable(text)}" for text in found.assumptions)]
    return "\n\n".join(parts)


def _figures(found: Traffic) -> Iterator[tuple[str, str]]:
    log, talk = found.log, found.conversation
    if log is not None:
        yield "requests in the log", f"{log.requests:,}"
        yield "period", f"{log.first:%Y-%m-%d %H:%M} to {log.last:%Y-%m-%d %H:%M} UTC, {duration(log.hours)}"
        yield "hours of the week in the log", f"{log.hour_from.count('measured')} of {len(log.hour_from)}"
        yield "rows that cannot be used", f"{log.unusable_rows:,}"
        yield "rows without tokens, kept apart", f"{log.zero_token_rows:,}"
        yield "longest time without a request", duration(log.longest_gap_hours)
    yield "requests per month (730 h)", compact(found.requests_per_month)
    yield "requests per second, mean", significant(found.mean_requests_per_s)
    yield "requests per second, peak", significant(found.peak_requests_per_s)
    hour = found.busiest_hour
    yield "busiest hour of the week", f"{_DAYS[hour // 24]} {hour % 24:02d}:00 UTC"
    yield "burstiness (cv² of intervals; Poisson: 1)", significant(found.burstiness_cv2)
    for name, ttl in _TTLS.items():
        yield f"requests that repeat a prompt of the last {name}", _share(found.repeat_share_within(ttl))
    yield "requests that repeat any earlier prompt", _share(found.repeat_share)
    yield "requests per conversation, mean", significant(talk.turns)
    yield "requests per conversation, p95", significant(talk.turns_p95)
    carries = {None: "unknown", True: "yes", False: "no"}[talk.carries_history]
    yield "requests carry the conversation so far", carries
    yield "input tokens that the turn before had", f"{_tokens(talk.cached_tokens)} ({_share(talk.cached_share)})"
    yield "input tokens that the log calls cached", _tokens(found.cached_tokens)
    yield "requests that failed", _share(found.failed_share)
    yield "requests sent again after a failure", _share(found.retries_share)
    yield "active users per month", compact(found.active_users_per_month)
    for name, times in (("latency", found.latency), ("time to first token", found.ttft)):
        yield f"{name}, p50 / p95 / p99", _times(times)


def _lengths(found: Traffic) -> Iterator[Row]:
    def row(name: str, lengths: TokenLengths) -> Row:
        return {"tokens of a request": name, **{key: _tokens(value) for key, value in asdict(lengths).items()}}

    yield row("input", found.input_tokens)
    if found.conversation.effective_input != found.input_tokens:
        yield row("input with history", found.conversation.effective_input)
    yield row("output", found.output_tokens)


def _shares(shares: Shares) -> Iterator[Row]:
    for name, requests, tokens in zip(shares.names, shares.requests, shares.tokens, strict=True):
        yield {"name": name, "requests": _share(requests), "tokens": _share(tokens)}
    if shares.others > 1e-9:
        yield {"name": "(others, or none)", "requests": _share(shares.others), "tokens": ""}


def _week(found: Traffic) -> Iterator[Row]:
    """One row per hour of the day, one column per day; an asterisk where the log has not that hour."""
    rates = found.requests_per_s.reshape(7, 24)
    sources = None if found.log is None else np.array(found.log.hour_from).reshape(7, 24)
    for hour in range(24):
        row: Row = {"hour": f"{hour:02d}:00"}
        for day, name in enumerate(_DAYS):
            mark = "" if sources is None or sources[day, hour] == "measured" else "*"
            row[name[:3]] = f"{significant(float(rates[day, hour]))}{mark}"
        yield row


def _share(value: float) -> str:
    return "unknown" if math.isnan(value) else share_text(value, 1)


def _tokens(value: float) -> str:
    return "unknown" if math.isnan(value) else f"{value:,.0f}"


def _times(times: Times | None) -> str:
    if times is None:
        return "unknown"
    return " / ".join(f"{significant(value)} s" for value in (times.p50_s, times.p95_s, times.p99_s))


def traffic_data(found: Traffic) -> dict[str, Any]:
    """Everything as plain data; what nobody knows is NaN."""
    from planner.source.problems import as_json

    def plain(value: object) -> object:
        return None if value is None else asdict(value)  # type: ignore[call-overload]

    log = None
    if found.log is not None:
        log = {
            **asdict(found.log), "first": found.log.first.isoformat(), "last": found.log.last.isoformat(),
            "coverage": found.log.coverage,
        }  # fmt: skip
    return {
        "requests_per_month": found.requests_per_month,
        "mean_requests_per_s": found.mean_requests_per_s,
        "peak_requests_per_s": found.peak_requests_per_s,
        "busiest_hour": found.busiest_hour,
        "requests_per_s": found.requests_per_s.tolist(),
        "burstiness_cv2": found.burstiness_cv2,
        "input_tokens": asdict(found.input_tokens),
        "output_tokens": asdict(found.output_tokens),
        "conversation": asdict(found.conversation),
        "shared_prefix_tokens": found.shared_prefix_tokens,
        "cached_tokens": found.cached_tokens,
        "repeats": plain(found.repeats),
        "failed_share": found.failed_share,
        "retries_share": found.retries_share,
        "active_users_per_month": found.active_users_per_month,
        "tenants": plain(found.tenants),
        "models": plain(found.models),
        "latency": plain(found.latency),
        "ttft": plain(found.ttft),
        "log": log,
        "assumptions": list(found.assumptions),
        "warnings": as_json(found.warnings),
    }


def scenario_block(found: Traffic) -> str:
    """The block `traffic` of a scenario with these figures, as YAML."""
    log, talk = found.log, found.conversation
    mean = _digits(found.mean_requests_per_s)
    lines = []
    if log is not None:
        lines.append(f"# {log.requests:,} requests from {log.first:%Y-%m-%d %H:%M} to {log.last:%Y-%m-%d %H:%M} UTC")
        lines.append(f"# measured from a log with the SHA-256 {log.digest}")
    lines += [f"# assumed: {printable(text)}" for text in found.assumptions]
    lines += [
        "traffic:",
        f"  requests_per_second: {{mean: {mean}, peak: {max(mean, _digits(found.peak_requests_per_s))}}}",
        "  shape:  # weights of the hours of a week, Monday 00:00 UTC first",
    ]
    weights = (found.requests_per_s / (found.mean_requests_per_s or 1.0)).reshape(7, 24)
    days = [", ".join(f"{value:.4g}" for value in day) for day in weights.tolist()]
    lines += [f"    {'[' if day == 0 else ' '}{text}{']' if day == 6 else ','}" for day, text in enumerate(days)]
    for name, lengths in (("input_tokens", found.input_tokens), ("output_tokens", found.output_tokens)):
        lines.append(f"  {name}: {{mean: {_digits(lengths.mean)}, p95: {_digits(lengths.p95)}}}")
    cached = found.shared_prefix_tokens if math.isnan(talk.cached_tokens) else talk.cached_tokens
    if cached > 0:
        lines.append(f"  shared_prefix_tokens: {_digits(cached)}  # what earlier requests had sent already, on average")
    if talk.turns > 1:
        note = "  # the input tokens above hold the history" if talk.carries_history else ""
        lines.append(f"  turns: {{mean: {_digits(talk.turns)}, carries: nothing}}{note}")
    burstiness = _digits(found.burstiness_cv2)
    note = f"  # measured {burstiness}; a scenario says {_LARGEST_BURSTINESS:g} at most"
    note = note if burstiness > _LARGEST_BURSTINESS else ""
    lines.append(f"  burstiness: {min(burstiness, _LARGEST_BURSTINESS)}{note}")
    if not math.isnan(found.active_users_per_month):
        lines.append(f"  active_users: {_digits(found.active_users_per_month)}")
    return "\n".join(lines)


def _digits(value: float) -> float:
    """Four digits: a log says no more."""
    return float(f"{value:.4g}")
