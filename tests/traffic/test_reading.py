"""A log of requests, read from its file."""

import datetime as dt
import gzip
import math
from pathlib import Path

import numpy as np
import pytest

from planner.traffic import Traffic, read_traffic
from tests.traffic.logs import csv_log, every, json_log, plain

WEEK = every(600, 1008)


def same(found: Traffic, other: Traffic) -> bool:
    """Whether two logs, other than their bytes, say the same."""
    return repr({name: getattr(found, name) for name in Traffic.__slots__ if name not in ("log", "warnings")}) == repr(
        {name: getattr(other, name) for name in Traffic.__slots__ if name not in ("log", "warnings")}
    )


def test_a_week_of_csv(tmp_path: Path) -> None:
    found = read_traffic(csv_log(tmp_path, *plain(WEEK)))
    assert found.requests_per_s == pytest.approx(np.full(168, 1 / 600), rel=0.2)
    assert found.requests_per_month == pytest.approx(730 * 6, rel=0.01)
    assert (found.input_tokens.mean, found.input_tokens.p95, found.output_tokens.most) == (100, 100, 10)
    assert found.log is not None
    assert (found.log.rows, found.log.requests, found.log.unusable_rows) == (1008, 1008, 0)
    assert found.log.first == dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    assert found.log.coverage == 1
    assert len(found.log.digest) == 64
    assert not found.warnings
    assert math.isnan(found.repeat_share)
    assert math.isnan(found.turns)
    assert any("conversations" in text for text in found.assumptions)


def test_everything_that_a_log_can_say(tmp_path: Path) -> None:
    header = (
        "timestamp,prompt_tokens,completion_tokens,prompt_hash,latency_ms,ttft_s,status,model,tenant,user,session_id"
    )
    lines = [
        f"{time},{100 + 60 * (i % 3)},50,h{i % 100},{1000 + i},0.25,{200 if i % 10 else 500},m{i % 2},t,u{i % 7},"
        f"c{i // 3}"
        for i, time in enumerate(WEEK)
    ]  # fmt: skip
    found = read_traffic(csv_log(tmp_path, *lines, header=header))
    # Each prompt comes every 100 requests: 908 repeat one, of which 91 failed before as they fail now.
    assert found.repeat_share == pytest.approx((908 - 91) / 1008)
    assert found.repeat_share_within(3600) == 0
    assert found.failed_share == pytest.approx(101 / 1008)
    assert found.retries_share == 0
    assert found.turns == 3
    assert found.conversation.carries_history is True
    assert found.conversation.cached_tokens == pytest.approx((0 + 150 + 210) / 3)
    assert found.conversation.new_tokens_per_turn == pytest.approx(10)
    assert found.active_users_per_month == 7
    assert found.models is not None
    assert found.models.names == ("m0", "m1")
    assert found.tenants is not None
    assert found.tenants.requests == (1.0,)
    assert found.latency is not None
    assert found.latency.p50_s == pytest.approx(1.504, rel=0.002)
    assert found.latency.count == 907
    assert found.ttft is not None
    assert found.ttft.p95_s == pytest.approx(0.25, rel=0.002)


def test_the_same_requests_in_other_forms(tmp_path: Path) -> None:
    times = every(60, 3000)
    hashes = [f"p{i % 17}" for i in range(3000)]
    base = read_traffic(
        csv_log(tmp_path, *[f"{t},{i % 50 + 1},7,{h}" for i, (t, h) in enumerate(zip(times, hashes, strict=True))],
                header="timestamp,input_tokens,output_tokens,prompt_hash")
    )  # fmt: skip
    seconds = [int(np.datetime64(time[:-1]).astype("datetime64[s]").astype(np.int64)) for time in times]
    shuffled = np.random.default_rng(0).permutation(3000).tolist()
    forms = {
        "epoch ms": json_log(tmp_path, ({"ts": 1000 * s, "usage": {"prompt_tokens": i % 50 + 1, "completion_tokens": 7},
                             "prompt_hash": hashes[i]} for i, s in enumerate(seconds)), "a.jsonl"),
        "nested": json_log(tmp_path, ({"created": s, "response": {"usage": {"input_tokens": i % 50 + 1,
                           "output_tokens": 7}}, "request": {"prompt_sha256": hashes[i]}, "text": ["x"]}
                           for i, s in enumerate(seconds)), "b.jsonl"),
        "other separator, quotes, BOM and CRLF": tmp_path / "c.csv",
        "newest first": csv_log(tmp_path, *[f"{times[i]},{i % 50 + 1},7,{hashes[i]}" for i in reversed(range(3000))],
                                header="timestamp,input_tokens,output_tokens,prompt_hash", name="d.csv"),
        "no order at all": csv_log(tmp_path, *[f"{times[i]},{i % 50 + 1},7,{hashes[i]}" for i in shuffled],
                                   header="timestamp,input_tokens,output_tokens,prompt_hash", name="e.csv"),
    }  # fmt: skip
    rows = [f'"{times[i]}";"{i % 50 + 1}";7;"line\nbreak, ""quoted""";{hashes[i]}' for i in range(3000)]
    text = "\ufeff# exported\n\ntimestamp;prompt_tokens;completion_tokens;prompt;prompt_hash\n" + "\n".join(rows)
    forms["other separator, quotes, BOM and CRLF"].write_bytes(text.replace("\n", "\r\n").encode())
    for name, path in forms.items():
        assert same(read_traffic(path), base), name


