"""How far predictions lie from measurements, how well they tell what fits, and a peer's figures beside ours."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from tests.benchmarks.peer_environments import FIGURE, Answer
from tests.benchmarks.peer_rows import Case

WITHIN: Final = {"memory": 0.15, "throughput": 0.25}
"""Relative error that still counts as right, the bars for memory and for speed [E]."""
UNDER: Final = 0.10
"""Memory predicted too low by more than this share means a run that ends for want of memory [E]."""


@dataclass(frozen=True)
class Score:
    """Errors over some rows; shares between 0 and 1. NaN where there are no rows."""

    n: int
    median_ape: float
    """Median of |predicted / measured - 1|."""
    mape: float
    """Mean of the same."""
    bias: float
    """Mean of ln(predicted / measured): 0.1 is about 10 % too high."""
    within: float
    """Share of rows within the bar of `WITHIN`."""
    under: float
    """Share of rows predicted more than `UNDER` too low."""


@dataclass(frozen=True)
class FitScore:
    """How many runs that ran out of memory were foreseen, and how many that fitted were let pass."""

    oom: int
    oom_caught: int
    fitting: int
    fitting_passed: int


def score(predicted: Sequence[float], measured: Sequence[float], what: str) -> Score:
    """Errors of `predicted` against `measured`, same order and unit."""
    if not predicted:
        return Score(0, *[float("nan")] * 5)
    ratio = np.asarray(predicted, float) / np.asarray(measured, float)
    error = np.abs(ratio - 1)
    return Score(
        n=len(ratio),
        median_ape=float(np.median(error)),
        mape=float(error.mean()),
        bias=float(np.log(ratio).mean()),
        within=float((error <= WITHIN[what]).mean()),
        under=float((ratio < 1 - UNDER).mean()),
    )


def fit_score(said: Sequence[bool], true: Sequence[bool]) -> FitScore:
    """What was `said` to fit against what did."""
    pairs = Counter(zip(said, true, strict=True))
    return FitScore(
        oom=pairs[True, False] + pairs[False, False],
        oom_caught=pairs[False, False],
        fitting=pairs[True, True] + pairs[False, True],
        fitting_passed=pairs[True, True],
    )


def reasons(given: Sequence[str]) -> list[tuple[str, int]]:
    """Reasons with how often each was given, most frequent first."""
    counted = Counter(map(_first_clause, given))
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _first_clause(reason: str) -> str:
    """A peer's error message without its numbers and what it explains at length, so that equal causes count as one."""
    if ": " not in reason:
        return reason
    return re.split(r" - |\. ", re.sub(r"[+-]?\d[\d,]*(\.\d+)?", "N", reason))[0]


def fits(answer: Answer, case: Case) -> bool | None:
    """Whether the answer says that the run fits its card: by its probability, else its memory against the card's."""
    if "fit_prob" in answer:
        return bool(answer["fit_prob"] >= 0.5)
    need = answer.get("card_gib", answer.get("gib"))
    card = case.question.card_gib if case.question else 0.0
    return bool(need <= card) if need is not None and card else None


def family(gpu: str) -> str:
    """Family of a catalog id: A100 of A100-80GB-SXM, RTX-4090 as it is."""
    return gpu if gpu.startswith("RTX") else gpu.split("-", maxsplit=1)[0]


def compare(
    what: str, cases: Sequence[Case], theirs: Mapping[int, Answer], ours: Mapping[int, Answer]
) -> dict[str, Any]:
    """All figures of one peer and ours, on the rows that both answer; of the peer alone where `ours` is empty."""
    key = FIGURE[what]
    valued = [case for case in cases if case.measured is not None]
    answered = [case for case in valued if key in theirs[case.place]]
    compared = [case for case in answered if not ours or key in ours[case.place]]
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in compared:
        if case.question:
            groups["all"].append(case)
            groups[case.question.method].append(case)
            if what == "throughput":
                groups[f"on {family(case.gpu)}"].append(case)
    order = ("all", "full", "lora", "qlora")
    labelled = [case for case in cases if case.fits is not None and fits(theirs[case.place], case) is not None]
    if ours:
        labelled = [case for case in labelled if fits(ours[case.place], case) is not None]
    sides = {"peer": theirs} | ({"ours": ours} if ours else {})
    true = [bool(case.fits) for case in labelled]
    said = {who: [bool(fits(answers[case.place], case)) for case in labelled] for who, answers in sides.items()}
    return {
        "rows": len(valued),
        "answered": len(answered),
        "compared": len(compared),
        "errors": {
            name: _errors(groups[name], what, sides)
            for name in sorted(groups, key=lambda name: (order.index(name) if name in order else len(order), name))
        },
        "fits": {who: asdict(fit_score(verdicts, true)) for who, verdicts in said.items()} if labelled else {},
        "reasons": reasons([theirs[case.place]["reason"] for case in valued if key not in theirs[case.place]]),
        "our_reasons": reasons(
            [ours[case.place]["reason"] for case in answered if ours and key not in ours[case.place]]
        ),
    }


def _errors(group: Sequence[Case], what: str, sides: Mapping[str, Mapping[int, Answer]]) -> dict[str, Any]:
    measured = [case.measured or 0.0 for case in group]
    found = {}
    for who, answers in sides.items():
        for label, key in ((who, FIGURE[what]), (f"{who}, with its margin", "card_gib")):
            if all(key in answers[case.place] for case in group):
                found[label] = asdict(score([answers[case.place][key] for case in group], measured, what))
    return found
