"""What the planner itself predicts for the rows of a measurement file, in the form in which peers answer."""

import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.benchmarks.peer_environments import FIGURE, HERE, Answer
from tests.benchmarks.peer_rows import read_rows

PREDICTED: Final = {"memory": "pred_mem_gib", "throughput": "pred_tokens_per_s_per_gpu"}
PLANNER: Final = (sys.executable, "-m", "planner.cli.main")

Ours = dict[int, Answer]
"""Our answers by place of the row; for memory also `fit_prob`, how probably the run fits its card."""


def ours(rows_file: Path, what: str, out: Path) -> Ours | str:
    """The predictions of `planner estimate --rows`, or why there are none. Leaves them in `out` as well."""
    command = [*PLANNER, "estimate", "--rows", str(rows_file), "--what", what, "-o", str(out)]
    done = subprocess.run(command, cwd=HERE.parents[1], capture_output=True, text=True, check=False)
    if done.returncode or not out.is_file():
        return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    return joined(read_rows(out), read_rows(rows_file), what)


def held_out(what: str, folder: Path) -> Ours:
    """Predictions of rows by constants that their publisher's rows took no part in: what a newcomer would get."""
    from planner.catalog.loader import load_catalog
    from tests.benchmarks.dataset import load
    from tests.benchmarks.holdout import judge

    catalog = load_catalog()
    data = load(what, catalog, folder)
    judged = judge(data, catalog)
    answers: Ours = {}
    for i, place in enumerate(data.indices):
        figure = float(judged.held_out[i])
        answers[place] = {FIGURE[what]: figure} if math.isfinite(figure) else {"reason": "no prediction"}
        gpu = data.rows["gpu"][i]
        if what == "memory" and gpu >= 0:
            answers[place]["fit_prob"] = float(judged.needed_held_out[i] <= catalog.gpus[gpu].usable_gib)
    return answers


def joined(predicted: Sequence[Mapping[str, str]], rows: Sequence[Mapping[str, str]], what: str) -> Ours | str:
    """Our answers by place. Predictions that do not repeat the rows in order are refused: nothing else joins them."""
    if len(predicted) != len(rows):
        return f"{len(predicted)} predictions for {len(rows)} rows"
    answers: Ours = {}
    for place, (found, row) in enumerate(zip(predicted, rows, strict=True)):
        if any(found.get(column) != row[column] for column in ("source_id", "model", "gpu")):
            return f"prediction {place + 1} is of another row"
        figure = _figure(found.get(PREDICTED[what]))
        answer: Answer = {"reason": found.get("pred_reason") or "no prediction"}
        if figure is not None:
            answer = {FIGURE[what]: figure}
        probability = _figure(found.get("pred_fit_prob"))
        answers[place] = answer if probability is None else answer | {"fit_prob": probability}
    return answers


def _figure(text: str | None) -> float | None:
    """None for what is unknown: a blank cell or NaN."""
    figure = float(text) if text else math.nan
    return None if math.isnan(figure) else figure