def test_gzip(tmp_path: Path) -> None:
    path = csv_log(tmp_path, *plain(WEEK))
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    found = read_traffic(packed)
    assert same(found, read_traffic(path))
    assert found.log is not None
    assert found.log.file == str(packed)


def test_blocks_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f'{time},"a\nb",{i % 9 + 1},5,c{i // 2}' for i, time in enumerate(WEEK)]
    path = csv_log(tmp_path, *rows, header="timestamp,text,input_tokens,output_tokens,conversation")
    whole = read_traffic(path)
    monkeypatch.setattr("planner.traffic.log_file.BLOCK", 101)
    assert same(read_traffic(path), whole)


def test_cached_tokens_of_both_kinds_of_provider(tmp_path: Path) -> None:
    """Those of OpenAI's kind are part of the prompt's; those of Anthropic's stand beside the input."""
    openai = json_log(
        tmp_path,
        ({"created_at": t, "usage": {"prompt_tokens": 100, "completion_tokens": 9,
          "prompt_tokens_details": {"cached_tokens": 64}}} for t in WEEK),
    )  # fmt: skip
    anthropic = json_log(
        tmp_path,
        ({"created_at": t, "usage": {"input_tokens": 26, "output_tokens": 9, "cache_read_input_tokens": 64,
          "cache_creation_input_tokens": 10}} for t in WEEK),
        "b.jsonl",
    )  # fmt: skip
    for path in (openai, anthropic):
        found = read_traffic(path)
        assert found.input_tokens.mean == 100
        assert found.cached_tokens == found.shared_prefix_tokens == 64


def test_relative_times(tmp_path: Path) -> None:
    path = csv_log(tmp_path, *[f"{i * 60},ChatGPT,10,5" for i in range(60)],
                   header="Timestamp,Model,Request tokens,Response tokens")  # fmt: skip
    found = read_traffic(path, start=dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC))
    assert found.log is not None
    assert found.log.hour_from[9] == "measured"
    assert found.models is not None
    assert found.models.names == ("ChatGPT",)


def test_more_keys_than_are_kept(tmp_path: Path) -> None:
    lines = [f"{time},10,5,p{i % 504},u{i}" for i, time in enumerate(WEEK)]
    header = "timestamp,input_tokens,output_tokens,prompt_hash,user"
    found = read_traffic(csv_log(tmp_path, *lines, header=header), capacity=500)
    assert found.log is not None
    assert found.log.sampled < 1
    assert found.repeat_share == pytest.approx(0.5, abs=0.02)
    assert found.active_users_per_month == pytest.approx(1008, rel=0.3)
    assert any(problem.code == "log-sampled" for problem in found.warnings)


def test_requests_that_failed_have_no_tokens(tmp_path: Path) -> None:
    rows = [{"timestamp": t, "status": 200 if i % 4 else 429, "usage": {"prompt_tokens": 10, "completion_tokens": 5}
             if i % 4 else None} for i, t in enumerate(WEEK)]  # fmt: skip
    found = read_traffic(json_log(tmp_path, rows))
    assert found.log is not None
    assert (found.log.requests, found.log.unusable_rows, found.log.zero_token_rows) == (1008, 0, 0)
    assert found.failed_share == 0.25
    assert found.input_tokens.mean == 10


def test_a_column_that_is_always_blank_says_nothing(tmp_path: Path) -> None:
    rows = [{"timestamp": t, "input_tokens": 10, "output_tokens": 5, "cached_tokens": None, "user": None,
             "prompt_hash": "", "status": None, "latency_ms": "", "tenant": None} for t in WEEK]  # fmt: skip
    found = read_traffic(json_log(tmp_path, rows))
    unknown = (found.cached_tokens, found.active_users_per_month, found.repeat_share, found.failed_share)
    assert all(math.isnan(value) for value in unknown)
    assert found.latency is None
    assert found.tenants is None


def test_cached_tokens_that_make_no_sense_count_as_unknown(tmp_path: Path) -> None:
    read: list[object] = [-500, 10**9, "x", *[50] * 1005]
    rows = [
        {"created_at": t, "usage": {"input_tokens": 100, "output_tokens": 9, "cache_read_input_tokens": tokens}}
        for t, tokens in zip(WEEK, read, strict=True)
    ]
    found = read_traffic(json_log(tmp_path, rows))
    assert found.log is not None
    assert found.log.requests == 1008
    assert found.cached_tokens == 50
    assert (found.input_tokens.p50, found.input_tokens.most) == (150, 150)
    assert sorted(problem.span.line for problem in found.warnings if problem.span) == [1, 2, 3]
