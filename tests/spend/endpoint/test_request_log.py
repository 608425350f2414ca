"""The middleware that logs requests: under a small application, its lines are what the reader of requests reads."""

import asyncio
import datetime
import importlib.util
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from planner.catalog.loader import load_catalog
from planner.resources import SCENARIOS
from planner.scenario.spend_rules import DIMENSIONS
from planner.scenario.spend_sources import Requests
from planner.spend.reading.context import Reading
from planner.spend.reading.request_columns import REQUEST_LINE
from planner.spend.reading.requests import read_requests
from planner.spend.store import open_store

SECRET = "my name is Ada and my card is 4242"
ASKED = {"model": "llama-3.1-8b", "messages": [{"role": "user", "content": SECRET}], "user": "ada@example.com"}
USAGE = {"prompt_tokens": 900, "completion_tokens": 120, "prompt_tokens_details": {"cached_tokens": 300}}
HEADERS = {"x-team": "product", "X-Tenant": "acme", "x-feature": "chat", "x-conversation": "c-1"}
Body = list[bytes] | Exception


@pytest.fixture(scope="module")
def module() -> Iterator[ModuleType]:
    path = SCENARIOS / "spend" / "endpoint" / "request_log.py"
    spec = importlib.util.spec_from_file_location("request_log_example", path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = found
    spec.loader.exec_module(found)
    yield found
    del sys.modules[spec.name]


def answering(answer: Body, status: int = 200, **told: Any) -> Callable[..., Any]:
    """An application that reads the request and answers so."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        scope.get("request_log", {}).update(told)
        if isinstance(answer, Exception):
            raise answer
        await send({"type": "http.response.start", "status": status, "headers": []})
        for part in answer:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return app


async def ask(app: Any, asked: Any = ASKED, path: str = "/v1/chat/completions", method: str = "POST") -> list[Any]:
    """What an application sends back."""
    content = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
    halves = [content[: len(content) // 2], content[len(content) // 2 :]]
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": halves.pop(0), "more_body": bool(halves)}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    await app({"type": "http", "method": method, "path": path, "headers": headers}, receive, send)
    return sent


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def answer(**more: Any) -> list[bytes]:
    return [json.dumps({"choices": [], "usage": USAGE | more}).encode()]


def test_a_line_has_the_documented_keys(module: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    sent = asyncio.run(ask(module.RequestLog(answering(answer()), log, deployment="prod")))
    assert sent[0]["status"] == 200
    assert b"".join(message.get("body", b"") for message in sent) == answer()[0]
    (line,) = lines(log)
    assert tuple(line) == tuple(REQUEST_LINE) == module.KEYS
    told = {
        key: line[key] for key in ("model", "input_tokens", "output_tokens", "cached_tokens", "status", "deployment")
    }
    assert told == {
        "model": "llama-3.1-8b", "input_tokens": 900, "output_tokens": 120, "cached_tokens": 300, "status": 200,
        "deployment": "prod",
    }  # fmt: skip
    assert [line[name] for name in ("team", "tenant", "feature", "conversation")] == ["product", "acme", "chat", "c-1"]
    assert 0 <= line["ttft_ms"] <= line["latency_ms"]


def test_no_text_is_logged_but_equal_prompts_are_recognised(module: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    app = module.RequestLog(answering(answer()), log, key=b"ours")
    for asked in (ASKED, ASKED, ASKED | {"messages": [{"role": "user", "content": "other"}]}):
        asyncio.run(ask(app, asked))
    asyncio.run(ask(module.RequestLog(answering(answer()), log, key=b"another")))
    text = log.read_text("utf-8")
    assert "Ada" not in text
    assert "4242" not in text
    assert "ada@" not in text
    first, second, third, fourth = (line["prompt_hash"] for line in lines(log))
    assert first == second
    assert len({first, third, fourth}) == 3


@pytest.mark.parametrize(
    "stream",
    [
        [b'data: {"choices": [{"delta": {"content": "a"}}]}\n\n', b'data: {"usage": ',
         json.dumps(USAGE).encode() + b"}\n\n", b"data: [DONE]\n\n"],
        [b'event: response.completed\ndata: {"response": {"usage": {"input_tokens": 900, "output_tokens": 120, ',
         b'"input_tokens_details": {"cached_tokens": 300}}}}\n\n'],
    ],
    ids=["chat", "responses"],
)  # fmt: skip
def test_streams_tell_their_usage_at_the_end(module: ModuleType, tmp_path: Path, stream: list[bytes]) -> None:
    log = tmp_path / "requests.jsonl"
    asyncio.run(ask(module.RequestLog(answering(stream), log)))
    (line,) = lines(log)
    assert (line["input_tokens"], line["output_tokens"], line["cached_tokens"]) == (900, 120, 300)


def test_an_application_of_another_api_says_what_it_knows(module: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    app = answering([b"plain text"], input_tokens=7, output_tokens=2, model="ours", secret="x")
    asyncio.run(ask(module.RequestLog(app, log, paths=["/ask"]), b"no json", "/ask"))
    (line,) = lines(log)
    assert (line["model"], line["input_tokens"], line["output_tokens"]) == ("ours", 7, 2)
    assert "secret" not in line
    assert "prompt_hash" not in line


def test_what_is_no_request_to_a_model_passes(module: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    app = module.RequestLog(answering(answer()), log)
    asyncio.run(ask(app, path="/health"))
    asyncio.run(ask(app, method="GET"))
    assert lines(log) == []


def test_failures_are_logged_and_stay_failures(module: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    with pytest.raises(ValueError, match="broken"):
        asyncio.run(ask(module.RequestLog(answering(ValueError("broken")), log)))

    async def endless(_scope: Any, receive: Any, _send: Any) -> None:
        await receive()
        await asyncio.Event().wait()

    async def cancelled() -> None:
        task = asyncio.ensure_future(ask(module.RequestLog(endless, log)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    asyncio.run(ask(module.RequestLog(answering([b"{}"], status=429), log)))
    assert [line["status"] for line in lines(log)] == [500, 499, 429]


def test_a_log_that_cannot_be_written_fails_no_request(
    module: ModuleType, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = tmp_path / "requests.jsonl"
    with caplog.at_level(logging.WARNING):
        sent = asyncio.run(ask(module.RequestLog(answering(answer()), tmp_path)))
        assert sent[0]["status"] == 200
        assert "a request was not logged: [Errno 21]" in caplog.text
        asyncio.run(ask(module.RequestLog(answering(answer(), tenant=object()), log)))
    assert "is not JSON serializable" in caplog.text
    assert lines(log) == []


def test_hostile_requests_stay_on_one_line(module: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    app = module.RequestLog(answering([b'{"usage": {"prompt_tokens": "many", "completion_tokens": -3}}']), log)
    asyncio.run(ask(app, {"model": 'a\n{"model": 1}' * 100, "user": ["x"]}))
    asyncio.run(ask(app, b"[" * 100_000))
    first, second = lines(log)
    assert len(first["model"]) == 200
    assert "input_tokens" not in first
    assert "output_tokens" not in first
    assert "model" not in second


def test_threads_write_whole_lines_that_the_reader_reads(module: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    app = module.RequestLog(answering(answer()), log, deployment="prod")

    async def several() -> None:
        await asyncio.gather(*(ask(app) for _ in range(50)))

    threads = [threading.Thread(target=lambda: asyncio.run(several())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines(log)) == 200
    tomorrow = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=2)
    with open_store(DIMENSIONS, "UTC", tomorrow) as store:
        reading = Reading(load_catalog(), {}, {"USD": 1.0})
        read = read_requests(store, reading, Requests(requests=str(log)), "requests", [log])
        assert (read.rows, read.kept, read.rejected) == (200, 200, 0)
        found = store.rows(
            "SELECT team, tenant, feature, model, deployment, sum(requests), sum(input_tokens), sum(output_tokens), "
            "sum(cached_tokens), sum(repeats) FROM usage GROUP BY ALL"
        )
    assert found == [("product", "acme", "chat", "llama-3.1-8b", "prod", 200.0, 180_000.0, 24_000.0, 60_000.0, 199.0)]
