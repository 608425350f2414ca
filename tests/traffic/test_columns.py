"""Names that exporters give to the columns of a log."""

import pytest

from planner.traffic.columns import FIELDS, field_of, layout_of, paths_of


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Timestamp", "timestamp"), ("TIMESTAMP", "timestamp"), ("created_at", "timestamp"),
        ("ContextTokens", "input_tokens"), ("GeneratedTokens", "output_tokens"), ("Request tokens", "input_tokens"),
        ("Response tokens", "output_tokens"), ("usage.prompt_tokens", "input_tokens"),
        ("gen_ai.usage.output_tokens", "output_tokens"), ("Session ID", "conversation"),
        ("Elapsed time", "latency_s"), ("durationMs", "latency_ms"), ("userId", "user"), ("HTTP-Status", "status"),
    ],
)  # fmt: skip
def test_names(name: str, field: str) -> None:
    found = field_of(name)
    assert found is not None
    assert found[0] == field


def test_no_name_stands_for_two_columns() -> None:
    names = [name for names in FIELDS.values() for name in names]
    assert len(names) == len(set(names))


def test_names_that_say_no_unit_or_nothing() -> None:
    assert field_of("latency") is None
    assert field_of("tokens") is None
    assert field_of("") is None


def test_the_likelier_of_two_names() -> None:
    assert layout_of(["created_at", "x", "timestamp", "prompt_tokens", "usage.prompt_tokens"]).at == {
        "timestamp": 2, "input_tokens": 3,
    }  # fmt: skip


def test_objects_inside_of_objects() -> None:
    row = {
        "created": 1, "model": "m", "usage": {"prompt_tokens": 3, "completion_tokens": 4,
        "prompt_tokens_details": {"cached_tokens": 2}}, "metadata": {"user_id": "u", "model": "other"},
        "messages": [{"status": 500}],
    }  # fmt: skip
    assert paths_of(row) == {
        "timestamp": ("created",), "model": ("model",), "input_tokens": ("usage", "prompt_tokens"),
        "output_tokens": ("usage", "completion_tokens"), "user": ("metadata", "user_id"),
        "cached_tokens": ("usage", "prompt_tokens_details", "cached_tokens"),
    }  # fmt: skip
