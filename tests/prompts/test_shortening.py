"""Texts made shorter."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.prompts.prompt import Part
from planner.prompts.repeats import in_most
from planner.prompts.shortening import each, fronted, minified, once, tidy, without

BLOCK = "This sentence is long enough to be a block, since it has more than sixty-four characters.\n"


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("a  b\t\tc", "a b c"),
        ("a   \nb\t\n", "a\nb\n"),
        ("a\n\n\n \n\nb", "a\n\nb"),
        ("a\n\nb", "a\n\nb"),
        ("  indented\n    more", "  indented\n    more"),
        ("x  y\n```\na    b   \n\n\n\n```\nz  z", "x y\n```\na    b   \n\n\n\n```\nz z"),
        ("a\r\nb", "a\nb"),
        ("", ""),
    ],
)
def test_blanks(text: str, shorter: str) -> None:
    assert tidy(text) == shorter
    assert tidy(shorter) == shorter


def test_json_says_the_same_without_blanks() -> None:
    data = {"a b": [1.0, 1e5, "x  y", {"q": '"  \\ '}], "n": None, "z": "z" * 30}
    text = f"Here it is:\n{json.dumps(data, indent=4)}\nand on  it goes"
    shorter = minified(text)
    assert shorter.startswith("Here it is:\n{")
    assert shorter.endswith("}\nand on  it goes")
    assert json.loads(shorter.split("\n")[1]) == data
    assert len(shorter) < len(text)
    assert "1.0" in shorter
    assert minified(shorter) == shorter


@pytest.mark.parametrize(
    "text", ["{not json at all, though it is long enough to be some}", "[1, 2]", "x { }", "{\n" * 2000, "["]
)
def test_what_is_no_json_stays(text: str) -> None:
    assert minified(text) == text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=40)
@given(json_values)
def test_any_json_says_the_same(value: object) -> None:
    text = json.dumps([value, "p" * 50], indent=2)
    assert json.loads(minified(text)) == [value, "p" * 50]


def test_blocks_are_said_once() -> None:
    parts = (Part("instructions", BLOCK + "a\n", framing=5), Part("question", BLOCK + "b\n", framing=5))
    assert [part.text for part in once(parts)] == [BLOCK + "a\n", "b\n"]
    alone = (Part("instructions", BLOCK, framing=5), Part("context", BLOCK), Part("question", BLOCK, framing=5))
    assert [(part.text, part.framing) for part in once(alone)] == [(BLOCK, 5), ("", 5)]


def test_examples_are_left_out_by_number() -> None:
    parts = (*(Part("examples", str(n), n) for n in range(3)), Part("question", "q"))
    assert "".join(part.text for part in without(parts, "examples", lambda turn: turn == 1)) == "02q"
    assert "".join(part.text for part in without(parts, "history", lambda turn: True)) == "012q"


def test_what_most_have_comes_first_and_nothing_is_lost() -> None:
    other = BLOCK.replace("block", "thing")
    prompts = [
        (
            Part("instructions", f"Today is day {n}.\n{BLOCK}", framing=5),
            Part("question", f"{other}Well {n}?\n", framing=5),
        )
        for n in range(3)
    ]
    common = in_most(prompts, 0.9)
    moved = fronted(prompts[1], common)
    assert "".join(part.text for part in moved) == f"{BLOCK}{other}Today is day 1.\nWell 1?\n"
    assert sum(part.framing for part in moved) == 10


def test_parts_left_empty_go_unless_a_message_begins_with_them() -> None:
    parts = (Part("question", "a", framing=5), Part("context", "b"))
    assert [part.framing for part in each(parts, lambda text: "")] == [5]
