"""A prompt as it is sent, and as parts of a kind."""

from dataclasses import dataclass
from typing import Final, Literal

from planner.space.dataset_rows import END_TOKENS, MESSAGE_TOKENS

Kind = Literal["instructions", "examples", "history", "context", "question"]
KINDS: Final[tuple[Kind, ...]] = ("instructions", "examples", "history", "context", "question")
FRAMING_TOKENS: Final = MESSAGE_TOKENS + END_TOKENS
"""Tokens that a chat template puts around a message."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt; a prompt of plain text is one message without a role."""

    role: str
    text: str

    @property
    def framing(self) -> int:
        """Tokens of the template around it."""
        return FRAMING_TOKENS if self.role else 0


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent in one request, and what came back where the file says so."""

    messages: tuple[Message, ...]
    answer: str = ""

    @property
    def characters(self) -> int:
        """Length of all that is sent."""
        return sum(len(message.text) for message in self.messages)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a message that is of one kind."""

    kind: Kind
    text: str
    turn: int = -1
    """Which example or turn of the history it belongs to, from 0; -1 for neither."""
    framing: int = 0
    """Tokens of the template, with the first part of each message."""


Parts = tuple[Part, ...]
