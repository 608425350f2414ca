"""What a reader must know of a decision before spending on it: samples that are cut, and memory that may not fit."""

from collections.abc import Sequence

from planner.choose.decide import Decision
from planner.outcome import Configuration
from planner.outcome.fitting import CUT_SHARE, MAY_NOT_FIT, chance_of_no_fit
from planner.units import share_text

HOW_TO_MEASURE = "planner explain PLAN DECISION --measure prints its command"


def cautions(front: Sequence[Configuration], chosen: Sequence[Decision]) -> list[str]:
    """A line for each thing to say, naming the decisions that it is true of."""
    told: dict[str, list[str]] = {}
    tight: dict[str, list[str]] = {}
    for decision in chosen:
        c = front[decision.point]
        if c.work.cut_sample_share > CUT_SHARE:
            words = f"{share_text(c.work.cut_sample_share)} of the samples are cut at {c.train['max_seq_len']:,} tokens"
            words += f" and lose {share_text(c.work.lost_token_share)} of all tokens"
            told.setdefault(words, []).append(decision.name)
        memory = c.memory_gib
        if (chance := chance_of_no_fit(memory)) > MAY_NOT_FIT:
            words = f"{share_text(chance)} (needs {memory.total:.1f} of {memory.usable:.1f} GiB)"
            tight.setdefault(words, []).append(decision.name)
    lines = [f"{', '.join(names)}: {words}" for words, names in told.items()]
    if tight:
        chances = "; ".join(f"{', '.join(names)} {words}" for words, names in tight.items())
        lines.append(f"chance of running out of memory: {chances}. One short run settles it: {HOW_TO_MEASURE}")
    return lines
