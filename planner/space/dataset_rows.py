"""One row of a JSONL file → its texts, and which of them are learned from."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

Format = Literal["chat", "prompt_completion", "text"]
KEYS: Final[Mapping[Format, tuple[str, ...]]] = {
    "chat": ("messages",), "prompt_completion": ("prompt", "completion"), "text": ("text",),
}  # fmt: skip
"""Format → the keys a row of it has."""
Texts = list[tuple[str, bool]]
"""Texts of a sample in order; True marks those that are learned from."""

MESSAGE_TOKENS: Final = 4
"""Tokens that a chat template puts around a message, its end apart: ChatML and Llama 3 take 4 [C]."""
END_TOKENS: Final = 1
"""The token that ends a message or a sample; learned from where what it ends is."""


class RowError(ValueError):
    """What is wrong with a row."""


def detect(row: Mapping[str, Any]) -> Format | None:
    """The format of a row, from its keys."""
    return next((form for form, keys in KEYS.items() if all(key in row for key in keys)), None)


def parse(line: str) -> dict[str, Any]:
    """The object on a line; raises json.JSONDecodeError or RowError."""
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError) as error:
        message = "too deeply nested" if isinstance(error, RecursionError) else str(error)
        raise RowError(message) from None
    if not isinstance(row, dict):
        message = f"a row is an object of keys and values, not {_kind(row)}"
        raise RowError(message)
    return row


def texts_of(row: Mapping[str, Any], form: Format) -> tuple[Texts, int, int]:
    """Texts of a row, and the template tokens around them: all, and those that are learned from."""
    return _READERS[form](row)


def _chat(row: Mapping[str, Any]) -> tuple[Texts, int, int]:
    texts = [(_json(row["tools"]), False)] if row.get("tools") else []
    found = _learned(row.get("messages"), "messages")
    texts += found
    return texts, len(found) * (MESSAGE_TOKENS + END_TOKENS), sum(learned for _, learned in found) * END_TOKENS


def _prompt_completion(row: Mapping[str, Any]) -> tuple[Texts, int, int]:
    """Both sides as text, or both as messages; only the completion is learned from."""
    sides: Texts = []
    template = END_TOKENS
    for name in ("prompt", "completion"):
        value = row.get(name)
        learned = name == "completion"
        if isinstance(value, list):
            messages = [(text, learned) for _, text in messages_of(value, name)]
            template += len(messages) * (MESSAGE_TOKENS + END_TOKENS)
            sides += messages
        else:
            sides.append((text_of(value, repr(name)), learned))
    return sides, template, END_TOKENS


def _plain(row: Mapping[str, Any]) -> tuple[Texts, int, int]:
    return [(text_of(row.get("text"), "'text'"), True)], END_TOKENS, END_TOKENS


_READERS: Final[Mapping[Format, Callable[[Mapping[str, Any]], tuple[Texts, int, int]]]] = {
    "chat": _chat, "prompt_completion": _prompt_completion, "text": _plain,
}  # fmt: skip


def _learned(value: Any, name: str) -> Texts:  # noqa: ANN401 - any JSON value
    return [(text, role == "assistant") for role, text in messages_of(value, name)]


def messages_of(value: Any, name: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON value
    """Role and text of each message under a key of this name; raises RowError for what is no list of messages."""
    if not isinstance(value, list) or not value:
        message = f"{name!r} is a list of messages, each with role and content, not {_kind(value)}"
        raise RowError(message)
    for i, one in enumerate(value, 1):
        if not isinstance(one, dict) or not isinstance(one.get("role"), str):
            message = f"message {i} has no 'role'" if isinstance(one, dict) else f"message {i} is {_kind(one)}"
            raise RowError(message)
        calls = one.get("tool_calls") or one.get("function_call")
        if calls:
            content = _content(one.get("content") or "", i) + _json(calls)
        elif "content" in one:
            content = _content(one["content"], i)
        else:
            message = f"message {i} has no 'content'"
            raise RowError(message)
        yield one["role"], content


def _content(value: Any, i: int) -> str:  # noqa: ANN401 - any JSON value
    if isinstance(value, list):
        parts = [part.get("text") if isinstance(part, dict) else None for part in value]
        if any(not isinstance(part, str) for part in parts):
            message = f"message {i} holds something else than text"
            raise RowError(message)
        return "".join(map(str, parts))
    return text_of(value, f"the content of message {i}")


def text_of(value: Any, what: str) -> str:  # noqa: ANN401 - any JSON value
    """A value that must be text; raises RowError, which calls it `what`."""
    if isinstance(value, str):
        return value
    message = f"{what} is {_kind(value)}, not text"
    raise RowError(message)


def _json(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return json.dumps(value, ensure_ascii=False)


def _kind(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if value is None or isinstance(value, bool):
        return "null or missing" if value is None else "true or false"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "text" if isinstance(value, str) else "an object" if isinstance(value, dict) else "a number"
