"""How a sampled search converged: the worth of its front, generation by generation, and whether it had levelled off."""

from dataclasses import dataclass
from typing import Final

from planner.outcome import Search
from planner.report.names import capital, clean, plural

LEVEL: Final = 0.05
"""Share of all that sampling gained up to which its last quarter counts as level."""
NOTHING: Final = 1e-6
"""Share of the box that is no gain."""
_ENDED: Final = {
    "limit": "it ended with its evaluations used up",
    "converged": "it ended because it gained too little",
    "exhausted": "it ended because nothing new was left to try",
    "told": "it ended because the search that leads had ended",
}


@dataclass(frozen=True, slots=True)
class Convergence:
    """The course of a sampled search; without points where the search was exact, or its course is not known."""

    points: tuple[tuple[int, float], ...] = ()
    """(generation, share of its box that the front dominated then); 0 is the coarse pass."""
    along: str = ""
    """What the first of each pair counts."""
    polished: float | None = None
    """The same share after the polish; None where nothing was polished."""
    text: str = ""
    """What the search did, in sentences; empty for a plan that searched nothing."""
    meaning: str = ""
    """What the share is; empty where none is told."""


def convergence_of(search: Search) -> Convergence:
    """How a search converged."""
    if not search.covered and not search.evaluated:
        return Convergence()
    if search.strategy == "exact":
        looked = "was evaluated" if not search.pruned else "was evaluated, or proven to change nothing"
        return Convergence(
            text=f"The search is exact: each of its {plural(search.covered, 'combination')} {looked}, so there is "
            "nothing that had to converge."
        )
    worth = search.hypervolume_by_generation
    if not worth or search.hypervolume is None:
        return Convergence(text="The search was sampled and found no front whose worth it could follow.")
    counted = search.generations is not None
    at = _generations(search.generations, len(worth)) if search.generations is not None else list(range(len(worth)))
    polished = search.hypervolume if search.polished else None
    return Convergence(
        points=tuple(zip(at, worth, strict=True)),
        along="generation of the sampler" if counted else "snapshot since the search was resumed",
        polished=polished,
        text=_text(search, worth, polished),
        meaning=(
            "The worth of a front is its hypervolume: the share that it dominates of the box between the best and the "
            "worst values of the final front."
        ),
    )


def _generations(total: int, count: int) -> list[int]:
    """The generation of each of `count` snapshots: every one, or every second, fourth …, and the last."""
    stride = 1
    while total // stride + 1 > count:
        stride *= 2
    found = [min(place * stride, total) for place in range(count)]
    return [*found[:-1], total] if count > total // stride + 1 else found


def _text(search: Search, worth: list[float], polished: float | None) -> str:
    by = f"{plural(search.generations, 'generation')}" if search.generations is not None else "the sampler"
    of = f" of {clean(search.sampler)}" if search.sampler and search.generations is not None else ""
    start = "The coarse pass" if search.generations is not None else "What was stored"
    told = f"{start} was worth {_share(worth[0])}"
    gained = worth[-1] - worth[0]
    if gained <= NOTHING:
        told += f"; {by}{of} added nothing to it"
    else:
        told += f"; {by}{of} brought that to {100 * worth[-1]:.2f} %"
    if polished is not None and polished - worth[-1] > NOTHING:
        told += f", and polishing to {100 * polished:.2f} %"
    return f"{told}. {_end(search, worth, gained)}"


def _end(search: Search, worth: list[float], gained: float) -> str:
    """How the sampling ended, and whether more of it promises anything."""
    ended = _ENDED.get(search.stopped, "")
    if len(worth) < 5 or gained <= NOTHING:
        return f"{capital(ended)}." if ended else ""
    tail = max(1, (len(worth) - 1) // 4)
    share = (worth[-1] - worth[-1 - tail]) / gained
    level = (
        f"The last quarter of the sampling brought {100 * share:.0f} % of what it gained, so it had levelled off"
        if share <= LEVEL
        else f"The last quarter of the sampling brought {100 * share:.0f} % of what it gained, so it was still rising"
    )
    more = ": more evaluations would likely find more" if share > LEVEL and search.stopped == "limit" else ""
    return f"{level}{f'; {ended}' if ended else ''}{more}."


def _share(value: float) -> str:
    return f"{100 * value:.2f} % of its box"
