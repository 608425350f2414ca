"""Both estimators asked the same."""

import importlib.util
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.catalog.constants import Calibration
from planner.errors import InputError, SetupError
from planner.measured.serving import ServingRow, predict_served
from planner.second_opinion.answer import Figures, Opinion
from planner.second_opinion.expressing import InexpressibleError, request_of
from planner.second_opinion.question import Question

LIMIT_S: Final = 300.0
"""Longest that aiconfigurator may take for all questions; it needs some seconds for its tables."""
_CHILD: Final = Path(__file__).with_name("child.py")
_MISSING: Final = "a second opinion needs aiconfigurator: pip install 'finetune-planner[second-opinion]'"
_MOST_BYTES: Final = 1 << 20
_OFFLINE: Final = {
    "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "PYTHONWARNINGS": "ignore",
}  # fmt: skip


def ask(
    questions: Sequence[Question], calibration: Calibration, python: str | None = None, limit_s: float = LIMIT_S
) -> list[Opinion]:
    """Our figures and theirs, in the order of the questions.

    `python` is an interpreter that has aiconfigurator, else the running one. Full load is our number of sequences, on
    both sides. Raises SetupError where aiconfigurator is missing, InputError where it breaks or takes too long.
    """
    if python is None and importlib.util.find_spec("aiconfigurator") is None:
        raise SetupError(_MISSING)
    ours = [_ours(question, calibration) for question in questions]
    requests: dict[int, Mapping[str, Any]] = {}
    reasons: dict[int, str] = {}
    for number, (question, (_, sequences)) in enumerate(zip(questions, ours, strict=True)):
        try:
            if not sequences >= 1:
                reasons[number] = "by our count the weights leave no room for one request"
                continue
            requests[number] = request_of(question, max(1, round(sequences))).plain()
        except InexpressibleError as why:
            reasons[number] = str(why)
    version, answers = _answers(list(requests.values()), python or sys.executable, limit_s) if requests else ("", [])
    theirs = dict(zip(requests, answers, strict=True))
    return [
        _opinion(question, count, own, theirs.get(number), reasons.get(number, ""), version)
        for number, (question, (own, count)) in enumerate(zip(questions, ours, strict=True))
    ]


def _ours(question: Question, calibration: Calibration) -> tuple[Figures, float]:
    """Our figures, and the requests in flight; the time to a next token is B/rate, a share of prompts in it."""
    row = ServingRow(
        question.model, question.gpu, float(question.tensor_parallel), question.precision, question.engine,
        float(question.input_tokens), float(question.output_tokens), question.most,
    )  # fmt: skip
    served = predict_served([row], calibration)
    sequences, rate = float(served.sequences[0]), float(served.tokens_per_s[0])
    return Figures(rate, float(served.prefill_s[0]), sequences / rate if rate > 0 else math.nan), sequences


def _opinion(
    question: Question, count: float, ours: Figures, answer: Mapping[str, Any] | None, reason: str, version: str
) -> Opinion:
    if answer is None or "error" in answer:
        return Opinion(
            question, count, ours, None, reason or str((answer or {}).get("error", "no answer")), (), version
        )
    figures = Figures(answer["tokens_per_s"], answer["ttft_ms"] / 1000, answer["tpot_ms"] / 1000)
    notes = [] if not answer["warning"] else [str(answer["warning"])]
    other = [source for source in answer["sources"] if source != "silicon"]
    if other:
        notes.append(f"some of its times were not measured, but are {', '.join(other)}")
    backend = f"{version}, measured with {question.engine.family} {answer['backend_version']}"
    return Opinion(question, count, ours, figures, "", tuple(notes), backend)


def _answers(requests: Sequence[Mapping[str, Any]], python: str, limit_s: float) -> tuple[str, list[dict[str, Any]]]:
    """Its version, and its answers in order."""
    with tempfile.TemporaryDirectory(prefix="planner-") as name:
        folder = Path(name)
        (folder / "requests.json").write_text(json.dumps(requests), "utf-8")
        command = [python, str(_CHILD), str(folder)]
        try:
            done = subprocess.run(
                command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=limit_s,
                env=os.environ | _OFFLINE,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            message = f"aiconfigurator had not answered after {limit_s:g} s and was ended"
            raise InputError(message) from None
        except OSError as error:
            message = f"{python}: cannot be run: {error.strerror or error}"
            raise SetupError(message) from error
        path = folder / "answers.json"
        if done.returncode or not path.is_file() or path.stat().st_size > _MOST_BYTES:
            last = (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"])[-1]
            if "No module named 'aiconfigurator" in last:
                raise SetupError(_MISSING)
            message = f"aiconfigurator broke (exit {done.returncode}): {last[:200]}"
            raise InputError(message)
        found = json.loads(path.read_text("utf-8"))
    return str(found["version"]), [_checked(answer) for answer in found["answers"]]


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer whose figures are above 0; else why it is none."""
    if "error" in answer:
        return answer
    figures = np.array([answer[name] for name in ("tokens_per_s", "ttft_ms", "tpot_ms")], np.float64)
    if not (np.isfinite(figures) & (figures > 0)).all():
        return {"error": f"it answers no figures: {figures.tolist()}"}
    return answer
