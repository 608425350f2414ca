"""A prompt taken apart: instructions, examples, history, context and the question."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from planner.prompts.pasted import pasted
from planner.prompts.prompt import Kind, Message, Part, Parts, Prompt
from planner.prompts.repeats import alike

SHARED_BY: Final = 0.1
"""Share of the prompts from which a turn before the last one is an example and no history [E]."""
LEAST_HEAD: Final = 64
"""Characters from which what all prompts of plain text begin with counts as instructions [E]."""
RULES: Final = (
    "instructions are system messages and tools, in plain text what all prompts begin with; turns before the last one "
    f"are examples where {100 * SHARED_BY:.0f} % of the prompts and at least two have the same one, else history; in "
    "plain text examples are pairs such as Q: and A:; the question is what else the last turn says"
)
_INSTRUCTING: Final = ("system", "developer")
_NAMES: Final = (
    ("q", "a"), ("question", "answer"), ("input", "output"), ("user", "assistant"), ("human", "assistant"),
    ("prompt", "completion"), ("review", "sentiment"), ("text", "label"),
)  # fmt: skip
_ASKS: Final = re.compile(rf"^[#* \t]{{0,6}}({'|'.join(asked for asked, _ in _NAMES)})\b[*]{{0,2}}\s?:", re.I | re.M)


@dataclass(slots=True)
class Splitter:
    """Takes prompts apart, knowing what they have in common."""

    head: str = ""
    """What all prompts of plain text begin with, up to its last line."""
    shared: frozenset[str] = frozenset()
    """Turns that so many prompts have that they are examples."""

    @classmethod
    def of(cls, prompts: Iterable[Prompt]) -> "Splitter":
        """Look at all prompts once."""
        turns: Counter[str] = Counter()
        with_turns = plain = 0
        head: str | None = None
        for prompt in prompts:
            earlier = {_key(turn) for turn in _turns(prompt.messages)[1]}
            turns.update(earlier)
            with_turns += bool(earlier)
            if len(prompt.messages) == 1 and not prompt.messages[0].role:
                text = prompt.messages[0].text
                head = text if head is None else head[: alike(head, text)]
                plain += 1
        least = max(2.0, SHARED_BY * with_turns)
        asks = _ASKS.search(head or "")
        cut = asks.start() if asks else (head or "").rfind("\n") + 1
        return cls(
            head=head[:cut] if head and plain > 1 and cut >= LEAST_HEAD else "",
            shared=frozenset(turn for turn, count in turns.items() if count >= least),
        )

    def split(self, prompt: Prompt) -> Parts:
        """The parts of a prompt in the order they are sent in."""
        if len(prompt.messages) == 1 and not prompt.messages[0].role:
            return tuple(self._plain(prompt.messages[0].text))
        instructions, turns, last = _turns(prompt.messages)
        parts = [part for message in instructions for part in _marked(message, "instructions")]
        numbers: Counter[Kind] = Counter()
        for turn in turns:
            kind: Kind = "examples" if _key(turn) in self.shared else "history"
            parts += [_part(message, kind, numbers[kind]) for message in turn]
            numbers[kind] += 1
        for message in last:
            parts += _LAST.get(message.role, _asked)(message)
        return tuple(parts)

    def _plain(self, text: str) -> Iterator[Part]:
        """Plain text: what all begin with, pairs of an example each, the rest as a question."""
        head = self.head if text.startswith(self.head) else ""
        rest = text.removeprefix(head)
        asks = list(_ASKS.finditer(rest))
        names = dict(_NAMES)
        same = [found for found in asks if found[1].lower() == asks[0][1].lower()]
        starts = [found.start() for found in same]
        before = rest[: starts[0]] if starts else ""
        answers = names[same[0][1].lower()] if same else ""
        examples = [rest[i:j] for i, j in pairwise(starts)]
        if examples and all(_answered(example, answers) for example in examples):
            instructions, question = head + before, rest[starts[-1] :]
        else:
            instructions, question, examples = head, rest, []
        if instructions:
            yield from _marked(Message("", instructions), "instructions")
        for number, example in enumerate(examples):
            yield Part("examples", example, number)
        if question:
            yield from _marked(Message("", question), "question")


def _turns(messages: tuple[Message, ...]) -> tuple[list[Message], list[list[Message]], list[Message]]:
    """System messages, the turns before the last one, and the last turn; a turn begins with a message of a user."""
    instructions = [message for message in messages if message.role in _INSTRUCTING]
    turns: list[list[Message]] = []
    for message in messages:
        if message.role in _INSTRUCTING:
            continue
        if not turns or (message.role == "user" and any(one.role != "user" for one in turns[-1])):
            turns.append([])
        turns[-1].append(message)
    return instructions, turns[:-1], turns[-1] if turns else []


def _key(turn: list[Message]) -> str:
    return "\0".join(f"{message.role}\0{message.text}" for message in turn)


def _part(message: Message, kind: Kind, turn: int = -1) -> Part:
    return Part(kind, message.text, turn, message.framing)


def _marked(message: Message, kind: Kind) -> list[Part]:
    """A message in its own kind and what was pasted into it."""
    pieces = [Part("context" if marked else kind, piece) for piece, marked in pasted(message.text)]
    return [replace(pieces[0], framing=message.framing), *pieces[1:]] if pieces else [_part(message, kind)]


def _asked(message: Message) -> list[Part]:
    return _marked(message, "question")


def _given(message: Message) -> list[Part]:
    return [_part(message, "context")]


def _said(message: Message) -> list[Part]:
    return [_part(message, "history")]


_LAST: Final[Mapping[str, Callable[[Message], list[Part]]]] = {"tool": _given, "function": _given, "assistant": _said}
"""Role of a message of the last turn → its parts, where it does not ask."""


def _answered(example: str, name: str) -> bool:
    """Whether an example has its answer."""
    return re.search(rf"^[#* \t]{{0,6}}{re.escape(name)}\b[*]{{0,2}}\s?:", example, re.I | re.M) is not None
