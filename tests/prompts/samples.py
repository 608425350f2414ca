"""Prompts for the tests beside this file."""

import json
from collections.abc import Sequence
from pathlib import Path

from planner.prompts.counting import Counter
from planner.prompts.prompt import Message, Prompt
from planner.space.dataset_rows import Texts

SYSTEM = (
    "You are the support assistant of Acme. Answer politely and cite the handbook where it says something. "
    "Never promise a date that is not written there."
)
EXAMPLES = (("How do I reset it?", "Open settings."), ("Where is my invoice?", "Under billing."))


def words(samples: Sequence[Texts]) -> list[tuple[float, float]]:
    """A tokenizer of words, so that tests can count by hand."""
    return [(float(sum(len(text.split()) for text, _ in texts)), 0.0) for texts in samples]


WORDS = Counter(words, exact=True)


def chat(
    *turns: tuple[str, str], system: str = SYSTEM, examples: Sequence[tuple[str, str]] = ()
) -> list[dict[str, str]]:
    """Messages: system, examples, then these turns; an empty answer is none."""
    messages = [{"role": "system", "content": system}] if system else []
    for asked, answered in (*examples, *turns):
        messages.append({"role": "user", "content": asked})
        if answered:
            messages.append({"role": "assistant", "content": answered})
    return messages


def prompt(*turns: tuple[str, str], system: str = SYSTEM, examples: Sequence[tuple[str, str]] = ()) -> Prompt:
    """The same as a prompt without an answer."""
    return Prompt(tuple(Message(m["role"], m["content"]) for m in chat(*turns, system=system, examples=examples)))


def plain(text: str) -> Prompt:
    """A prompt of plain text."""
    return Prompt((Message("", text),))


def write(path: Path, rows: Sequence[object]) -> Path:
    """Rows as JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path
