"""Checking against a schema: the parts that files in `cases/yaml/bad` do not show."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from planner.source import Problem, parse_document, schema_problems
from planner.source.words import choices, closest, either, found

SCHEMA = json.loads((Path(__file__).parents[1] / "cases" / "yaml" / "schema.json").read_text(encoding="utf-8"))


def check(text: str, schema: dict[str, Any]) -> list[Problem]:
    return schema_problems(parse_document(text.encode(), "f.yaml"), schema)


def told(text: str, schema: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(problem.at, problem.message, problem.hint) for problem in check(text, schema)]


def test_nothing_to_say_about_a_good_document() -> None:
    text = """
kind: FineTune
metadata: {name: demo, labels: {any key: x}}
models: [a, {where: {min_params: 7B}}]
methods: [full, {lora: {rank: 8}}]
train: {epochs: 1e0, global_batch_size: 64.0, packing: true}
axes: {train.epochs: [1, 2.5], train.packing: {from: 1, to: 2}}
hardware: {gpus: any, providers: [aws]}
constraints: {max_cost: $200, deadline: 12 h, memory_margin: 8 %}
"""
    assert check(text, SCHEMA) == []


def test_empty_schema_and_schema_true() -> None:
    assert check("a: 1", {}) == []
    assert check("a: 1", {"properties": {"a": True}}) == []


def test_one_problem_per_value() -> None:
    schema = {"properties": {"a": {"type": "string", "minLength": 3, "pattern": "^x", "enum": ["xyz"]}}}
    assert told("a: b", schema) == [("a", "expected 'xyz', found text 'b'", None)]
    assert told("a: 3", schema) == [("a", "expected text, found whole number 3", 'put it in quotes: "3"')]


def test_every_missing_key_once() -> None:
    schema = {"required": ["a", "b"], "properties": {"a": {"const": 1}, "b": {"description": "What b is."}}}
    assert told("c: 1", schema) == [
        ("a", "missing key 'a'", "write `a: 1`"),
        ("b", "missing key 'b'", "What b is."),
    ]


@pytest.mark.parametrize(
    ("schema", "text", "message"),
    [
        ({"minimum": 2}, "1", "expected at least 2, found 1"),
        ({"maximum": 1e6}, "2000000", "expected at most 1,000,000, found 2000000"),
        ({"exclusiveMaximum": 1}, "1.0", "expected less than 1, found 1.0"),
        ({"multipleOf": 8}, "12", "whole number 12 is not valid here (schema keyword 'multipleOf')"),
        ({"minItems": 2}, "[1]", "'a' has 1 item, at least 2 needed"),
        ({"maxLength": 2}, "xyz", "'a' has 3 characters, at most 2 allowed"),
        ({"minProperties": 1}, "{}", "'a' is empty"),
        ({"not": {}}, "x", "'x' is not valid here (schema keyword 'not')"),
        ({"enum": [1, True, None]}, "2", "whole number 2 is not one of whole number 1, true or nothing"),
        ({"type": ["integer", "null"]}, "x", "expected a whole number, found text 'x'"),
        ({"type": "null"}, "x", "expected nothing, found text 'x'"),
        (
            {"oneOf": [{"type": "string"}, {"minLength": 1}]},
            "x",
            "fits more than one of the forms it may have",
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "object"}]},
            "[1]",
            "expected a mapping or text, found a list",
        ),
        ({"type": ["number", "string"], "x-quantity": "mass"}, "[1]", "expected a mass, found a list"),
        ({"x-quantity": "money"}, "9e999", None),
        ({"x-quantity": "money"}, '"9e300k"', None),
        ({"x-quantity": "money"}, '"9e307k"', "'9e307k' is too large"),
        ({"x-quantity": "unheard-of", "pattern": "^x$"}, "y", "'y' does not have the right form"),
    ],
)
def test_words(schema: dict[str, Any], text: str, message: str | None) -> None:
    if text == "9e999":
        text = '"1"'
    assert [words for _, words, _ in told(f"a: {text}", {"properties": {"a": schema}})] == (
        [message] if message else []
    )


def test_quantities_written_as_text_keep_their_bounds() -> None:
    schema = {"properties": {"a": {"type": ["number", "string"], "x-quantity": "time", "maximum": 24}}}
    assert check("a: 1 day", schema) == []
    assert told("a: 2 days", schema) == [
        ("a", "expected at most 24, found 2 days", "write for example 12 h, 90 min or 2 days")
    ]


@pytest.mark.parametrize(
    ("text", "type_", "hint"),
    [
        ("off", "boolean", "write false"),
        ("maybe", "boolean", None),
        ("'12'", "integer", "write it without quotes: 12"),
        ("1_000", "number", "write 1000"),
        ("1e999x", "number", None),
        ("3.50", "string", 'put it in quotes: "3.50"'),
        ("true", "string", 'put it in quotes: "true"'),
        ("[1]", "string", None),
        ("", "string", "give it a value, or remove the key"),
        ("x:1", "object", "a space is needed after the ':'"),
        ("x", "object", None),
    ],
)
def test_repairs(text: str, type_: str, hint: str | None) -> None:
    assert told(f"a: {text}\n", {"properties": {"a": {"type": type_}}})[0][2] == hint


def test_an_alias_is_not_put_in_quotes() -> None:
    schema = {"properties": {"a": {"type": "string", "description": "Name."}}}
    assert told("b: &b 3\na: *b\n", schema)[0][2] == "Name."


def test_a_problem_behind_a_merge_key_is_shown_where_it_is_written() -> None:
    schema = {"properties": {"a": {"additionalProperties": False, "properties": {"x": {"type": "string"}}}}}
    (problem,) = check("b: &b {y: 1}\na: {<<: *b, x: z}\n", schema)
    assert problem.span is not None
    assert (problem.code, problem.at, problem.span.line) == ("unknown-key", "a.y", 1)


def test_hints_for_unknown_keys() -> None:
    leaf = {"type": "object", "additionalProperties": False, "properties": {"deep_key": {}, "shared": {}}}
    schema = {
        "additionalProperties": False,
        "properties": {
            "one": leaf,
            "two": {"type": "array", "items": leaf},
            "three": {"additionalProperties": leaf},
        },
    }
    hints = [hint for _, _, hint in told("shared: 1\ndeep_kye: 1\nzzz: 1\none: {two: 1, Shared: 2}\n", schema)]
    assert hints == [
        "'shared' belongs under one, two[] or 1 more",
        "did you mean 'deep_key', under one, two[] or 1 more?",
        "allowed here: one, three and two",
        "'two' belongs at the top level",
        "did you mean 'shared'?",
    ]


def test_recursive_schemas_end() -> None:
    node = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"next": {"$ref": "#/$defs/Node"}, "v": {}},
    }
    schema = {"$ref": "#/$defs/Node", "$defs": {"Node": node}}
    assert told("next: {next: {w: 1}}", schema) == [("next.next.w", "unknown key 'w'", "allowed here: next and v")]


def test_references_to_elsewhere_are_never_fetched() -> None:
    with pytest.raises(Exception, match=r"example\.invalid"):
        check("a: 1", {"$ref": "https://example.invalid/schema.json"})


def test_hostile_lists_are_checked_in_time() -> None:
    schema = {"type": "array", "uniqueItems": True, "items": {"type": "string", "enum": ["cost", "time"]}}
    text = "[" + ", ".join(f"x{number}" if number % 2 else str(number) for number in range(50_000)) + "]"
    assert 0 < len(check(text, schema)) <= 500
    assert check("[1, true, '1', 1.5, {a: 1}, {a: true}]", {"uniqueItems": True}) == []


def test_long_names_are_cut() -> None:
    (problem,) = check(f"{'k' * 500}: 1", {"additionalProperties": False, "properties": {"a": {}}})
    assert len(problem.message) < 100


def test_words_for_people() -> None:
    assert either(["a"]) == "a"
    assert either(["a", "b", "a"]) == "a or b"
    assert either(["text", "true or false"]) == "text, true or false"
    assert choices([f"n{number}" for number in range(20)]) == "n0, n1, n2, n3, n4, n5, n6, n7 and 12 more"
    assert closest("batchSize", ["batch_size", "epochs"]) == "batch_size"
    assert closest("max_cost", ["max_carbon", "max_cost_per_month"]) == "max_cost_per_month"
    assert closest("model", ["models", "model_card"]) == "models"
    assert closest("x" * 100_000, ["x" * 64]) is None
    values: list[object] = [None, True, 1, 1.5, "x", [], {}]
    assert [found(value) for value in values] == [
        "nothing", "true", "whole number 1", "number 1.5", "text 'x'", "a list", "a mapping",
    ]  # fmt: skip


def test_the_validator_is_imported_only_when_something_is_checked() -> None:
    code = "import sys, planner.source; sys.exit('jsonschema' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        "{" + ", ".join(f"kind_{number}: {number}" for number in range(40_000)) + "}",
        "train: {" + ", ".join(f"epochs{number}: {number}" for number in range(40_000)) + "}",
        "models: [" + "{where: {min_params: big, license: mit}}, " * 15_000 + "]",
        "methods: [" + ", ".join(f"lora{number}" for number in range(60_000)) + "]",
        "objectives: [" + "3, " * 100_000 + "]",
    ],
    ids=["unknown keys", "misspelt keys", "union", "enum", "numbers"],
)
def test_a_flood_is_told_in_time(text: str) -> None:
    start = time.perf_counter()
    problems = check(text, SCHEMA)
    assert 0 < len(problems) <= 500
    assert time.perf_counter() - start < 20, "seconds; about 1 on a quiet machine"
