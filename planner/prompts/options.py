"""Ways to send fewer tokens: each one done to the prompts, which are then counted again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from planner.catalog.rows import Floats
from planner.prompts.counting import Counter
from planner.prompts.prompt import Parts
from planner.prompts.repeats import beginnings, in_most, sent
from planner.prompts.shortening import each, fronted, minified, most_turns, once, tidy, without

Risk = Literal["none", "low", "medium", "high"]
RISKS: Final = {
    "none": "the model reads the same prompt",
    "low": "what it says stays the same",
    "medium": "the model reads something else: compare answers on a sample",
    "high": "quality may fall: run an evaluation before and after",
}
MOST_EXAMPLES: Final = 8
"""Examples that are dropped one by one."""
KEPT: Final = (0, 1, 2, 4, 8, 16)
"""Examples or turns that are kept."""
COMMON_TO: Final = 0.9
"""Share of the prompts from which a block is worth putting first."""
AS_IT_IS: Final = "cache what prompts begin with"
FRONTED: Final = "put what most prompts have first, then cache it"
REPEATED: Final = "answer repeated prompts from a cache"


@dataclass(frozen=True, slots=True)
class Option:
    """What one change does to the mean prompt of the sample."""

    name: str
    risk: Risk
    prompts: int
    """Prompts of the sample that it shortens or lets a cache read."""
    saved_tokens: float
    """Per prompt, on average over all of them."""
    saved_share: float
    """Of the tokens that are sent."""
    cached_tokens: Floats | None = None
    """(prompts,) tokens that a provider's cache may read; None where the change is not about caching."""
    saved_requests: float = 0.0
    """Share of the requests that need not be sent."""
    note: str = ""


def shared_tokens(counter: Counter, parts: Sequence[Parts]) -> Floats:
    """(prompts,) tokens of the longest beginning that another prompt has too; the template's not counted."""
    return counter.texts(beginnings([sent(one) for one in parts]).shared)


def options(counter: Counter, parts: Sequence[Parts], repeats: float) -> list[Option]:
    """Everything that saves a token or lets a cache read one, in order of its risk, the largest saving first.

    `repeats`: share of the prompts that came before.
    """
    before = counter.prompts(parts)
    total = float(before.sum())
    found: list[Option] = []
    for name, risk, change in _changes(parts):
        after = counter.prompts(change(one) for one in parts)
        saved = before - after
        if saved.sum() > 0.0:
            touched = int((saved > 0.0).sum())
            note = (
                "" if counter.exact or name not in _BLANK_SAVERS else "at most: a tokenizer cuts runs of blanks as one"
            )
            found.append(Option(name, risk, touched, float(saved.mean()), float(saved.sum()) / total, None, 0.0, note))
    found += _cached(counter, parts)
    if repeats > 0.0:
        mean = repeats * total / len(parts)
        found.append(Option(REPEATED, "medium", round(repeats * len(parts)), mean, repeats, None, repeats))
    order = list(RISKS)
    return sorted(found, key=lambda one: (order.index(one.risk), -one.saved_tokens))


_TIDY: Final = "leave out superfluous blanks"
_MINIFY: Final = "write JSON without blanks"
_BLANK_SAVERS: Final = (_TIDY, _MINIFY)
_AT_MOST: Final = "at most: a tokenizer cuts runs of blanks as one"
Change = Callable[[Parts], Parts]


def _changes(parts: Sequence[Parts]) -> Iterator[tuple[str, Risk, Change]]:
    yield _TIDY, "low", partial(each, change=tidy)
    yield _MINIFY, "low", partial(each, change=minified)
    yield "say blocks once in a prompt", "medium", once
    examples = max(most_turns(one, "examples") for one in parts)
    for k in range(min(examples, MOST_EXAMPLES)):
        yield f"examples: without number {k + 1}", "high", partial(_dropped, k=k)
    for keep in KEPT:
        if keep < examples:
            name = f"examples: the first {keep} only" if keep else "examples: none"
            yield name, "high", partial(_first, keep=keep)
    turns = max(most_turns(one, "history") for one in parts)
    for keep in KEPT:
        if keep < turns:
            name = f"history: the last {keep} only" if keep else "history: none"
            yield name, "high", partial(_last, keep=keep)


def _dropped(parts: Parts, k: int) -> Parts:
    return without(parts, "examples", lambda turn: turn == k)


def _first(parts: Parts, keep: int) -> Parts:
    return without(parts, "examples", lambda turn: turn >= keep)


def _last(parts: Parts, keep: int) -> Parts:
    first = most_turns(parts, "history") - keep
    return without(parts, "history", lambda turn: turn < first)


def _cached(counter: Counter, parts: Sequence[Parts]) -> Iterator[Option]:
    if len(parts) < 2:
        return
    now = shared_tokens(counter, parts)
    if now.any():
        yield Option(AS_IT_IS, "none", int((now > 0).sum()), 0.0, 0.0, now)
    common = in_most(parts, COMMON_TO)
    if not common:
        return
    then = shared_tokens(counter, [fronted(one, common) for one in parts])
    if then.sum() > now.sum():
        yield Option(FRONTED, "medium", int((then > now).sum()), 0.0, 0.0, then)
