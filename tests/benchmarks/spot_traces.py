"""Spot runs: jobs replayed on public traces of nine zones, against the expected hours and their 90 % band.

The band's law is fitted on eight zones and judged on the ninth. The preemption rate is what a planner may know: the
zone's own over the whole record (the formula alone is judged), that of the other zones, or the zone's own before the
start. Prints tables, asserts nothing. `python tests/benchmarks/spot_traces.py --json FILE` also writes the figures.
"""

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import curve_fit

from planner.catalog.rows import Bools, Floats
from planner.estimate import spot
from planner.estimate.bands import band
from planner.estimate.spot_spread import INDEPENDENT, Bursts, billed_band, count_dispersion, ln_spread, sd_hours
from tests.benchmarks.cover import coverage
from tests.benchmarks.replay import Trace, read, replay

WORK_HOURS: Final = (2.0, 5.0, 10.0, 24.0, 48.0)
INTERVALS: Final[Mapping[str, float]] = {"best": np.nan, "0.5 h": 0.5, "2 h": 2.0}
"""Hours between checkpoints; NaN is the best for the rate that is known."""
CHECKPOINT_HOURS: Final = 1.0 / 60.0
RESTART_HOURS: Final = (5.0 / 60.0, 20.0 / 60.0)
STARTS: Final = 100
LEAST_HISTORY_HOURS: Final = 24.0
"""Available hours that a user has seen before a job is planned from the zone's own history."""
WINDOWS: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""Available hours in which preemptions are counted for the fit."""
KNOWN: Final = ("own rate", "other zones", "own history")


def fit(traces: Mapping[str, Trace]) -> Bursts:
    """Law of the dispersion of counts, least squares on its ln."""
    hours = np.tile(WINDOWS, len(traces))
    seen = np.log([trace.dispersion(window) for trace in traces.values() for window in WINDOWS])

    def law(at: Floats, size: float, half: float) -> Floats:
        return np.log(count_dispersion(at, Bursts(size, half)))

    (size, half), _ = curve_fit(law, hours, seen, p0=(7.0, 10.0), bounds=(0.01, 1000.0))
    return Bursts(float(size), float(half))


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of a zone's preemptions when a job starts; one row per start."""

    starts: Floats
    rate: Floats
    rate_cv: Floats
    wait: Floats
    ring: bool


def knowledge(kind: str, zone: str, traces: Mapping[str, Trace]) -> Knowledge:
    """Rate, how well it is known, and mean wait, by what a planner has to go by."""
    trace = traces[zone]
    if kind == "own history":
        starts = np.array([at for at in trace.starts(STARTS) if trace.history(at)[1] >= LEAST_HISTORY_HOURS])
        seen = [trace.history(at) for at in starts]
        shape, hours = np.array([spot.rate_posterior(lost, up) for lost, up, _ in seen]).T
        return Knowledge(starts, shape / hours, 1.0 / np.sqrt(shape), np.array([wait for *_, wait in seen]), ring=False)
    others = [other for name, other in traces.items() if name != zone] if kind == "other zones" else [trace]
    rates = np.array([other.rate for other in others])
    rate_cv = float(np.sqrt(np.expm1(np.var(np.log(rates), ddof=1)))) if len(others) > 1 else 0.0
    wait = float(np.mean([other.wait for other in others]))
    rate, cv, waits = (np.full(STARTS, value) for value in (np.mean(rates), rate_cv, wait))
    return Knowledge(trace.starts(STARTS), rate, cv, waits, ring=True)


