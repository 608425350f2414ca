"""Reading: values, places, bounds."""

import hashlib
import math
import os
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.source import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_NODES,
    Document,
    InvalidInput,
    Span,
    parse_document,
    read_document,
)
from planner.source.build import build
from planner.source.decode import FORBIDDEN
from planner.source.yaml_reader import compose


def parse(text: str) -> Document:
    return parse_document(text.encode(), "f.yaml")


def refused(text: str | bytes) -> list[tuple[str, str]]:
    """Code and message of every problem."""
    with pytest.raises(InvalidInput) as caught:
        parse_document(text if isinstance(text, bytes) else text.encode(), "f.yaml")
    return [(problem.code, problem.message) for problem in caught.value.problems]


def snippet(document: Document, span: Span) -> str:
    line = document.text.split("\n")[span.line - 1]
    return line[span.column - 1 : span.end_column - 1]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2e-4", 0.0002), ("1e3", 1000.0), (".5", 0.5), ("5.", 5.0), ("-1.5E+2", -150.0), ("+7", 7),
        ("007", 7), ("0x1F", 31), ("0o17", 15), ("0b1", "0b1"), ("1_000", "1_000"), ("1,000", "1,000"),
        ("12:30", "12:30"), ("true", True), ("False", False), ("TRUE", True), ("tRUE", "tRUE"),
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"), ("y", "y"), ("null", None),
        ("~", None), ("Null", None), ("", None), ("nil", "nil"), ("2024-01-31", "2024-01-31"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"), ("7B", "7B"), ("$200", "$200"),
        ("25 %", "25 %"), ("-", "-"), (".", "."), ("e5", "e5"), ("=", "="), ("'12'", "12"),
        ('"true"', "true"), ("''", ""), ("!!str 12", "12"), ("!!float 3", 3), ("!!int '4'", 4),
        ("!!null ''", None), ("!!bool true", True), ("!!map {a: 1}", {"a": 1}), ("!!seq [1]", [1]),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("error")
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    if text == "-":
        text = "'-'"
    data = parse(f"a: {text}\n").data["a"]
    assert data == value
    assert type(data) is type(value)


@pytest.mark.parametrize("text", [".nan", ".inf", "-.INF", "1e999", "-1e400", "9" * 400, "0x" + "f" * 400])
def test_numbers_are_finite(text: str) -> None:
    ((code, message),) = refused(f"a: {text}")
    assert code == "not-finite"
    assert message.endswith("is not a finite number")


def test_block_and_folded_text() -> None:
    assert parse("a: |\n  x\n  y\nb: >-\n  x\n  y\nc: x\n  y\n").data == {
        "a": "x\ny\n",
        "b": "x y",
        "c": "x y",
    }


def test_places() -> None:
    document = parse("train:\n  epochs: 3\n  tags: [a, 'b c']\nmodels:\n- x\n- {name: y}\nempty:\n")
    assert document.span(("train",), key=True) == Span(1, 1, 1, 6)
    assert document.span(("train",)) == Span(2, 3, 3, 19)
    assert snippet(document, document.span(("train", "epochs"))) == "3"
    assert snippet(document, document.span(("train", "tags"))) == "[a, 'b c']"
    assert snippet(document, document.span(("train", "tags", 1))) == "'b c'"
    assert snippet(document, document.span(("models", 1, "name"), key=True)) == "name"
    assert document.span(("empty",)) == Span(7, 7, 7, 7)
    assert document.span(()) == Span(1, 1, 7, 6)


def test_what_is_not_written_has_the_place_of_its_parent() -> None:
    document = parse("train:\n  epochs: 3\nmodels: [a]\n")
    assert snippet(document, document.span(("train", "rank"), key=True)) == "train"
    assert document.span(("train", "rank")) == document.values["train",]
    assert document.span(("train", "epochs", "x", 3)) == document.values["train", "epochs"]
    assert snippet(document, document.span(("models", 0, "x"), key=True)) == "a"
    assert document.span(("nowhere",), key=True) == document.values[()]


def test_a_problem_of_a_document_knows_its_place() -> None:
    problem = parse("a: {b: 1}").problem("c", "m", ("a", "b"), key=True, hint="h", severity="warning")
    assert (problem.file, problem.span, problem.at) == ("f.yaml", Span(1, 5, 1, 6), "a.b")
    assert (problem.hint, problem.severity) == ("h", "warning")


def test_aliases_repeat_values_but_share_nothing() -> None:
    document = parse("a: &x {k: [1]}\nb: *x\nc: &y text\nd: *y\n*y : key\n")
    assert document.data == {"a": {"k": [1]}, "b": {"k": [1]}, "c": "text", "d": "text", "text": "key"}
    assert document.data["a"]["k"] is not document.data["b"]["k"]
    assert snippet(document, document.span(("b",))) == "*x"
    assert document.span(("b", "k", 0)) == document.span(("a", "k", 0))


def test_an_anchor_may_be_used_again() -> None:
    assert parse("a: &x 1\nb: *x\nc: &x 2\nd: *x\n").data == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_merge_keys() -> None:
    document = parse(
        "base: &base {a: 1, b: 1}\nmore: &more {b: 2, c: 2, <<: {d: 4}}\n"
        "one:\n  b: own\n  <<: *base\nmany:\n  <<: [*more, *base]\n'<<': text\n"
    )
    assert document.data["one"] == {"a": 1, "b": "own"}
    assert document.data["many"] == {"a": 1, "b": 2, "c": 2, "d": 4}
    assert document.data["<<"] == "text"
    assert document.span(("one", "a"), key=True) == document.span(("base", "a"), key=True)
    assert document.span(("one", "b"), key=True).line == 4
    assert ("one", "<<") not in document.keys


def test_all_problems_at_once() -> None:
    codes = [code for code, _ in refused("a: 1\na: 2\n3: x\nb: !!set {}\nc: *d\ne: .nan\nf: [\n")]
    assert codes == ["duplicate-key", "key-not-text", "tag", "alias", "not-finite", "syntax"]


def test_a_flood_of_problems_is_cut() -> None:
    assert len(refused("a: 1\n" * 5000)) == 500


def test_byte_order_mark_and_line_ends() -> None:
    document = parse_document(b"\xef\xbb\xbfa: 1\r\nb: 2\rc: 3\n", "f.yaml")
    assert document.data == {"a": 1, "b": 2, "c": 3}
    assert [document.span((key,), key=True).line for key in "abc"] == [1, 2, 3]
    assert document.span(("a",), key=True).column == 1
    assert document.digest == hashlib.sha256(b"\xef\xbb\xbfa: 1\r\nb: 2\rc: 3\n").hexdigest()


def test_columns_count_characters() -> None:
    document = parse("é日𝄞: x\n")
    assert document.span(("é日𝄞",)) == Span(1, 6, 1, 7)


@pytest.mark.parametrize("data", ["\u2028", "\x85", "\ufeff", "\x7f", "\x00"])
def test_unseen_characters_are_refused(data: str) -> None:
    assert refused(f"a: x{data}y")[0][0] in ("control-character", "binary")


@pytest.mark.parametrize("escape", [r"\0", r"\a", r"\e", r"\x7f", r"\N", r"\L", r"\uFEFF", r"\u202A"])
def test_escapes_of_unseen_characters(escape: str) -> None:
    if escape == r"\u202A":
        assert parse(f'a: "{escape}"').data["a"] == "\u202a"
    else:
        assert refused(f'a: "{escape}"')[0][0] == "control-character"


def test_empty_text_is_not_an_empty_document() -> None:
    assert parse("null").data is None
    assert parse("{}").data == {}
    assert parse("[]").data == []
    assert parse("--- 1\n...\n").data == 1


def test_depth_is_bounded_also_behind_aliases() -> None:
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH).data
    assert refused("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))[0][0] == "too-deep"
    half = "[" * 40 + "x" + "]" * 40
    assert refused(f"a: &a {half}\nb: {half.replace('x', '*a')}\n")[0][0] == "too-deep"
    assert refused("[" * 900_000)[0][0] == "too-deep"


def test_values_are_bounded() -> None:
    assert refused("[" + "1," * MAX_NODES + "]")[0] == (
        "too-many-values",
        "the document has more than 200,000 values",
    )
    row = "[" + "1," * 900 + "]"
    assert len(parse(f"a: &a {row}\nb: [{'*a,' * 200}]").data["b"]) == 200
    assert refused(f"a: &a {row}\nb: [{'*a,' * 230}]")[0][0] == "too-many-values"


def test_a_bomb_of_merge_keys_is_bounded() -> None:
    text = "a: &x0 {k: 1}\n" + "".join(
        f"m{level}: &x{level} {{<<: [{', '.join([f'*x{level - 1}'] * 10)}]}}\n" for level in range(1, 30)
    )
    assert refused(text)[0][0] == "too-many-values"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "demo.yaml").write_text("a: 1")
    for path, code, hint in [
        (tmp_path / "dmeo.yaml", "no-file", "did you mean 'demo.yaml'?"),
        (tmp_path / "other.txt", "no-file", None),
        (tmp_path / "no" / "a.yaml", "no-file", "its folder does not exist either"),
        (tmp_path, "unreadable", "name a file in it"),
        (tmp_path / "demo.yaml" / "x", "unreadable", None),
        (tmp_path / ("x" * 300), "unreadable", None),
        (Path("a\x00b"), "unreadable", None),
    ]:
        with pytest.raises(InvalidInput) as caught:
            read_document(path, "shown.yaml")
        (problem,) = caught.value.problems
        assert (problem.code, problem.hint, problem.file, problem.span) == (code, hint, "shown.yaml", None)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret.yaml"
    path.write_text("a: 1")
    path.chmod(0)
    with pytest.raises(InvalidInput, match="permission denied"):
        read_document(path)


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    start = time.perf_counter()
    with pytest.raises(InvalidInput, match="is larger than 1 MiB"):
        read_document(path)
    assert time.perf_counter() - start < 1
    path.write_bytes(b"# " + b"x" * (MAX_BYTES - 8) + b"\na: 1\n")
    assert read_document(path).data == {"a": 1}


