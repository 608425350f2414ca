"""Long documents and retrieved passages inside a message, told by what is written around them."""

import re
from collections.abc import Iterator
from itertools import chain, groupby
from typing import Final

LONG_BLOCK: Final = 400
"""Characters from which a fenced block is pasted material and no snippet [E]."""
LONG_PARAGRAPH: Final = 1200
"""Characters from which a paragraph beside others is pasted [E]."""
RULES: Final = (
    "context is what stands in <context>, <document> and the like, after a line such as `Context:` until the question, "
    f"in fences of {LONG_BLOCK} characters or more, in paragraphs of {LONG_PARAGRAPH:,} or more beside others, and in "
    "results of tools"
)
_TAG: Final = re.compile(
    r"<(context|documents?|passages?|sources?|articles?|excerpts?|retrieved|search_results|files?|data)\b[^<>]{0,200}>",
    re.I,
)
_OPENS: Final = re.compile(
    r"^[#* \t]{0,8}(?:context|background|documents?|passages?|sources?|search results|retrieved[^\n:]{0,40})\b"
    r"[^\n:]{0,20}:\**[ \t]*",
    re.I | re.M,
)
_CLOSES: Final = re.compile(
    r"^[#* \t]{0,8}(?:question|query|task|user|request|instructions?|answer)\b[^\n:]{0,20}:", re.I | re.M
)
_FENCE: Final = "```"
_GAP: Final = re.compile(r"\n[ \t]*\n")
Piece = tuple[str, bool]
"""A stretch of text, and whether it was pasted."""


def pasted(text: str) -> list[Piece]:
    """The text in pieces that join to it again, neighbours of one kind made one."""
    pieces: list[Piece] = [(text, False)]
    for split in (_tagged, _fenced, _headed, _paragraphs):
        pieces = [new for old in pieces for new in ([old] if old[1] else split(old[0]))]
    if all(marked or not piece.strip() for piece, marked in pieces):
        # Without a word beside it, it is what is asked about.
        return [(text, False)]
    return _joined(pieces)


def _joined(pieces: list[Piece]) -> list[Piece]:
    runs = groupby((piece for piece in pieces if piece[0]), key=lambda piece: piece[1])
    return [("".join(piece for piece, _ in run), marked) for marked, run in runs]


def _tagged(text: str) -> Iterator[Piece]:
    """What stands between a tag and its end; a tag without an end is plain text."""
    lower = text.lower()
    unclosed: set[str] = set()
    done = at = 0
    while opened := _TAG.search(text, at):
        name = opened[1].lower()
        end = -1 if name in unclosed else lower.find(f"</{name}>", opened.end())
        if end < 0:
            unclosed.add(name)
            at = opened.end()
            continue
        at = end + len(name) + 3
        yield text[done : opened.start()], False
        yield text[opened.start() : at], True
        done = at
    yield text[done:], False


def _fenced(text: str) -> Iterator[Piece]:
    """Blocks between two fences that are long."""
    done = at = 0
    while (opened := text.find(_FENCE, at)) >= 0 and (end := text.find(_FENCE, opened + len(_FENCE))) >= 0:
        at = end + len(_FENCE)
        if at - opened >= LONG_BLOCK:
            yield text[done:opened], False
            yield text[opened:at], True
            done = at
    yield text[done:], False


def _headed(text: str) -> Iterator[Piece]:
    """From a line that announces documents to the one that asks, or to the last paragraph."""
    opened = _OPENS.search(text)
    if opened is None:
        yield text, False
        return
    closed = _CLOSES.search(text, opened.end())
    end = closed.start() if closed else text.rfind("\n\n", opened.end())
    end = len(text) if end < 0 else end
    yield text[: opened.start()], False
    yield text[opened.start() : end], True
    yield text[end:], False


def _paragraphs(text: str) -> Iterator[Piece]:
    """Long paragraphs; the caller sees to it that something is left beside them."""
    done = start = 0
    for gap in chain(_GAP.finditer(text), (None,)):
        end = gap.start() if gap else len(text)
        if end - start >= LONG_PARAGRAPH:
            yield text[done:start], False
            yield text[start:end], True
            done = end
        start = gap.end() if gap else end
    yield text[done:], False
