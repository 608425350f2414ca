"""The hidden first line of a comment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.hosts.marker import TAG, Marker, marked, read_marker, same_text


@given(st.from_regex(TAG, fullmatch=True).filter(str.isascii), st.integers(0, 2**33), st.text())
def test_what_is_written_is_read_back(tag: str, at: int, text: str) -> None:
    marker = Marker(tag, float(at))
    assert read_marker(marked(marker, text)) == marker
    assert same_text(marked(marker, text), marked(Marker("other", 0.0), text))


def test_the_line_is_invisible_markdown() -> None:
    line = "[//]: <> (planner-comment, tag=planner, valid-at=2026-11-29T21:45:44Z)"
    assert Marker("planner", 1_795_988_744.0).line == line
    assert read_marker(f"{line}\r\ntext") == Marker("planner", 1_795_988_744.0)


@pytest.mark.parametrize("other", ["a b", "a,b", "a)", "", "x" * 64, "-a", "a\n", "ä"])
def test_what_is_no_tag(other: str) -> None:
    assert TAG.fullmatch(other) is None
    assert read_marker(f"[//]: <> (planner-comment, tag={other}, valid-at=2026-11-29T21:45:44Z)\n") is None


def test_other_words_are_another_text() -> None:
    marker = Marker("planner", 0.0)
    assert not same_text(marked(marker, "$41"), marked(marker, "$42"))