def jobs(zone: str, traces: Mapping[str, Trace], known: Knowledge) -> dict[str, NDArray[Any]]:
    """Every job in one zone: columns of what was billed, what was expected, and the bands."""
    bursts = fit({name: trace for name, trace in traces.items() if name != zone})
    parts: list[dict[str, Any]] = []
    for work in WORK_HOURS:
        for name, asked in INTERVALS.items():
            for restart in RESTART_HOURS:
                best = spot.best_interval_hours(known.rate, np.asarray(CHECKPOINT_HOURS))
                interval = np.minimum(best if np.isnan(asked) else np.full_like(best, asked), work)
                run = replay(traces[zone], known.starts, work, interval, CHECKPOINT_HOURS, restart, ring=known.ring)
                save, again = np.asarray(CHECKPOINT_HOURS), np.asarray(restart)
                expected = spot.expected_billed_hours(np.asarray(work), interval, save, again, known.rate)
                lost = expected - spot.certain_hours(np.asarray(work), interval, np.asarray(CHECKPOINT_HOURS))
                billed_sd, wall_sd = sd_hours(expected, lost, known.rate, known.wait, known.rate_cv)
                wall = expected * (1.0 + known.rate * known.wait)
                ends = {
                    "band": billed_band(expected, lost, known.rate, known.rate_cv, bursts),
                    "exponential": billed_band(expected, lost, known.rate, known.rate_cv, INDEPENDENT),
                    "plan": band(expected, ln_spread(expected, lost, billed_sd)),
                    "wall": band(wall, ln_spread(wall, wall - expected + lost, wall_sd)),
                }
                columns = {"billed": run.billed_hours, "expected": expected, "walled": run.wall_hours, "wall": wall}
                cell = {"zone": zone, "work": f"{work:g} h", "interval": name, "restart": f"{restart * 60:.0f} min"}
                parts.append(
                    {key: np.full(len(expected), value) for key, value in cell.items()}
                    | columns
                    | {
                        f"{key}_{side}": end
                        for key, pair in ends.items()
                        for side, end in zip(("low", "high"), pair, strict=True)
                    }
                )
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def figures(rows: Mapping[str, NDArray[Any]], chosen: Bools) -> dict[str, Any]:
    """Figures of the jobs that ended; ratios are of means, since one run is luck."""
    ended = chosen & np.isfinite(rows["billed"])
    of = {key: column[ended] for key, column in rows.items()}
    cover = {
        name: coverage(of[actual], of[f"{name}_low"], of[f"{name}_high"], of[estimate])
        for name, actual, estimate in (
            ("band", "billed", "expected"),
            ("exponential", "billed", "expected"),
            ("plan", "billed", "expected"),
            ("wall", "walled", "wall"),
        )
    }
    return {
        "n": int(np.sum(ended)),
        "unfinished": int(np.sum(chosen) - np.sum(ended)),
        "mean_ratio": _mean_ratio(of, "billed", "expected"),
        "wall_mean_ratio": _mean_ratio(of, "walled", "wall"),
        "bias": float(np.mean(np.log(of["expected"] / of["billed"]))),
        "mape": float(np.mean(np.abs(of["expected"] / of["billed"] - 1.0))),
        "median_ape": float(np.median(np.abs(of["expected"] / of["billed"] - 1.0))),
        **cover["band"],
        "cover_above": float(np.mean(of["billed"] > of["band_high"])),
        "exponential_coverage": cover["exponential"]["coverage"],
        "plan_coverage": cover["plan"]["coverage"],
        "wall_coverage": cover["wall"]["coverage"],
    }


def _mean_ratio(rows: Mapping[str, NDArray[Any]], actual: str, estimate: str) -> float:
    """Mean over zones and kinds of job of mean actual over mean estimate; long jobs count no more than short ones."""
    kinds = np.unique(
        np.stack([rows[key] for key in ("zone", "work", "interval", "restart")]), axis=1, return_inverse=True
    )
    index = kinds[1].ravel()
    return float(np.mean(np.bincount(index, rows[actual]) / np.bincount(index, rows[estimate])))


def measure() -> dict[str, Any]:
    """All figures, by what is known of the rate; each zone with a band fitted on the others."""
    traces = read()
    fitted = fit(traces)
    rates = np.log([trace.rate for trace in traces.values()])
    result: dict[str, Any] = {
        "constants": {
            "burst_size": fitted.size,
            "burst_hours": fitted.hours,
            "rate_sd": float(np.std(rates, ddof=1)),
            "wait_level_sd": float(np.std(np.log([trace.wait for trace in traces.values()]), ddof=1)),
        }
    }
    for kind in KNOWN:
        by_zone = [jobs(zone, traces, knowledge(kind, zone, traces)) for zone in traces]
        rows = {key: np.concatenate([part[key] for part in by_zone]) for key in by_zone[0]}
        usual = rows["interval"] != "2 h"
        result[kind] = {
            "all": figures(rows, usual),
            **{f"zone {zone}": figures(rows, usual & (rows["zone"] == zone)) for zone in traces},
            **{f"work {work:g} h": figures(rows, usual & (rows["work"] == f"{work:g} h")) for work in WORK_HOURS},
            **{
                f"restart {restart * 60:.0f} min": figures(rows, usual & (rows["restart"] == f"{restart * 60:.0f} min"))
                for restart in RESTART_HOURS
            },
            **{f"interval {name}": figures(rows, rows["interval"] == name) for name in INTERVALS},
        }
    return result


COLUMNS: Final[Mapping[str, str]] = {
    "n": "n", "unfinished": "left", "mean_ratio": "ratio", "coverage": "cover", "cover_above": "above",
    "mean_width": "width", "exponential_coverage": "expon.", "plan_coverage": "plan", "wall_mean_ratio": "wall r.",
    "wall_coverage": "wall c.",
}  # fmt: skip


def print_figures(result: dict[str, Any]) -> None:
    """The tables of `measure`."""
    print(
        "\nspot traces; constants fitted on all zones:",
        ", ".join(f"{k} {v:.3f}" for k, v in result["constants"].items()),
    )
    for kind in KNOWN:
        print(f"\n{kind:20}" + "".join(f"{word:>9}" for word in COLUMNS.values()))
        for name, row in result[kind].items():
            cells = (f"{row[key]:9d}" if isinstance(row[key], int) else f"{row[key]:9.3f}" for key in COLUMNS)
            print(f"  {name:18}" + "".join(cells))


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
