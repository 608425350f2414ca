"""Files of prompts measured, with a tokenizer of words so that everything can be counted by hand."""

from pathlib import Path

import numpy as np
import pytest

from planner.errors import InputError
from planner.prompts import measuring, sample
from planner.prompts.counting import Counter
from planner.prompts.measuring import Measured, measure
from planner.prompts.options import AS_IT_IS, FRONTED, REPEATED, Option
from planner.space.dataset_tokens import from_bytes
from tests.prompts.samples import EXAMPLES, SYSTEM, WORDS, chat, write

FRAMING = 5


def support(tmp_path: Path, number: int = 4, day: str = "") -> Measured:
    """Chats with one system message, two examples, and a question of five words on a document of four."""
    rows = [
        {
            "messages": chat(
                (f"<document>order {n} is late</document>\n\nWhen does it come, {n}?", "Tomorrow it will."),
                system=day.format(n) + SYSTEM, examples=EXAMPLES,
            )
        }
        for n in range(number)
    ]  # fmt: skip
    return measure(write(tmp_path / "p.jsonl", rows), WORDS)


def option(measured: Measured, name: str) -> Option:
    return next(one for one in measured.options if one.name == name)


def test_parts_add_up_to_all_tokens(tmp_path: Path) -> None:
    measured = support(tmp_path)
    instructions = len(SYSTEM.split())
    assert {one.kind: one.tokens for one in measured.shares} == {
        "instructions": instructions + FRAMING,
        "examples": 5 + 2 + 4 + 2 + 4 * FRAMING,
        "context": 4 + FRAMING,
        "question": 5,
    }
    assert measured.lengths.mean == instructions + 13 + 4 + 5 + 6 * FRAMING
    assert sum(one.tokens for one in measured.shares) == measured.lengths.mean
    assert sum(one.share for one in measured.shares) == pytest.approx(1.0)
    assert measured.template_tokens == 6 * FRAMING
    assert measured.efficiency == pytest.approx((4 + 5 + FRAMING) / measured.lengths.mean)
    assert measured.lengths.answer_mean == 3


def test_lengths_of_all_prompts(tmp_path: Path) -> None:
    rows = [{"text": "word " * n} for n in range(1, 101)]
    n = measure(write(tmp_path / "p.jsonl", rows), WORDS).lengths
    assert (n.prompts, n.total, n.mean, n.p50, n.p95, n.most) == (100, 5050.0, 50.5, 50.0, 95.0, 100.0)
    assert np.isnan(n.answer_mean)
    assert n.repeats == 0


def test_examples_saved_are_those_that_are_counted_again(tmp_path: Path) -> None:
    measured = support(tmp_path)
    assert option(measured, "examples: without number 1").saved_tokens == 5 + 2 + 2 * FRAMING
    assert option(measured, "examples: without number 2").saved_tokens == 4 + 2 + 2 * FRAMING
    assert option(measured, "examples: the first 1 only").saved_tokens == 4 + 2 + 2 * FRAMING
    none = option(measured, "examples: none")
    assert none.saved_tokens == 13 + 4 * FRAMING
    assert none.saved_share == pytest.approx(none.saved_tokens / measured.lengths.mean)
    assert none.risk == "high"


def test_history_is_trimmed_from_its_beginning(tmp_path: Path) -> None:
    turns = [(f"I say {k} " + "x " * k, f"Answer {k}") for k in range(4)]
    measured = measure(write(tmp_path / "p.jsonl", [{"messages": chat(*turns, ("and now?", ""))}]), WORDS)
    first = [3 + k + 2 + 2 * FRAMING for k in range(4)]
    saved = {one.name: one.saved_tokens for one in measured.options if one.name.startswith("history")}
    assert saved == {
        "history: none": sum(first),
        "history: the last 1 only": sum(first[:3]),
        "history: the last 2 only": sum(first[:2]),
    }


