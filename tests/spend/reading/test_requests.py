"""Logs of requests: sums against a brute force in Python, repeats, users, costs, and what is refused."""

import csv
import datetime as dt
import gzip
import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planner.errors import InputError
from planner.scenario.spend_rules import DIMENSIONS, Told
from planner.scenario.spend_sources import Requests
from planner.spend.reading.request_columns import REQUEST_LINE
from planner.spend.reading.requests import read_requests
from planner.spend.store import Store
from tests.spend.made import made
from tests.spend.reading.read_files import CATALOG, lines, objects, reading, refused

SOURCE = Requests(requests="log.csv")
HEADER = "timestamp,model,input_tokens,output_tokens"


def read(store: Store, *files: Path, source: Requests = SOURCE, **told: Told) -> Any:
    return read_requests(store, reading({"EUR": 1.25}, **told), source, "api", files)


def log(seed: int, size: int = 400) -> list[dict[str, Any]]:
    """Requests of two months, in no order."""
    draw = random.Random(seed)
    rows = []
    for _ in range(size):
        came = dt.datetime(2026, 9, 25, tzinfo=dt.UTC) + dt.timedelta(seconds=draw.randrange(12 * 86_400))
        sent = draw.randrange(5000)
        rows.append({
            "timestamp": came.isoformat(), "model": draw.choice(["gpt-4o", "claude-haiku-4-5", "own"]),
            "input_tokens": sent, "output_tokens": draw.randrange(900), "cached_tokens": draw.randrange(sent + 1),
            "status": draw.choice([200, 200, 200, 429]), "team": draw.choice(["research", "product"]),
            "user": f"u{draw.randrange(30)}", "conversation": f"c{draw.randrange(60)}",
            "prompt_hash": f"h{draw.randrange(120)}", "latency_ms": draw.randrange(9000) / 4,
        })  # fmt: skip
    return rows


def price(model: str) -> tuple[float, float, float] | None:
    ids = {"gpt-4o": "openai/gpt-4o", "claude-haiku-4-5": "anthropic/claude-haiku-4-5"}
    api = next((one for one in CATALOG.apis if one.id == ids.get(model)), None)
    return None if api is None else (api.input_usd_per_mtok, api.cached_input_usd_per_mtok, api.output_usd_per_mtok)