def test_the_name_shown_is_the_path_unless_given(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1")
    assert read_document(path).file == str(path)
    assert read_document(path, "a.yaml").file == "a.yaml"


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2", "a:\n  b: 1\n c: 2", "a: [1", "a: {b: 1", "a: 'x", "a: @x", "a: b: c", "k\na: 1",
        "- a\nb: 1", "a: 1\n- b", "a: *", "a:\n\tb: 1", "a: - b", "a: [1,,2]", "a: ]", 'a: "\\q"',
        "a: 'x' y", "a: 1\n...\nx", "[" * 70, "a: !!set {b}", "1: 2", "? [a]\n: b", "a: &a [*a]",
        "x: &x 1\ny: [*x, *z]", "<<: {a: 1}\nb: |\n x\n",
    ],
)  # fmt: skip
def test_both_scanners_say_the_same(text: str) -> None:
    fast = compose(text, "f.yaml")
    slow = compose(text, "f.yaml", yaml.SafeLoader)
    assert slow == fast


scalars = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(lambda text: not FORBIDDEN.search(text))
documents = st.recursive(
    scalars | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    children: Any = ()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    return [path, *(deeper for key, child in children for deeper in paths(child, (*path, key)))]


class Core(yaml.SafeDumper):
    """Quotes whatever YAML 1.1 or 1.2 would not read back as text."""


Core.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))
Core.ignore_aliases = lambda *_: True  # type: ignore[method-assign]


