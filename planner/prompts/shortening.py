"""Texts made shorter: blanks, JSON, and what a prompt says twice."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from planner.prompts.prompt import Kind, Part, Parts
from planner.prompts.repeats import again, marked, pieces_of

_BLANKS: Final = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")
_TRAILING: Final = re.compile(r"(?<![ \t\r])[ \t\r]++(?=\n|\Z)")
_LINES: Final = re.compile(r"\n(?:[ \t]*+\n){2,}+")
_FENCE: Final = re.compile(r"(```[^`]*```)")
_OPENS: Final = re.compile(r"^[ \t]*(?=[{\[])", re.M)
_IN_JSON: Final = re.compile(r'("(?:[^"\\]|\\.)*")|\s+', re.S)
_LEAST_JSON: Final = 40
_MOST_TRIES: Final = 100
"""Places of one text where JSON is looked for."""
_DECODER: Final = json.JSONDecoder(strict=False)


def each(parts: Parts, change: Callable[[str], str]) -> Parts:
    """The parts with their texts changed; those left empty go, unless a message begins with them."""
    changed = (replace(part, text=change(part.text)) for part in parts)
    return tuple(part for part in changed if part.text or part.framing)


def without(parts: Parts, kind: Kind, turns: Callable[[int], bool]) -> Parts:
    """The parts without those of a kind whose turn the condition names."""
    return tuple(part for part in parts if part.kind != kind or part.turn < 0 or not turns(part.turn))


def tidy(text: str) -> str:
    """Runs of blanks as one, no blanks at ends of lines, one empty line at most; indents and fenced code stay."""
    return "".join(piece if i % 2 else _tidy(piece) for i, piece in enumerate(_FENCE.split(text)))


def _tidy(text: str) -> str:
    return _LINES.sub("\n\n", _BLANKS.sub(" ", _TRAILING.sub("", text)))


def minified(text: str) -> str:
    """JSON that begins on a line of its own, without the blanks outside its strings; it says the same."""
    if "{" not in text and "[" not in text:
        return text
    found: list[str] = []
    done = 0
    for tries, opened in enumerate(_OPENS.finditer(text)):
        if tries == _MOST_TRIES:
            break
        start = opened.end()
        if start < done:
            continue
        try:
            _, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if end - start >= _LEAST_JSON:
            found += [text[done:start], _IN_JSON.sub(lambda m: m[1] or "", text[start:end])]
            done = end
    return "".join(found) + text[done:]


def once(parts: Parts) -> Parts:
    """The parts without blocks that came before in the same prompt."""
    known: set[bytes] = set()
    changed = []
    for part in parts:
        pieces = pieces_of(part.text)
        kept = [piece for piece, old in zip(pieces, again(pieces, known), strict=True) if not old]
        changed.append(replace(part, text="".join(kept)) if len(kept) < len(pieces) else part)
    return tuple(part for part in changed if part.text or part.framing)


def fronted(parts: Parts, common: frozenset[bytes]) -> Parts:
    """What most prompts have first, the rest after it, each in its order; the template's tokens stay the same."""
    first: list[Part] = []
    rest: list[Part] = []
    for part in parts:
        pieces = pieces_of(part.text)
        flags = marked(pieces, common)
        for wanted, into in ((True, first), (False, rest)):
            text = "".join(piece for piece, flag in zip(pieces, flags, strict=True) if flag is wanted)
            if text or (part.framing and not wanted):
                into.append(Part(part.kind, text, part.turn, 0 if wanted else part.framing))
    return (*first, *rest)


def most_turns(parts: Iterable[Part], kind: Kind) -> int:
    """How many examples, or turns of the history, there are."""
    return max((part.turn + 1 for part in parts if part.kind == kind), default=0)