def brute_force(rows: list[dict[str, Any]], zone: str) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Usage by hour, day, model and team; users and conversations by month, and by month, model and team."""
    groups: dict[Any, Any] = defaultdict(lambda: Counter({"cost": 0.0}))
    people: dict[Any, Any] = defaultdict(lambda: (set(), set()))
    answered: set[tuple[str, str]] = set()
    for row in sorted(rows, key=lambda row: (dt.datetime.fromisoformat(row["timestamp"]), row["model"], row["team"])):
        came = dt.datetime.fromisoformat(row["timestamp"])
        day = came.astimezone(ZoneInfo(zone)).date()
        key = (came.replace(minute=0, second=0, tzinfo=None), day, row["model"], row["team"])
        own, failed = groups[key], row["status"] == 429
        own.update(requests=1, failed=failed, input=row["input_tokens"], output=row["output_tokens"],
                   cached=row["cached_tokens"])  # fmt: skip
        if not failed:
            prompt = (row["model"], row["prompt_hash"])
            own.update(repeats=prompt in answered, repeated=row["input_tokens"] * (prompt in answered))
            answered.add(prompt)
            if (rates := price(row["model"])) is not None:
                tokens = (row["input_tokens"] - row["cached_tokens"], row["cached_tokens"], row["output_tokens"])
                own["cost"] += sum(a * b for a, b in zip(tokens, rates, strict=True)) / 1e6
        for whom in ((None, None), (row["model"], row["team"])):
            for seen, name in zip(people[day.replace(day=1), *whom], ("user", "conversation"), strict=True):
                seen.add(row[name])
    return groups, people


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_sums_are_those_of_a_brute_force(tmp_path: Path, zone: str, form: str) -> None:
    rows = log(7)
    file = tmp_path / f"log.{form}"
    if form == "csv":
        with file.open("w", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    else:
        objects(file, [{**row, "usage": {"prompt_tokens": row.pop("input_tokens")}} for row in log(7)])
    groups, people = brute_force(rows, zone)
    with made(time_zone=zone) as store:
        told = read(store, file)
        assert (told.rows, told.kept, told.rejected) == (400, 400, 0)
        found = store.rows(
            """SELECT hour, day, model, team, requests, failed, input_tokens, output_tokens, cached_tokens, repeats,
            repeated_tokens, cost_usd FROM usage"""
        )
        assert len(found) == len(groups)
        for hour, day, model, team, *sums, cost in found:
            own = groups[hour, day, model, team]
            names = ("requests", "failed", "input", "output", "cached", "repeats", "repeated")
            assert sums == [own[name] for name in names], (hour, model, team)
            if price(model) is None:
                assert cost is None
            else:
                assert cost == pytest.approx(own["cost"], abs=1e-9)
        seen = {
            (month, model, team): (users, actions)
            for month, model, team, users, actions in store.rows("SELECT month, model, team, users, actions FROM users")
        }
        assert seen == {key: (len(users), len(actions)) for key, (users, actions) in people.items()}


def test_what_cannot_be_right_is_refused_with_its_place(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "log.csv",
        "timestamp,model,input_tokens,output_tokens,status,cost",
        "2026-10-01T00:00:00Z,m,10,5,200,0.5",
        "yesterday,m,10,5,200,0.5",
        "2026-10-01T00:00:00Z,m,-1,5,200,0.5",
        "2026-10-01T00:00:00Z,m,10,many,200,0.5",
        "2026-10-01T00:00:00Z,m,10,5,200,-2",
        "2026-10-01T00:00:00Z,m,10,,200,0.5",
        "2026-10-01T00:00:00Z,m,,,503,0",
        "2026-10-01T00:00:00Z,m,1e400,5,200,0.5",
        "1912-10-01T00:00:00Z,m,10,5,200,0.5",
        ",m,10,5,200,0.5",
        "2026-10-01T00:00:00Z,m,10",
        "2026-10-01T00:00:00Z,m,2000000000,5,200,0.5",
        "2026-11-01T00:00:00Z,m,10,5,200,0.5",
        "2026-10-01T02:00:00+02:00,m,10,5,200,0.5",
    )
    with made() as store:
        told = read(store, file)
        assert refused(store) == [
            ("log.csv", 2, "timestamp", "is no time", "yesterday"),
            ("log.csv", 3, "input_tokens", "is negative", "-1"),
            ("log.csv", 4, "output_tokens", "is no number", "many"),
            ("log.csv", 5, "cost", "is negative", "-2"),
            ("log.csv", 6, "output_tokens", "the row has no output tokens", ""),
            ("log.csv", 8, "input_tokens", "is no number", "1e400"),
            ("log.csv", 9, "timestamp", "is a time beyond the years 2000 to 2099", "1912-10-01T00:00:00Z"),
            ("log.csv", 10, "timestamp", "the row has no time", ""),
            ("log.csv", 11, "", "the row has not as many cells as the header", "3 instead of 6"),
            ("log.csv", 12, "input_tokens", "is more than 1,000,000,000", "2000000000"),
        ]
        assert (told.rows, told.kept, told.rejected, told.future) == (14, 3, 10, 1)
        assert store.rows("SELECT hour, requests, failed, cost_usd FROM usage") == [
            (dt.datetime(2026, 10, 1), 3.0, 1.0, 1.0)
        ]


def test_lines_of_json_that_are_none_are_refused(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "log.jsonl",
        '{"timestamp": "2026-10-01T00:00:00Z", "model": "m", "input_tokens": 10, "output_tokens": 5}',
        '{"timestamp": "2026-10-01T00:0',
        "[1, 2]",
        "[" * 20_000,
        "",
        '{"timestamp": 1790812800, "model": "m\\u0000\\u001b[31m", "input_tokens": 1, "output_tokens": 1}',
        '{"timestamp": 1790812800000, "model": {"deep": 1}, "input_tokens": [1], "output_tokens": 1}',
        '{"timestamp": 1790812800, "model": "m", "input_tokens": NaN, "output_tokens": 1, "\\"model\\"": "x"}',
    )
    with made() as store:
        told = read(store, file)
        assert [(row, column, reason) for _, row, column, reason, _ in refused(store)] == [
            (2, "", "the line is no JSON object"),
            (3, "", "the line is no JSON object"),
            (4, "", "the line is no JSON object"),
            (7, "input_tokens", "is no number"),
            (8, "input_tokens", "is no number"),
        ]
        assert (told.rows, told.kept, told.rejected) == (7, 2, 5)
        assert store.rows("SELECT hour, model FROM usage ORDER BY model") == [
            (dt.datetime(2026, 10, 1), "m"), (dt.datetime(2026, 10, 1), "m  [31m")
        ]  # fmt: skip


def test_columns_that_are_missing_or_mean_nothing_are_all_told(tmp_path: Path) -> None:
    file = lines(tmp_path / "log.csv", "when,model,tokens_inn,output_tokens", "x,m,1,2")
    with made() as store, pytest.raises(InputError) as caught:
        read(store, file, source=Requests(requests="x", columns={"timestamp": "whens", "imput_tokens": "tokens_inn"}))
    told = str(caught.value)
    assert "columns: 'imput_tokens' is no column that is read here" in told
    assert "did you mean 'input_tokens'?" in told
    assert "has no column 'whens', which `columns` names for timestamp" in told
    assert "did you mean 'when'?" in told
    assert "has no column input_tokens or requests" in told
    assert "is 'tokens_inn' meant to be it? say so with columns: {input_tokens: tokens_inn}" in told


def test_a_source_may_name_columns_and_spellings(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "log.csv", "when;model;in;output_tokens;tier", "2026-10-01;m;3;2;RSCH-1", "2026-10-01;m;3;2;free"
    )
    source = Requests(requests="x", columns={"timestamp": "when", "input_tokens": "in"})
    with made(dimensions=(*DIMENSIONS, "plan")) as store:
        read(store, file, source=source, plan=Told(columns=["tier"], same={"paid": ["rsch-*"]}))
        assert store.rows("SELECT plan, input_tokens FROM usage ORDER BY plan") == [("free", 3.0), ("paid", 3.0)]


def test_files_that_overlap_count_once_and_a_row_that_one_file_has_twice_counts_twice(tmp_path: Path) -> None:
    rows = [f"2026-10-0{day}T00:00:00Z,m,{day},1" for day in range(1, 7)]
    first = lines(tmp_path / "a.csv", HEADER, *rows[:4], rows[3])
    second = lines(tmp_path / "b.csv", HEADER, *rows[2:])
    with made() as store:
        told = read(store, first, second, first)
        assert (told.rows, told.kept, told.duplicate) == (14, 7, 7)
        assert store.rows("SELECT sum(requests), sum(input_tokens) FROM usage") == [(7.0, 25.0)]


def test_a_request_with_an_id_counts_once_at_its_time(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "a.csv", f"{HEADER},request_id", "2026-10-01T00:00:00Z,m,1,1,r1", "2026-10-01T00:00:00Z,m,1,1,r1",
        "2026-10-02T00:00:00Z,m,1,1,r1",
    )  # fmt: skip
    with made() as store:
        told = read(store, file)
        assert (told.kept, told.duplicate) == (2, 1)


def test_rows_that_are_summed_up_already(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "days.csv", "day,model,requests,failed,input_tokens,output_tokens,cost,latency_ms",
        "2026-10-01,m,120,3,4000,900,1.5,800", "2026-10-02,m,20,30,40,9,1,800", "2026-10-03,m,10,0,,,1,",
    )  # fmt: skip
    with made() as store:
        told = read(store, file, source=Requests(requests="x", currency="EUR"))
        assert refused(store) == [("days.csv", 2, "failed", "more requests failed than there were", "30")]
        assert store.rows(
            "SELECT requests, failed, input_tokens, cost_usd, latency_p95_ms, repeats FROM usage ORDER BY hour"
        ) == [
            (120.0, 3.0, 4000.0, 1.875, 800.0, None), (10.0, 0.0, None, 1.25, None, None),
        ]  # fmt: skip
        assert store.rows("SELECT users, actions FROM users WHERE team IS NULL") == []
        assert told.kept == 2


def test_costs_are_logged_or_of_the_catalog_or_unknown(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "log.csv", f"{HEADER},cost,deployment,status",
        "2026-10-01T00:00:00Z,gpt-4o,1000000,0,9,,200",
        "2026-10-01T00:00:00Z,gpt-4o,1000000,1000000,,,200",
        "2026-10-01T00:00:00Z,gpt-4o,1000000,0,,,500",
        "2026-10-01T00:00:00Z,gpt-4o,1000000,0,,mine,200",
        "2026-10-01T00:00:00Z,nobody-knows,1000000,0,,,200",
    )  # fmt: skip
    rates = price("gpt-4o")
    assert rates is not None
    with made() as store:
        told = read(store, file)
        found = store.rows("SELECT model, deployment, requests, cost_usd FROM usage ORDER BY model, deployment")
        assert found == [
            ("gpt-4o", "", 3.0, pytest.approx(9 + rates[0] + rates[2])),
            ("gpt-4o", "mine", 1.0, None),
            ("nobody-knows", "", 1.0, None),
        ]
        assert "2 rows have no cost and are priced by the catalog, 1 of them failed and so free" in told.notes
        assert "of 1 row the cost is unknown; no single price for 'nobody-knows'" in told.notes
        assert "1 row is of a deployment and logs no cost: what that costs is on the bill" in told.notes
        with pytest.raises(InputError, match=r"no rate is known for CHF: say `rates: \{CHF: USD for one\}`"):
            read(store, file, source=Requests(requests="x", currency="CHF"))


def test_an_export_of_openai_by_day_is_priced_by_the_models_of_its_snapshots(tmp_path: Path) -> None:
    head = "start_time,end_time,project_id,num_model_requests,model,input_tokens,output_tokens,input_cached_tokens"
    start = int(dt.datetime(2026, 10, 1, tzinfo=dt.UTC).timestamp())
    file = lines(
        tmp_path / "usage.csv", head,
        f"{start},{start + 86400},proj_a,50,gpt-4o-2024-08-06,3000000,1000000,1000000",
        f"{start},{start + 86400},proj_a,50,gpt-4o-2024-05-13,1000000,1000000,0",
    )  # fmt: skip
    rates = price("gpt-4o")
    assert rates is not None
    with made() as store:
        told = read(store, file)
        found = store.rows("SELECT model, requests, cached_tokens, cost_usd FROM usage ORDER BY model")
    assert found == [
        ("gpt-4o-2024-05-13", 50.0, 0.0, None),
        ("gpt-4o-2024-08-06", 50.0, 1e6, pytest.approx(2 * rates[0] + rates[1] + rates[2])),
    ]
    assert "snapshots that are priced as their model: 'gpt-4o-2024-08-06'" in told.notes
    assert any("no single price for 'gpt-4o-2024-05-13'" in note for note in told.notes)


def test_users_of_two_sources_are_counted_once(tmp_path: Path) -> None:
    head = f"{HEADER},user,team"
    one = lines(tmp_path / "one.csv", head, "2026-10-01,m,1,1,ada,a", "2026-10-02,m,1,1,bob,a")
    two = lines(tmp_path / "two.csv", head, "2026-10-03,m,1,1,ada,a", "2026-10-03,m,1,1,ada,b")
    with made() as store:
        read(store, one)
        read(store, two)
        assert store.rows("SELECT team, users, actions FROM users ORDER BY team NULLS FIRST") == [
            (None, 2, None), ("a", 2, None), ("b", 1, None)
        ]  # fmt: skip


def test_packed_cut_and_foreign_files(tmp_path: Path) -> None:
    plain = "\n".join([HEADER, *(f"2026-10-01T00:00:{n:02d}Z,m,{n * 7919 % 997},1" for n in range(60))])
    whole = gzip.compress(plain.encode())
    names = {"whole.csv.gz": whole, "cut.csv.gz": whole[:-20], "zip.csv": b"PK\x03\x04 nothing", "empty.csv": b""}
    for name, content in names.items():
        (tmp_path / name).write_bytes(content)
    with made() as store:
        told = read(store, *(tmp_path / name for name in names), tmp_path / "gone.csv")
        assert store.rows("SELECT sum(requests) FROM usage") == [(60.0,)]
        assert told.files == 5
        assert {(name, row): reason for name, row, _, reason, _ in refused(store)} == {
            ("cut.csv.gz", 0): "cannot be read to its end: Compressed file ended before the end-of-stream marker was "
            "reached (the gzip file is cut or damaged; write it again)",
            ("zip.csv", 0): "is a zip file (write the log as CSV or JSON lines, plain or .gz)",
            ("empty.csv", 0): "is empty",
            ("gone.csv", 0): "is no file that can be read",
        }


def test_rows_of_several_lines_and_lone_quotes_keep_their_numbers(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "log.csv", f"{HEADER},feature", '2026-10-01,m,1,1,"two', 'lines"', "2026-10-01,m,x,1,chat",
        "2026-10-01,m,1,1,\x1b[2Jchat",
    )  # fmt: skip
    with made() as store:
        read(store, file)
        assert refused(store) == [("log.csv", 3, "input_tokens", "is no number", "x")]
        assert store.rows("SELECT feature FROM usage ORDER BY 1") == [("[2Jchat",), ("two lines",)]


def test_the_documented_line_is_read_whole(tmp_path: Path) -> None:
    line = dict.fromkeys(REQUEST_LINE, "x") | {
        "timestamp": "2026-10-01T10:30:00.250Z", "input_tokens": 100, "output_tokens": 20, "cached_tokens": 40,
        "latency_ms": 900.5, "ttft_ms": 80, "status": 200,
    }  # fmt: skip
    with made() as store:
        told = read(store, objects(tmp_path / "line.jsonl", [line]))
        assert store.rows(
            """SELECT hour, deployment, requests, failed, input_tokens, output_tokens, cached_tokens, repeats,
            repeated_tokens, latency_p95_ms, team, model, tenant, feature FROM usage"""
        ) == [(dt.datetime(2026, 10, 1, 10), "x", 1, 0, 100, 20, 40, 0, 0, 900.5, "x", "x", "x", "x")]
        assert store.rows("SELECT users, actions FROM users WHERE team IS NULL") == [(1, 1)]
        assert not any("not read" in note for note in told.notes)


def test_a_line_without_end_is_refused_and_the_others_count(tmp_path: Path) -> None:
    good = '{"timestamp": "2026-10-01", "model": "m", "input_tokens": 1, "output_tokens": 1}'
    file = lines(tmp_path / "log.jsonl", good, '{"text": "' + "x" * 20_000_000, good)
    with made() as store:
        told = read(store, file)
        assert [(row, reason) for _, row, _, reason, _ in refused(store)] == [(2, "the line is longer than 8 MiB")]
        assert (told.rows, told.kept) == (3, 2)


def test_repeats_that_are_summed_up_already(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "days.csv", "day,model,requests,input_tokens,output_tokens,repeats,repeated_tokens",
        "2026-10-01,m,100,4000,900,25,1200", "2026-10-02,m,100,4000,900,25,", "2026-10-03,m,100,4000,900,101,",
        "2026-10-04,m,100,4000,900,,", "soon,m,1,1,1,,",
    )  # fmt: skip
    with made() as store:
        read(store, file)
        assert store.rows("SELECT repeats, repeated_tokens FROM usage ORDER BY hour") == [
            (25.0, 1200.0), (25.0, 1000.0), (None, None)
        ]  # fmt: skip
        assert refused(store) == [
            ("days.csv", 3, "repeats", "more repeats than requests", "101"),
            ("days.csv", 5, "day", "is no time", "soon"),
        ]  # fmt: skip