def test_beginnings_that_a_cache_reads(tmp_path: Path) -> None:
    measured = support(tmp_path)
    before = len(SYSTEM.split()) + 13
    assert measured.common_tokens == pytest.approx(before + 1)  # the document's `order`
    cached = option(measured, AS_IT_IS)
    assert cached.saved_tokens == 0
    assert cached.risk == "none"
    assert cached.cached_tokens is not None
    assert cached.cached_tokens.tolist() == [measured.common_tokens] * 4
    assert FRONTED not in [one.name for one in measured.options]


def test_what_changes_first_spoils_the_cache_and_moving_it_back_mends_it(tmp_path: Path) -> None:
    measured = support(tmp_path, day="{} is the number of the day. ")
    assert measured.common_tokens == 0
    moved = option(measured, FRONTED)
    assert moved.cached_tokens is not None
    assert moved.cached_tokens.min() >= len(SYSTEM.split())
    assert moved.risk == "medium"


def test_repeated_prompts_and_blocks(tmp_path: Path) -> None:
    rows = [{"text": SYSTEM + f"\nQuestion number {n}"} for n in (1, 2, 1, 3)]
    measured = measure(write(tmp_path / "p.jsonl", rows), WORDS)
    assert measured.lengths.repeats == 1
    assert option(measured, REPEATED).saved_requests == 0.25
    words = len(SYSTEM.split())
    # The second and fourth repeat the text before the question; the third is a whole prompt again.
    assert 4 * measured.repeated_tokens == 3 * words + 3
    assert measured.blocks[0].times >= 2
    assert measured.blocks[0].text.strip().startswith("You are the support")


def test_blanks_and_json_are_an_upper_bound_where_bytes_are_counted(tmp_path: Path) -> None:
    text = 'Here:\n{\n    "a":    1,\n    "b": "some words that make it long enough"\n}\nSo?   \n\n\n\n'
    path = write(tmp_path / "p.jsonl", [{"text": text}])
    rough = measure(path, Counter(from_bytes, exact=False))
    names = {one.name: one for one in rough.options}
    assert names["write JSON without blanks"].note.startswith("at most")
    assert names["write JSON without blanks"].risk == "low"
    assert names["leave out superfluous blanks"].saved_tokens == pytest.approx((3 + 3 + 2) / 4)
    assert not rough.exact
    assert not [one for one in measure(path, WORDS).options if one.note]


def test_one_prompt_alone(tmp_path: Path) -> None:
    measured = measure(write(tmp_path / "p.jsonl", [{"text": "one two"}]), WORDS)
    assert (measured.common_tokens, measured.shared_tokens, measured.repeated_tokens) == (0.0, 0.0, 0.0)
    assert measured.options == ()


def test_no_token_at_all(tmp_path: Path) -> None:
    nothing = Counter(lambda samples: [(0.0, 0.0)] * len(samples), exact=True)
    with pytest.raises(InputError, match="finds no token"):
        measure(write(tmp_path / "p.jsonl", [{"text": "one"}]), nothing)


def test_a_sample_of_many_is_every_nth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "MOST_PROMPTS", 10)
    path = write(tmp_path / "p.jsonl", [{"text": "word " * n} for n in range(1, 101)])
    measured = measure(path, WORDS)
    assert (measured.sampled, measured.step) == (7, 16)
    assert measured.lengths.prompts == 100
    assert measured.lengths.mean == 50.5
    assert measured.shares[0].tokens == np.mean(range(1, 101, 16))


def test_the_sample_is_bounded_in_characters_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "MOST_CHARACTERS", 100)
    measured = measure(write(tmp_path / "p.jsonl", [{"text": "x" * 30}] * 8), WORDS)
    assert measured.sampled * 30 <= 100
    assert measured.lengths.repeats == 7


def test_prompts_beyond_what_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "MOST_DIGESTS", 2)
    rows = [{"text": text} for text in ("a", "b", "c", "c", "a")]
    n = measure(write(tmp_path / "p.jsonl", rows), WORDS).lengths
    assert n.repeats == 1
    assert not n.all_known
