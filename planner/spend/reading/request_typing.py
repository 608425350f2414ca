"""The query that types rows of a log of requests; a row that cannot be used carries column, reason and value."""

from collections.abc import Collection
from typing import Final

from planner.spend.conditions import quoted
from planner.spend.reading.request_columns import OWN, dimension_columns
from planner.spend.store import Store

MOST_TOKENS: Final = 1e9
"""Of one row."""
MOST: Final = 1e15
"""Of any other number."""
_FIRST, _LAST = "TIMESTAMP '2000-01-01'", "TIMESTAMP '2100-01-01'"
_NUMBERS: Final = (
    "input_tokens", "output_tokens", "cached_tokens", "cache_read_tokens", "cache_write_tokens", "requests", "failed",
    "cost", "latency_ms", "latency_s", "repeats", "repeated_tokens",
)  # fmt: skip
_MOMENT: Final = """CASE WHEN since IS NULL THEN TRY_CAST("timestamp" AS TIMESTAMPTZ)::TIMESTAMP
    WHEN since >= 0 AND since < 4102444800e9 THEN make_timestamp(CAST(CASE WHEN since < 4102444800 THEN since * 1e6
        WHEN since < 4102444800e3 THEN since * 1e3 WHEN since < 4102444800e6 THEN since ELSE since / 1e3 END AS BIGINT))
    END"""
"""A written time as UTC; without a zone it is UTC; numbers are seconds to nanoseconds, told apart by their size."""


def typed(store: Store, names: Collection[str], source: str, header: int, *, json_lines: bool) -> str:
    """The rows of a table with `line` and these columns as text; the one parameter is the number of the file."""
    there = set(names)

    def text(name: str) -> str:
        return f"t.{quoted(name)}" if name in there else "NULL::VARCHAR"

    def value(name: str) -> str:
        return f"n_{name}" if name in there else "NULL::DOUBLE"

    def hashed(name: str, *besides: str) -> str:
        if name not in there:
            return "NULL::UBIGINT"
        return f"CASE WHEN {text(name)} IS NOT NULL THEN hash({', '.join([*besides, text(name)])}) END"

    numbers = [name for name in _NUMBERS if name in there]
    parts = "".join(f", TRY_CAST({quoted(name)} AS DOUBLE) AS n_{name}" for name in numbers)
    own = [f"{OWN}{name}" for name in store.dimensions]
    dimensions = ", ".join(f"coalesce({text(name)}, '') AS {quoted(name)}" for name in own)
    keys = ", ".join(("deployment", *dimension_columns(store)))
    # Of OpenAI's kind cached tokens are part of the input; those of Anthropic's stand beside it.
    beside = [f"coalesce(n_{name}, 0)" for name in ("cache_read_tokens", "cache_write_tokens") if name in there]
    sent = " + ".join([value("input_tokens"), *beside])
    cached = f"coalesce({value('cached_tokens')}, {value('cache_read_tokens')})"
    # `least` of nothing and a number is the number.
    within = f"CASE WHEN {cached} IS NOT NULL THEN round(least({cached}, {sent})) END"
    every = "coalesce(n_requests, 1)" if "requests" in there else "1"
    by_status = f"s.failed * {every}" if "status" in there else "NULL::DOUBLE"
    join = "LEFT JOIN request_statuses s ON s.word = t.status" if "status" in there else ""
    broken = "WHEN t.broken IS NOT NULL THEN ['', 'the line is no JSON object', t.broken]" if json_lines else ""
    return f"""
        SELECT file, row, came, requests, failed, summed, input_tokens, output_tokens, cached_tokens, cost, latency_ms,
            repeats, coalesce(repeated_tokens, repeats * input_tokens / nullif(requests, 0)) AS repeated_tokens,
            prompt, person, conversation, request, hash({keys}) AS who, {keys}, problem[1] AS wrong,
            problem[2] AS reason, left(problem[3], 200) AS value
        FROM (SELECT ?::INTEGER AS file, line - {header} AS row, came, {every} AS requests, failed_requests AS failed,
            {"n_requests IS NOT NULL" if "requests" in there else "false"} AS summed, round({sent}) AS input_tokens,
            round({value("output_tokens")}) AS output_tokens, {within} AS cached_tokens,
            {value("cost")} AS cost, coalesce({value("latency_ms")}, {value("latency_s")} * 1000) AS latency_ms,
            {value("repeats")} AS repeats, {value("repeated_tokens")} AS repeated_tokens,
            {hashed("prompt_hash", text(f"{OWN}model"))} AS prompt, {hashed("user")} AS person,
            {hashed("conversation")} AS conversation, {hashed("request")} AS request,
            coalesce({text("deployment")}, '') AS deployment, {dimensions},
            CASE {broken} WHEN came IS NULL THEN ['timestamp', CASE WHEN t.timestamp IS NULL THEN 'the row has no time'
                WHEN moment IS NULL AND since IS NULL THEN 'is no time'
                ELSE 'is a time beyond the years 2000 to 2099' END, coalesce(t.timestamp, '')]
                {_checks(there, numbers, every)} END AS problem
            FROM (SELECT *, CASE WHEN moment >= {_FIRST} AND moment < {_LAST} THEN moment END AS came
                FROM (SELECT t.*, coalesce({value("failed")}, {by_status}) AS failed_requests, {_MOMENT} AS moment
                    FROM (SELECT *{parts}, TRY_CAST("timestamp" AS DOUBLE) AS since FROM {source}) t {join})) t)"""


def _checks(there: Collection[str], numbers: Collection[str], every: str) -> str:
    found = []
    for name in numbers:
        text, most = f"t.{quoted(name)}", MOST_TOKENS if name.endswith("_tokens") else MOST
        found += [
            f"WHEN {text} IS NOT NULL AND (n_{name} IS NULL OR NOT isfinite(n_{name})) "
            f"THEN ['{name}', 'is no number', {text}]",
            f"WHEN n_{name} < 0 THEN ['{name}', 'is negative', {text}]",
            f"WHEN n_{name} > {most:.0f} THEN ['{name}', 'is more than {most:,.0f}', {text}]",
        ]
    alone = "n_requests IS NULL AND " if "requests" in there else ""
    found += [
        f"WHEN {alone}n_{name} IS NULL AND coalesce(failed_requests < {every}, true) "
        f"THEN ['{name}', 'the row has no {name.replace('_', ' ')}', '']"
        for name in ("input_tokens", "output_tokens")
        if name in there
    ]
    for name, what in (("failed", "requests failed than there were"), ("repeats", "repeats than requests")):
        if name in there:
            found.append(f"WHEN n_{name} > {every} THEN ['{name}', 'more {what}', t.{name}]")
    return " ".join(found)
