"""What prompts have in common."""

from hypothesis import given
from hypothesis import strategies as st

from planner.prompts.prompt import Part
from planner.prompts.repeats import LEAST_BLOCK, MOST_PIECES, again, alike, beginnings, in_most, marked, pieces_of, sent

LINES = [f"This is line {n} of a text that is long enough to be a block by itself, indeed.\n" for n in range(6)]


@given(st.text(st.sampled_from("ab.!? \n\t")))
def test_pieces_join_to_the_text(text: str) -> None:
    assert "".join(pieces_of(text)) == text


def test_pieces_are_lines_and_sentences() -> None:
    assert pieces_of("One. Two!\nThree") == ["One. ", "Two!\n", "Three"]
    many = "\n" * (MOST_PIECES + 5)
    assert len(pieces_of(many)) == MOST_PIECES + 1


def test_blocks_that_came_before() -> None:
    known: set[bytes] = set()
    assert again(LINES[:3], known) == [False] * 3
    assert again([LINES[4], *LINES[:2], LINES[5]], known) == [False, True, True, False]


def test_short_lines_count_only_together() -> None:
    short = [f"- item {n}\n" for n in range(20)]
    known: set[bytes] = set()
    again(short, known)
    assert again(short[:2], known) == [False, False]
    assert len("".join(short[:2])) < LEAST_BLOCK
    assert all(again(short[3:15], known))


def test_short_ends_of_what_is_shared_count_with_it() -> None:
    known: set[bytes] = set()
    again(["before\n", "Short.\n", LINES[0], "End.\n", "after\n"], known)
    assert again(["other\n", "Short.\n", LINES[0], "End.\n", "more\n"], known) == [False, True, True, True, False]


def test_blanks_do_not_matter() -> None:
    known: set[bytes] = set()
    again(LINES[:1], known)
    assert again(["  " + LINES[0].replace(" ", "   ")], known) == [True]


def test_blocks_that_most_have() -> None:
    prompts = [(Part("question", LINES[0] + LINES[n] + LINES[1]),) for n in (2, 3, 4)]
    assert marked([LINES[0], LINES[2], LINES[1]], in_most(prompts, 0.9)) == [True, False, True]
    assert in_most(prompts[:1], 0.9) == frozenset()


def test_beginnings() -> None:
    found = beginnings(["abcd1", "xyz", "abcd2", "abc"])
    assert found.common == ""
    assert found.shared == ("abcd", "", "abcd", "abc")
    assert beginnings(["abx", "aby"]).common == "ab"
    assert beginnings(["abc"]).shared == ("",)


def common(texts: list[str]) -> str:
    """The longest beginning of all, found letter by letter."""
    least = min(texts, key=len)
    return max((least[:n] for n in range(len(least) + 1) if all(t.startswith(least[:n]) for t in texts)), key=len)


@given(st.lists(st.text(st.sampled_from("ab"), max_size=6), min_size=2, max_size=6))
def test_beginnings_are_the_longest_of_any_pair(texts: list[str]) -> None:
    found = beginnings(texts)
    assert found.common == common(texts)
    for i, text in enumerate(texts):
        others = texts[:i] + texts[i + 1 :]
        assert len(found.shared[i]) == max(alike(text, other) for other in others)


@given(st.text(st.sampled_from("ab"), max_size=9), st.text(st.sampled_from("ab"), max_size=9))
def test_alike(one: str, other: str) -> None:
    assert one[: alike(one, other)] == common([one, other])


def test_messages_are_kept_apart() -> None:
    parts = (Part("instructions", "a", framing=5), Part("context", "b"), Part("question", "c", framing=5))
    assert sent(parts) == "ab\0c"
    assert sent(()) == ""
