"""Logs that are broken, or that say less than they seem to."""

import gzip
import os
from pathlib import Path

import pytest

from planner.source import InvalidInput, Problem
from planner.traffic import read_traffic
from planner.traffic.faults import CODES, SHOWN
from tests.traffic.logs import HEADER, csv_log, every, json_log, plain

WEEK = every(600, 1008)


def refused(path: Path) -> list[Problem]:
    with pytest.raises(InvalidInput) as caught:
        read_traffic(path)
    assert {problem.code for problem in caught.value.problems} <= set(CODES)
    assert str(path.name) in str(caught.value)
    return [problem for problem in caught.value.problems if problem.severity == "error"]


def place(problem: Problem) -> tuple[int, int]:
    assert problem.span is not None
    return problem.span.line, problem.span.column


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no rows"),
        (b"\n\n# nothing\n", "has no rows"),
        (HEADER.encode() + b"\n", "has no rows"),
        (b"PK\x03\x04zip", "a zip file"),
        (b"PAR1....", "a Parquet file"),
        ("timestamp".encode("utf-16"), "UTF-16"),
        (b"\x7fELF\0\0\0", "null bytes"),
        (b'[{"timestamp": 1}]', "one JSON list"),
        (b"timestamp,input_tokens,output_tokens\r2026-11-02,1,1\r", "carriage returns alone"),
        (b"\x1f\x8b\x08\0garbage that is no gzip", "cannot be read to its end"),
        (gzip.compress(HEADER.encode() * 10_000)[:-20], "cannot be read to its end"),
        (b"timestamp,input_tokens,input_tokens\n", "given twice: 'input_tokens'"),
        (b"time,tokens\n2026-11-02,5\n", "has no input_tokens and no output_tokens"),
        (b"2026-11-02T00:00:00Z,5,5\n", "has no timestamp"),
        (b'{"a": 1}\n', "has no timestamp"),
    ],
)
def test_no_log_at_all(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    assert any(said in problem.message for problem in refused(path)), refused(path)


def test_no_file(tmp_path: Path) -> None:
    assert "No such file" in refused(tmp_path / "none.csv")[0].message
    assert "folder" in refused(tmp_path)[0].message
    os.mkfifo(tmp_path / "pipe")
    assert "no regular file" in refused(tmp_path / "pipe")[0].message


def test_a_name_that_was_nearly_right(tmp_path: Path) -> None:
    problem = refused(csv_log(tmp_path, "a,1,2", header="timestampp,input_tokens,output_tokens"))[0]
    assert place(problem) == (1, 1)
    assert "did you mean 'timestamp'?" in (problem.hint or "")


def test_every_kind_of_bad_row_with_its_place(tmp_path: Path) -> None:
    bad = [
        "yesterday,100,10", "1999-01-01T00:00:00Z,100,10", "2026-11-02T00:00:00Z,-5,10",
        "2026-11-02T00:00:00Z,100,many",
        "2026-11-02T00:00:00Z,100", "2026-11-02T00:00:00Z,100,10,11", "2026-11-02T00:00:00Z,,10",
        "2026-11-02T00:00:00Z,99999999999,10", "2026-11-02T00:00:00Z,100,inf",
    ]  # fmt: skip
    found = read_traffic(csv_log(tmp_path, *plain(WEEK), *bad))
    assert found.log is not None
    assert (found.log.rows, found.log.unusable_rows, found.log.requests) == (1017, 9, 1008)
    assert all(problem.severity == "warning" for problem in found.warnings)
    said = {place(problem): problem.message for problem in found.warnings if problem.span}
    assert said == {
        (1010, 1): "is no time: 'yesterday'",
        (1011, 1): "is a time beyond the years 2000 to 2099: '1999-01-01T00:00:00Z'",
        (1012, 22): "input tokens are negative: '-5'",
        (1013, 26): "output_tokens is no number: 'many'",
        (1014, 1): "the row has not as many cells as the header: 2 instead of 3",
        (1015, 1): "the row has not as many cells as the header: 4 instead of 3",
        (1016, 22): "the row has no input tokens",
        (1017, 22): "input tokens are more than 10,000,000: '99999999999'",
        (1018, 26): "output_tokens is no number: 'inf'",
    }


def test_bad_rows_of_json(tmp_path: Path) -> None:
    rows = [{"timestamp": t, "input_tokens": 5, "output_tokens": 5} for t in WEEK]
    path = json_log(tmp_path, rows)
    with path.open("a") as file:
        file.write('{"timestamp": "2026-11-02T00:00:00Z", "input_tokens": -1, "output_tokens": 5}\n')
        file.write('{"timestamp": \n[1, 2]\n"text"\n' + "[" * 100_000 + "\n" + '{"a": ' * 2000 + "\n")
    found = read_traffic(path)
    assert found.log is not None
    assert found.log.unusable_rows == 6
    said = {place(problem)[0]: problem.message for problem in found.warnings if problem.span}
    assert "negative: -1" in said[1009]
    assert said[1010].startswith("the line is not JSON")
    assert "no object" in said[1011]
    assert place(next(p for p in found.warnings if "negative" in p.message)) == (1009, 55)


def test_many_bad_rows_are_counted_and_the_first_are_shown(tmp_path: Path) -> None:
    problems = refused(csv_log(tmp_path, *plain(WEEK), *["soon,1,1"] * 5000))
    shown = [problem for problem in problems if problem.code == "log-time"]
    assert len(shown) == SHOWN
    assert "(shown are the first 5 of 5,000 rows like that)" in shown[-1].message
    assert any("5,000 of 6,008 rows cannot be used (83.2 %)" in problem.message for problem in problems)


def test_times_with_and_without_zone(tmp_path: Path) -> None:
    problem = refused(csv_log(tmp_path, *plain(WEEK), "2026-11-05 00:00:00,1,1"))[0]
    assert "with a zone (line 2) and without one (line 1010)" in problem.message
    assert place(problem) == (1010, 1)


def test_several_offsets_are_fine_and_told(tmp_path: Path) -> None:
    found = read_traffic(csv_log(tmp_path, *plain(WEEK), "2026-11-05T01:00:00+01:00,1,1"))
    assert any("2 offsets to UTC (+0 h, +1 h)" in problem.message for problem in found.warnings)


def test_times_without_zone_are_taken_as_utc_and_that_is_said(tmp_path: Path) -> None:
    found = read_traffic(csv_log(tmp_path, *plain([time[:-1] for time in WEEK])))
    assert "times without a zone are UTC" in found.assumptions


def test_rows_without_tokens_are_kept_apart(tmp_path: Path) -> None:
    rows = [*plain(WEEK), "2026-11-05T00:00:00Z,0,10", "2026-11-05T00:00:00Z,100,0", "2026-11-05T00:00:00Z,0,0"]
    found = read_traffic(csv_log(tmp_path, *rows))
    assert found.log is not None
    assert (found.log.zero_token_rows, found.log.requests, found.log.rows) == (3, 1008, 1011)
    assert found.input_tokens.p50 == found.input_tokens.mean == 100
    assert sorted(place(p)[0] for p in found.warnings if p.code == "log-zero-tokens") == [1010, 1011, 1012]


def test_nothing_but_rows_without_tokens(tmp_path: Path) -> None:
    problems = refused(csv_log(tmp_path, *plain(WEEK, "0,0")))
    assert any("no row is a request" in problem.message for problem in problems)


def test_a_clock_that_goes_backwards(tmp_path: Path) -> None:
    rows = plain([*WEEK[:500], *WEEK[400:]])
    found = read_traffic(csv_log(tmp_path, *rows))
    told = [problem for problem in found.warnings if problem.code == "log-clock"]
    assert [place(problem)[0] for problem in told] == [502]
    assert "here by 16.50 h" in told[0].message
    assert found.log is not None
    assert found.log.requests == 1108


def test_a_clock_that_leaves_for_other_years(tmp_path: Path) -> None:
    rows = [*plain(WEEK), "2038-01-19T03:14:07Z,1,1"]
    found = read_traffic(csv_log(tmp_path, *rows))
    assert found.requests_per_month == pytest.approx(730 * 6, rel=0.01)
    assert any("1 rows from 2038-01-19 03:14 UTC on lie more than 30 days" in p.message for p in found.warnings)


def test_a_long_gap_is_told(tmp_path: Path) -> None:
    found = read_traffic(csv_log(tmp_path, *plain([*WEEK, *every(600, 1008, "2026-11-20T00:00:00")])))
    told = [problem for problem in found.warnings if problem.code == "log-gap"]
    assert "no request for 264 h from 2026-11-08 23:50 UTC" in told[0].message


def test_one_hour_says_what_is_assumed(tmp_path: Path) -> None:
    found = read_traffic(csv_log(tmp_path, *plain(every(10, 360, "2026-11-04T09:00:00"))))
    assert found.log is not None
    assert found.log.hour_from.count("measured") == 1
    assert any("1 of the 168 hours" in problem.message for problem in found.warnings)
    assert any(text.startswith("6 of 168 hours") for text in found.assumptions)
    assert any(text.startswith("161 of 168 hours") for text in found.assumptions)
    assert found.busiest_hour == 2 * 24 + 9


@pytest.mark.parametrize("rows", [1, 3])
def test_less_than_a_minute_has_no_rate(tmp_path: Path, rows: int) -> None:
    problems = refused(csv_log(tmp_path, *plain(every(10, rows))))
    assert any("less than a minute" in problem.message for problem in problems)


def test_the_header_again_is_left_out(tmp_path: Path) -> None:
    found = read_traffic(csv_log(tmp_path, *plain(WEEK[:500]), HEADER, *plain(WEEK[500:])))
    assert found.log is not None
    assert (found.log.rows, found.log.unusable_rows) == (1008, 0)
    assert [place(p)[0] for p in found.warnings] == [502]


def test_latencies_and_statuses_that_make_no_sense_cost_no_row(tmp_path: Path) -> None:
    rows = [*plain(WEEK, "100,10,50,200"), "2026-11-05T00:00:00Z,1,1,-5,200", "2026-11-05T00:00:00Z,1,1,9e99,wat"]
    found = read_traffic(csv_log(tmp_path, *rows, header=f"{HEADER},latency_ms,status"))
    assert found.log is not None
    assert found.log.requests == 1010
    assert found.latency is not None
    assert found.latency.count == 1008
    said = " ".join(problem.message for problem in found.warnings)
    assert "latency_ms is negative" in said
    assert "longer than a week" in said
    assert "'wat'" in said


def test_times_that_do_not_say_their_unit(tmp_path: Path) -> None:
    found = read_traffic(csv_log(tmp_path, *plain(WEEK, "100,10,50"), header=f"{HEADER},latency"))
    assert found.latency is None
    assert any("latency_ms or latency_s" in (problem.hint or "") for problem in found.warnings)


def test_a_line_without_end_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.traffic.log_file.MAX_LINE", 5000)
    monkeypatch.setattr("planner.traffic.log_file.BLOCK", 1000)
    rows = [*plain(WEEK[:500]), "x" * 50_000, *plain(WEEK[500:]), "bad,1,1"]
    found = read_traffic(csv_log(tmp_path, *rows))
    assert found.log is not None
    assert found.log.requests == 1008
    assert [place(p) for p in found.warnings] == [(502, 1), (1011, 1)]


def test_a_quote_that_is_never_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.traffic.log_file.MAX_LINE", 5000)
    monkeypatch.setattr("planner.traffic.log_file.BLOCK", 1000)
    found = read_traffic(csv_log(tmp_path, *plain(WEEK[:500]), '"2026-11-02T00:00:00Z,1,1', *plain(WEEK[500:])))
    assert found.log is not None
    assert (found.log.requests, found.log.rows) == (1008, 1009)
    assert [place(problem) for problem in found.warnings] == [(502, 1)]


def test_names_cannot_steer_a_terminal(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_traffic(csv_log(tmp_path, *plain(["\x1b[31mred"] * 3)))
    assert "\x1b" not in str(caught.value)


def test_a_file_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.traffic.log_file.MAX_ROWS", 500)
    monkeypatch.setattr("planner.traffic.log_file.BLOCK", 1000)
    assert any("more than 500 lines" in problem.message for problem in refused(csv_log(tmp_path, *plain(WEEK))))
    monkeypatch.setattr("planner.traffic.log_file.MAX_BYTES", 5000)
    assert any("is longer than" in problem.message for problem in refused(csv_log(tmp_path, *plain(WEEK))))


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = csv_log(tmp_path, *plain(WEEK, "100,10,Zo\u00eb"), header=f"{HEADER},tenant")
    path.write_bytes(path.read_bytes().replace("\u00eb".encode(), b"\xeb"))
    found = read_traffic(path)
    told = next(problem for problem in found.warnings if "not UTF-8" in problem.message)
    assert place(told) == (2, 35)
    assert found.tenants is not None
    assert found.tenants.names == ("Zo\ufffd",)


def test_a_carriage_return_inside_of_a_line_parts_nothing(tmp_path: Path) -> None:
    path = csv_log(tmp_path, *plain(WEEK))
    path.write_bytes(path.read_bytes().replace(b",10\n", b",\r10\n", 1) + b"soon,1,1\n")
    found = read_traffic(path)
    assert found.log is not None
    assert (found.log.rows, found.log.requests) == (1009, 1008)
    assert [place(problem) for problem in found.warnings] == [(1010, 1)]
