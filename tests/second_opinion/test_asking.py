"""Both sides asked, with a stand-in for aiconfigurator: what reaches it, and whatever it does, what is told."""

import json
import math
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from planner.errors import InputError, SetupError
from planner.second_opinion import Opinion, Question, ask
from tests.second_opinion.double import install
from tests.second_opinion.questions import catalog, question


def _asked(
    folder: Path, patch: pytest.MonkeyPatch, told: Mapping[str, object], *questions: Question, limit_s: float = 60
) -> tuple[list[Opinion], list[dict[str, object]]]:
    seen = install(folder, told)
    patch.setenv("PYTHONPATH", str(folder))
    found = ask(questions or [question()], catalog().calibration, sys.executable, limit_s)
    return found, [json.loads(line) for line in seen.read_text().splitlines()] if seen.exists() else []


def test_both_answer_for_the_same_requests_in_flight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = (question(), question(most=16.0), question(gpu="l4", precision="bf16"))
    (full, busy, other), asked = _asked(tmp_path, monkeypatch, {"tokens_per_s": 10000.0}, *questions)
    assert [one["batch_size"] for one in asked] == [round(full.sequences), 16]
    assert asked[0]["config"]["num_hidden_layers"] == 32  # type: ignore[index]
    assert asked[0]["offline"] == "1"
    assert full.theirs is not None
    assert full.theirs.tokens_per_s == 10000.0
    assert full.theirs.first_token_s == pytest.approx(0.1)
    assert full.theirs.usd_per_mtok(2.5) == pytest.approx(2.5 / 3600 / 10000 * 1e6)
    assert full.version == "0.12.0, measured with vllm 9.9"
    assert busy.ours.tokens_per_s < full.ours.tokens_per_s
    assert busy.ours.next_token_s * busy.ours.tokens_per_s == pytest.approx(16)
    assert (other.theirs, "l4 was not measured" in other.reason) == (None, True)
    assert other.ours.tokens_per_s > 0


def test_price_of_tokens_is_t_9_20() -> None:
    from planner.second_opinion import Figures

    assert Figures(15244.78 * 0.4, 0.1, 0.01).usd_per_mtok(2.5) == pytest.approx(0.11388, rel=1e-4)
    assert math.isnan(Figures(math.nan, 0.1, 0.01).usd_per_mtok(2.5))


def test_what_it_warns_of_and_rests_on_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"tokens_per_s": 10.0, "warning": "exceeds the cache", "source": "empirical"}
    ((one,), _) = _asked(tmp_path, monkeypatch, told)
    assert one.notes == ("exceeds the cache", "some of its times were not measured, but are empirical")


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"error": "no data for"}, "RuntimeError: no data for the model"),
        ({"fetch": True}, "the network is shut for a second opinion"),
        ({"tokens_per_s": math.inf}, "it answers no figures"),
    ],
)
def test_no_answer_has_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Mapping[str, object], reason: str
) -> None:
    ((one,), _) = _asked(tmp_path, monkeypatch, told)
    assert one.theirs is None
    assert reason in one.reason
    assert one.ours.tokens_per_s > 0


def test_one_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"had not answered after 0\.5 s and was ended"):
        _asked(tmp_path, monkeypatch, {"sleep_s": 60}, limit_s=0.5)


def test_one_that_breaks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"aiconfigurator broke \(exit 9\)"):
        _asked(tmp_path, monkeypatch, {"exit": 9})


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "pip install 'finetune-planner\\[second-opinion\\]'"
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(SetupError, match=told):
        ask([question()], catalog().calibration)
    with pytest.raises(SetupError, match="cannot be run"):
        ask([question()], catalog().calibration, "/nonexistent/python")
