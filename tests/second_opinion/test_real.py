"""The package itself, in an environment of its own, against answers that it gave once."""

import json
import math
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from planner.second_opinion import Question, ask
from tests.benchmarks.peer_environments import CACHE, environment
from tests.second_opinion.double import install
from tests.second_opinion.questions import catalog, question

RECORDED: Final = Path(__file__).with_name("recorded.json")
"""What aiconfigurator 0.12.0 answered, asked by `ask`."""


class _Package:
    NAME: str = "aiconfigurator"
    INSTALLS: tuple[tuple[str, ...], ...] = (("aiconfigurator==0.12.0",),)
    HEAVY: bool = True
    ANSWERS: tuple[str, ...] = ("throughput",)
    answerer: Any = None


def _recorded() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(RECORDED.read_text("utf-8"))
    return found


def _question(one: dict[str, Any]) -> Question:
    return question(**one["asked"], most=one["most"] or math.inf)


@pytest.mark.real
def test_it_answers_as_it_did() -> None:
    python = environment("aiconfigurator", _Package(), CACHE)
    assert isinstance(python, Path), python
    found = ask([_question(one) for one in _recorded()], catalog().calibration, str(python))
    for one, was in zip(found, _recorded(), strict=True):
        assert one.theirs is not None, one.reason
        assert one.theirs.tokens_per_s == pytest.approx(was["tokens_per_s"], rel=0.05)
        assert one.theirs.next_token_s * one.theirs.tokens_per_s == pytest.approx(one.sequences, rel=0.25)
        assert one.version.startswith("0.12.0")


def test_our_figures_at_full_load_are_near_its_recorded_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is the truth; they have not been further apart than half as much again."""
    install(tmp_path, {"tokens_per_s": 1.0})
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    full = [one for one in _recorded() if one["most"] is None]
    found = ask([_question(one) for one in full], catalog().calibration, sys.executable)
    for one, was in zip(found, full, strict=True):
        assert abs(math.log(was["tokens_per_s"] / one.ours.tokens_per_s)) < math.log(1.5)
        assert one.sequences == pytest.approx(was["sequences"], rel=0.2)
