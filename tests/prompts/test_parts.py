"""Prompts taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.prompts.parts import Splitter
from planner.prompts.pasted import LONG_BLOCK, LONG_PARAGRAPH, pasted
from planner.prompts.prompt import FRAMING_TOKENS, Message, Prompt
from tests.prompts.samples import EXAMPLES, SYSTEM, plain, prompt

LONG = "word " * (LONG_PARAGRAPH // 5 + 1)


def kinds(one: Prompt, *others: Prompt) -> list[tuple[str, str, int]]:
    return [(part.kind, part.text, part.turn) for part in Splitter.of([one, *others]).split(one)]


def test_turns_that_several_prompts_have_are_examples_and_the_others_history() -> None:
    first, second = (prompt((f"I am {n}", f"Hello {n}"), (f"and {n}?", ""), examples=EXAMPLES) for n in "ab")
    assert kinds(first, second) == [
        ("instructions", SYSTEM, -1),
        ("examples", "How do I reset it?", 0),
        ("examples", "Open settings.", 0),
        ("examples", "Where is my invoice?", 1),
        ("examples", "Under billing.", 1),
        ("history", "I am a", 0),
        ("history", "Hello a", 0),
        ("question", "and a?", -1),
    ]


def test_a_single_prompt_has_no_examples_that_one_could_tell() -> None:
    assert [kind for kind, _, _ in kinds(prompt(("a?", ""), examples=EXAMPLES))] == [
        "instructions", "history", "history", "history", "history", "question",
    ]  # fmt: skip


def test_results_of_tools_are_context_and_calls_history() -> None:
    messages = (Message("user", "what is it?"), Message("assistant", "[call]"), Message("tool", "42 rows"))
    found = kinds(Prompt(messages))
    assert [(kind, text) for kind, text, _ in found] == [
        ("question", "what is it?"), ("history", "[call]"), ("context", "42 rows"),
    ]  # fmt: skip


def test_every_message_has_its_template_tokens_once() -> None:
    one = prompt(("<document>text</document>\n\nSo?", ""), examples=EXAMPLES)
    parts = Splitter.of([one]).split(one)
    assert sum(part.framing for part in parts) == FRAMING_TOKENS * len(one.messages)
    assert [part.framing for part in parts if part.kind in ("context", "question")] == [FRAMING_TOKENS, 0]
    assert sum(part.framing for part in Splitter().split(plain("hello"))) == 0


def test_plain_text_with_a_common_beginning_and_pairs() -> None:
    head = "Classify the sentiment of each review as good or bad, nothing else.\n\n"
    texts = [
        f"{head}Review: fine\nSentiment: good\nReview: poor\nSentiment: bad\nReview: {n}\nSentiment:" for n in "ab"
    ]
    expected = [
        ("instructions", head, -1),
        ("examples", "Review: fine\nSentiment: good\n", 0),
        ("examples", "Review: poor\nSentiment: bad\n", 1),
        ("question", "Review: a\nSentiment:", -1),
    ]
    assert kinds(*map(plain, texts)) == expected
    assert kinds(plain(texts[0])) == expected


def test_what_all_begin_with_is_instructions() -> None:
    head = "Summarise what follows in one sentence, in the language it is written in.\n"
    assert kinds(plain(f"{head}One."), plain(f"{head}Two.")) == [("instructions", head, -1), ("question", "One.", -1)]
    assert kinds(plain("Short.\nOne."), plain("Short.\nTwo.")) == [("question", "Short.\nOne.", -1)]


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("<document id=1>the text</document> What is it?", ["<document id=1>the text</document>"]),
        ("<CONTEXT>a</CONTEXT>b<data>c</data>d", ["<CONTEXT>a</CONTEXT>", "<data>c</data>"]),
        ("<context>never closed. What is it?", []),
        ("<b>bold</b> What?", []),
        ("Context:\nfacts\nmore\nQuestion: what?", ["Context:\nfacts\nmore\n"]),
        ("## Sources:\nfacts\n\nWhat is it?", ["## Sources:\nfacts"]),
        ("In this context: no heading here", []),
        (f"Look:\n```\n{'x' * LONG_BLOCK}\n```\nWhy?", [f"```\n{'x' * LONG_BLOCK}\n```"]),
        ("Look:\n```\nshort\n```\nWhy?", []),
        (f"{LONG}\n\nSummarise it.", [LONG]),
        (LONG, []),
        ("<document>only this</document>", []),
    ],
)
def test_pasted_material(text: str, context: list[str]) -> None:
    assert [piece for piece, marked in pasted(text) if marked] == context


@given(
    st.lists(
        st.sampled_from(["<document>", "</document>", "```", "x" * 500, LONG, "\n\n", "Context:", "Question:", "a"])
    )
)
def test_pieces_join_to_the_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert "".join(piece for piece, _ in pasted(text)) == text


@given(st.lists(st.text(st.sampled_from("Q:A\n. ab<>")), min_size=1, max_size=4))
def test_parts_join_to_what_was_sent(texts: list[str]) -> None:
    prompts = list(map(plain, texts))
    splitter = Splitter.of(prompts)
    for one in prompts:
        assert "".join(part.text for part in splitter.split(one)) == one.messages[0].text


def test_very_many_marks_take_no_long_time() -> None:
    """Each of these took minutes where a scan began anew at every mark."""
    for mark in ("<context>", "```", "Context:\n", "\n\n", "Q: x\nA: y\n"):
        text = mark * 30_000
        assert "".join(part.text for part in Splitter.of([plain(text)]).split(plain(text))) == text