@settings(max_examples=300, deadline=None)
@given(documents, st.booleans() | st.none())
def test_every_path_has_a_place_and_data_comes_back(data: Any, flow: bool | None) -> None:
    text = yaml.dump(data, Dumper=Core, default_flow_style=flow, allow_unicode=True, sort_keys=False)
    document = parse(text)
    assert document.data == data
    assert set(document.values) == set(paths(data))
    assert set(document.keys) == {path for path in paths(data) if path and isinstance(path[-1], str)}
    lines = document.text.split("\n")
    for span in [*document.values.values(), *document.keys.values()]:
        assert (span.line, span.column) <= (span.end_line, span.end_column)
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert span.column <= len(lines[span.line - 1]) + 1


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.sampled_from("ab:-[]{}&*!|>'\"#%@?, \n\t0.1"), max_size=40)
    | st.text(max_size=20)
    | st.binary(max_size=20)
)
def test_whatever_is_written_is_read_or_refused(text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    try:
        document = parse_document(data, "f.yaml")
    except InvalidInput as refusal:
        told = str(refusal)
    else:
        told = "" if set(document.values) == set(paths(document.data)) else "places are missing"
    assert told == "" or told.endswith("in 1 file")


def test_reading_is_fast() -> None:
    row = '- {name: item%d, learning_rate: 2e-4, flags: [a, b, c], text: "hello world"}\n'
    text = "".join(row % number for number in range(3900))
    assert 300_000 < len(text) < MAX_BYTES
    times = []
    for _ in range(3):
        start = time.perf_counter()
        assert len(parse(text).data) == 3900
        times.append(time.perf_counter() - start)
    assert min(times) < 5, "seconds; about 0.3 on a quiet machine"


def test_build_keeps_the_order_of_keys() -> None:
    root, problems = compose("b: 1\na: 2\n", "f.yaml")
    assert not problems
    assert root is not None
    assert list(build(root).data) == ["b", "a"]
    assert math.isclose(2e-4, parse("2e-4").data)
