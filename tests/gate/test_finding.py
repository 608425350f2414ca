import hashlib

import pytest

from planner.gate.finding import Found, pair
from planner.gate.looking import Peek, peek
from planner.revision.tree import Entry

SCENARIO = b"api_version: planner/v1\nkind: FineTune\nmetadata: {name: bot}\nmodels: [a]\n"


def _found(path: str, data: bytes = SCENARIO) -> Found:
    return Found(path, Entry(path, "file", len(data), hashlib.sha1(data).hexdigest()), peek(data), data)


def test_a_look_tells_the_first_level_only() -> None:
    deep = (
        b"kind: FineTune\nextends: [a.yaml]\nmetadata:\n  labels: {kind: Policy, name: no}\n  name: yes-this\n"
        b"x: {kind: Lock}\n"
    )
    assert peek(deep) == Peek(None, "FineTune", "yes-this", abstract=False, extends=("a.yaml",))


def test_a_look_expands_no_bomb_and_survives_what_is_no_yaml() -> None:
    bomb = b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (c + 1, c + 1, c, c) for c in range(97, 120))
    assert peek(bomb + b"kind: FineTune\n").kind == "FineTune"
    assert not peek(b"\x00\xff\xfe binary").readable
    assert not peek(b"a: [").readable
    assert not peek(b"[" * 100_000).readable
    assert not peek(b"a" * (2 << 20)).readable


def test_scenarios_pair_by_path_then_name_then_likeness() -> None:
    named = SCENARIO.replace(b"bot", b"other")
    long = SCENARIO.replace(b"bot", b"long") + b"".join(b"x%d: %d\n" % (i, i) for i in range(20))
    base = {one.path: one for one in (_found("same.yaml"), _found("old.yaml", named), _found("was.yaml", long))}
    moved = long.replace(b"name: long", b"name: longer").replace(b"x3: 3", b"x3: 4")
    head = {one.path: one for one in (
        _found("same.yaml", b"kind: FineTune\n"), _found("new.yaml", named + b"y: 1\n"), _found("is.yaml", moved),
        _found("fresh.yaml", b"kind: FineTune\nz: 1\n"),
    )}  # fmt: skip
    found = [(one and one.path, other and other.path) for one, other in pair(base, head)]
    assert found == [
        (None, "fresh.yaml"), ("was.yaml", "is.yaml"), ("old.yaml", "new.yaml"), ("same.yaml", "same.yaml"),
    ]  # fmt: skip


def test_a_name_that_two_files_bear_pairs_nothing() -> None:
    base = {one.path: one for one in (_found("a.yaml"), _found("b.yaml"))}
    head = {"c.yaml": _found("c.yaml", b"kind: FineTune\nmetadata: {name: bot}\nq: [1, 2, 3]\nother: thing\n")}
    pairs = pair(base, head)
    assert (None, "c.yaml") in [(one and one.path, other and other.path) for one, other in pairs]


@pytest.mark.parametrize(
    "text",
    [
        "labels: {a: &v planner/v1, b: &k FineTune}\napi_version: *v\nkind: *k\nmetadata: {name: b}\n",
        "x: &m {api_version: planner/v1, kind: FineTune}\n<<: *m\nmetadata: {name: b}\n",
        "x: &k kind\n*k : FineTune\napi_version: planner/v1\nmetadata: {name: b}\n",
        '"k\\x69nd": "Fine\\x54une"\napi_version: "planner\\/v1"\nmetadata: {name: b}\n',
        '{"kind": "FineTune", "api_version": "planner/v1", "metadata": {"name": "b"}}',
        "y: &n {name: b}\nkind: FineTune\napi_version: planner/v1\nmetadata:\n  <<: *n\n",
    ],
)
def test_what_is_put_together_says_what_it_comes_to(text: str) -> None:
    found = peek(text.encode())
    assert (found.kind, found.api_version, found.name) == ("FineTune", "planner/v1", "b")
