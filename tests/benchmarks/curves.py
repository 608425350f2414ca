"""Loss curves: the last-slope rule, with and without its bend, on tasks and families that it was not fitted on.

60 published curves (two tasks, 30 models). Every two neighbouring sizes serve as pilots, every larger size as target.
Prints tables, asserts nothing. `python tests/benchmarks/curves.py --json FILE` also writes the figures.
"""

import argparse
import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from planner.catalog.rows import Bools, Floats
from planner.estimate import loss_curve
from planner.estimate.bands import band
from tests.benchmarks.cover import Figures, errors, judged

MEASURED = Path(__file__).parent / "measurements" / "curves" / "finetune_loss_curves.csv"
LONGEST_FITTED = 64.0
"""Factor up to which rows are fitted; beyond 8 times nothing is claimed."""
SPLIT = (25_600.0, 204_800.0)
"""Last pilot and target of the published test (DOMAIN 4.3)."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Pairs of pilots and what was measured on more data; columns."""

    task: NDArray[np.str_]
    family: NDArray[np.str_]
    examples: Floats
    """(rows, 2) pilots."""
    losses: Floats
    target: Floats
    actual: Floats

    def __getitem__(self, chosen: Bools) -> "Rows":
        """Some of the rows."""
        return Rows(**{name: getattr(self, name)[chosen] for name in self.__dataclass_fields__})

    @property
    def factor(self) -> Floats:
        """Target over the last pilot."""
        return np.asarray(np.round(self.target / self.examples[:, 1]))

    @property
    def gap(self) -> Floats:
        """Ln of the distance between the pilots."""
        return np.log(self.examples[:, 1] / self.examples[:, 0])


@dataclass(frozen=True, slots=True)
class Law:
    """Constants of `planner.estimate.loss_curve`: shipped, or fitted without what is held out."""

    bend: float = loss_curve.BEND
    slope_sd: float = loss_curve.SLOPE_SD
    bend_sd: float = loss_curve.BEND_SD

    def loss(self, rows: Rows) -> Floats:
        """Extrapolated loss."""
        bent = np.exp(self.bend * loss_curve.bend_path(np.log(rows.factor), rows.gap))
        return loss_curve.last_slope_loss(rows.examples, rows.losses, rows.target) * bent

    def spread(self, rows: Rows) -> Floats:
        """Standard deviation of its ln."""
        return loss_curve.spread(np.log(rows.factor), rows.gap, self.slope_sd, self.bend_sd)


def read() -> Rows:
    """Every pair of neighbouring sizes of every curve, with every larger size."""
    curves: dict[tuple[str, str, str], list[tuple[float, float]]] = defaultdict(list)
    with MEASURED.open(encoding="utf-8") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            if int(row["examples"]) > 0:
                point = float(row["examples"]), float(row["test_loss"])
                curves[row["task"], row["family"], row["model"]].append(point)
    found = []
    for (task, family, _), unsorted in curves.items():
        points = sorted(unsorted)
        for i in range(1, len(points)):
            pilots = list(zip(*points[i - 1 : i + 1], strict=True))
            found += [(task, family, *pilots, *target) for target in points[i + 1 :]]
    columns = [np.array(column) for column in zip(*found, strict=True)]
    return Rows(*columns)


def fit(rows: Rows) -> Law:
    """The law of greatest likelihood, ln losses taken as normal around it."""
    near = rows[rows.factor <= LONGEST_FITTED]
    residual = np.log(near.actual / Law(bend=0.0).loss(near))
    path = loss_curve.bend_path(np.log(near.factor), near.gap)

    def unlikely(at: Floats) -> float:
        sd = Law(at[0], *np.exp(at[1:])).spread(near)
        return float(np.mean(np.log(sd) + np.square((residual - at[0] * path) / sd) / 2.0))

    start = np.array([loss_curve.BEND, np.log(loss_curve.SLOPE_SD), np.log(loss_curve.BEND_SD)])
    best = minimize(unlikely, start, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-9, "maxiter": 2000}).x
    return Law(float(best[0]), *(float(sd) for sd in np.exp(best[1:])))


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows with estimates made without the group they are in."""

    rows: Rows
    loss: Floats
    low: Floats
    high: Floats

    def figures(self, chosen: Bools) -> Figures:
        """Figures of some of the rows."""
        return judged(self.rows.actual[chosen], self.loss[chosen], self.low[chosen], self.high[chosen])


def held_out(rows: Rows, groups: NDArray[np.str_]) -> Judged:
    """Fit without each group in turn, and estimate it."""
    loss, sd = np.empty(len(groups)), np.empty(len(groups))
    for group in np.unique(groups):
        law, there = fit(rows[groups != group]), groups == group
        loss[there], sd[there] = law.loss(rows[there]), law.spread(rows[there])
    return Judged(rows, loss, *band(loss, sd))


def measure() -> dict[str, Any]:
    """All figures; losses of rows by factor, task and family, held out by family and by task."""
    rows = read()
    near, at8 = (rows.factor >= 2) & (rows.factor <= 8), rows.factor == 8
    split = (rows.examples[:, 1] == SPLIT[0]) & (rows.target == SPLIT[1])
    bare = Law(bend=0.0).loss(rows)
    fitted = fit(rows)
    result: dict[str, Any] = {
        "rows": len(rows.actual),
        "constants": {"bend": fitted.bend, "slope_sd": fitted.slope_sd, "bend_sd": fitted.bend_sd},
        "bare_rule": {
            f"x{factor}": errors(rows.actual[rows.factor == factor], bare[rows.factor == factor])
            for factor in (2, 4, 8, 16, 32, 64)
        },
        "bare_rule_published_split": {
            task: errors(rows.actual[split & (rows.task == task)], bare[split & (rows.task == task)])
            for task in np.unique(rows.task).tolist()
        },
    }
    for name, groups in (("family", rows.family), ("task", rows.task)):
        seen = held_out(rows, groups)
        result[f"held_out_by_{name}"] = {
            "up to x8": seen.figures(near),
            **{f"x{factor}": seen.figures(rows.factor == factor) for factor in (2, 4, 8, 16, 32, 64)},
            "published split": seen.figures(split),
            **{f"x8 {task}": seen.figures(at8 & (rows.task == task)) for task in np.unique(rows.task).tolist()},
            **{f"x8 {kin}": seen.figures(at8 & (rows.family == kin)) for kin in np.unique(rows.family).tolist()},
        }
    return result


def show(title: str, table: dict[str, Figures]) -> None:
    """Print one table; cover and width stay empty where there is no band."""
    print(f"\n{title:32} {'n':>5} {'MAPE':>7} {'median':>7} {'bias':>7} {'cover':>7} {'width':>7}")
    for name, row in table.items():
        cells = [f"{row[key]:7.3f}" for key in ("mape", "median_ape", "bias", "coverage", "mean_width") if key in row]
        print(f"  {name:30} {row['n']:5d} {' '.join(cells)}")


def print_figures(result: dict[str, Any]) -> None:
    """The tables of `measure`."""
    print(
        "\nloss curves; constants fitted on all rows:",
        ", ".join(f"{k} {v:.4f}" for k, v in result["constants"].items()),
    )
    show("bare rule", result["bare_rule"])
    show("bare rule, 25,600 to 204,800", result["bare_rule_published_split"])
    show("bent, family held out", result["held_out_by_family"])
    show("bent, task held out", result["held_out_by_task"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    result = measure()
    print_figures(result)
    if given.json:
        given.json.write_text(json.dumps(result, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
