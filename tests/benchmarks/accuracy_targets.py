"""What was asked of the estimates and what came out: every target with its figure fitted on all and held out.

Reads the figures of `accuracy.measure()`, as they stand in accuracy.json; the page and the README show the same rows.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.accuracy_words import factor, percent, plain, whole

FIGURES: Final = Path(__file__).resolve().parents[2] / "reports" / "samples" / "accuracy" / "accuracy.json"
"""The committed figures."""
COVER: Final = (0.87, 0.95)
"""Share of measurements that 90 % bands should hold."""
MEDIAN: Final = "median error, median of the publishers"


@dataclass(frozen=True, slots=True)
class Aim:
    """One target and the figures that are held against it."""

    part: str
    """What is estimated, for which rows."""
    figure: str
    least: float
    most: float
    """The target; infinite where one side is open."""
    fitted: float | None
    """With every row in the fit; None where there is no such figure."""
    held_out: float | None
    """Each row predicted without its publisher's rows; this one is judged."""
    basis: str
    """How many rows or jobs, of whom."""
    show: Callable[[float | None], str] = percent
    note: str = ""

    @property
    def target(self) -> str:
        """The target in a few signs."""
        show = whole if self.show is percent else self.show
        if math.isinf(self.most):
            return f"≥ {show(self.least)}"
        if math.isinf(self.least):
            return f"≤ {show(self.most)}"
        return f"{show(self.least)} to {show(self.most)}"

    @property
    def met(self) -> bool | None:
        """Whether the held-out figure is within the target; None where nothing was measured."""
        return self._within(self.held_out)

    @property
    def verdict(self) -> str:
        """Met, not met, or met only by constants that have seen the rows."""
        if self.met is None:
            return "not measured"
        if self.met:
            return "met"
        return "not met, except fitted on all" if self._within(self.fitted) else "not met"

    def _within(self, value: float | None) -> bool | None:
        return None if value is None else self.least <= value <= self.most


def read_figures(path: Path = FIGURES) -> dict[str, Any]:
    """The committed figures."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def aims(found: Mapping[str, Any]) -> tuple[Aim, ...]:
    """Every target, in the order in which the page tells them."""
    figures = (*_memory(found), *_fits(found), *_throughput(found), *_serving(found))
    return (*figures, *_covers(found), *_curves(found), *_spot(found))


def _group(found: Mapping[str, Any], quantity: str, part: str) -> dict[str, Any]:
    group: dict[str, Any] = found["quantities"][quantity]["parts"][part]
    return group


def _aim(group: Mapping[str, Any], part: str, figure: str, key: str, least: float, most: float) -> Aim:
    n, publishers = group["held_out"]["n"], group["held_out"]["publishers"]
    basis = f"{n:,} rows, {publishers} publisher{'' if publishers == 1 else 's'}"
    return Aim(part, figure, least, most, group["fitted"][key], group["held_out"][key], basis)


def _memory(found: Mapping[str, Any]) -> list[Aim]:
    made = []
    for tier, median, within in (("complete", 0.08, 0.8), ("partial", 0.14, 0.6)):
        group, part = _group(found, "memory", f"fine-tuning, {tier} rows"), f"Memory, {tier} rows"
        made.append(_aim(group, part, MEDIAN, "of_publishers", -math.inf, median))
        made.append(_aim(group, part, "rows within 15 %", "within_15", within, math.inf))
        if tier == "complete":
            made.append(_aim(group, part, "rows too low by more than 10 %", "under", -math.inf, 0.05))
    return made


def _fits(found: Mapping[str, Any]) -> list[Aim]:
    f = found["quantities"]["memory"]["fits"]
    part = "Fits or out of memory"
    contradictory = (
        f"{f['contradictory']} of them state the same conditions as a row that fits; "
        f"{f['clear_caught_share']:.1%} of the others are caught"
    )
    return [
        Aim(
            part, "out-of-memory rows caught", 0.9, math.inf, None, f["caught_share"],
            f"{f['caught']} of {f['out_of_memory']} rows", note=contradictory,
        ),
        Aim(
            part, "fitting rows passed", 0.97, math.inf, None, f["passed_share"],
            f"{f['passed']} of {f['fitting']} rows",
        ),
    ]  # fmt: skip


def _throughput(found: Mapping[str, Any]) -> list[Aim]:
    tuning = _group(found, "throughput", "fine-tuning, stack given")
    part = "Fine-tuning throughput, stack given"
    return [
        _aim(tuning, part, "median error of all rows", "median_ape", -math.inf, 0.14),
        _aim(tuning, part, MEDIAN, "of_publishers", -math.inf, 0.22),
        _aim(tuning, part, "rows within 25 %", "within_25", 0.65, math.inf),
        _aim(
            _group(found, "throughput", "pre-training, bf16"), "Pre-training throughput, bf16", MEDIAN,
            "of_publishers", -math.inf, 0.12,
        ),
    ]  # fmt: skip


def _serving(found: Mapping[str, Any]) -> list[Aim]:
    """Of one vendor's rows, so that models and cards are held out; the model is judged, the card stands beside it."""
    made = []
    for name, median, mean in (("dense", 0.10, 0.14), ("mixtures", 0.20, 0.20)):
        group = found["serving"]["parts"][f"{name}, fp8 and 16 bit"]
        part, rows = f"Serving at full load, {name}, fp8 and 16 bit", f"{group['held_out']['n']:,} rows, 1 publisher"
        for figure, key, most in (("median error", "median_ape", median), ("mean error", "mape", mean)):
            fitted, held, card = (group[way][key] for way in ("fitted", "held_out", "card_held_out"))
            said = f"card held out: {percent(card)}"
            made.append(Aim(part, f"{figure}, model held out", -math.inf, most, fitted, held, rows, note=said))
    return made


def _covers(found: Mapping[str, Any]) -> list[Aim]:
    made = []
    for quantity, part, name in (
        ("memory", "fine-tuning, complete rows", "memory, complete rows"),
        ("memory", "fine-tuning, partial rows", "memory, partial rows"),
        ("throughput", "fine-tuning, stack given", "fine-tuning throughput"),
        ("throughput", "pre-training, bf16", "pre-training, bf16"),
        ("throughput", "pre-training, fp8 and fp4", "pre-training, fp8 and fp4"),
    ):
        c = _group(found, quantity, part)["cover"]
        note = "" if c["share"] is None else f"mean width: upper end {factor(c['width'])} the lower; {interval(c)}"
        made.append(Aim("90 % bands", name, *COVER, None, c["share"], f"{c['n']:,} rows", note=note))
    for held in ("family", "task"):
        f = found["loss_curves"][f"held_out_by_{held}"]["up to x8"]
        note = (
            f"mean width: {percent(f['mean_width'])} of the estimate; "
            f"{interval({'low': f['wilson'][0], 'high': f['wilson'][1]})}"
        )
        name = f"loss curves up to 8 times, {held} held out"
        made.append(Aim("90 % bands", name, *COVER, None, f["coverage"], f"{f['n']:,} forecasts", note=note))
    return made


def interval(c: Mapping[str, float]) -> str:
    """Wilson's interval of a share in words."""
    return f"by chance {percent(c['low'])} to {percent(c['high'])}"


def _curves(found: Mapping[str, Any]) -> list[Aim]:
    made = []
    for held in ("family", "task"):
        f = found["loss_curves"][f"held_out_by_{held}"]["x8"]
        name = f"mean error on 8 times the data, {held} held out"
        made.append(Aim("Loss curves", name, -math.inf, 0.06, None, f["mape"], f"{f['n']:,} forecasts"))
    return made


def _spot(found: Mapping[str, Any]) -> list[Aim]:
    own, other = found["spot_traces"]["own rate"]["all"], found["spot_traces"]["other zones"]["all"]
    basis = f"{other['n']:,} replayed jobs"
    ratio, name = "billed hours, actual over expected", "Spot jobs on recorded traces"
    width = f"mean width: {percent(other['mean_width'])} of the estimate"
    return [
        Aim(name, ratio, 0.95, 1.05, own["mean_ratio"], other["mean_ratio"], basis, plain),
        Aim(name, "jobs within the 90 % band", 0.87, math.inf, own["coverage"], other["coverage"], basis, note=width),
    ]


def headline_table(found: Mapping[str, Any]) -> str:
    """The targets as a Markdown table, for the README."""
    lines = ["| estimate | figure | target | fitted on all | held out | |", "|---|---|---:|---:|---:|---|"]
    last = ""
    for aim in aims(found):
        part = "" if aim.part == last else aim.part
        last = aim.part
        held = f"**{aim.show(aim.held_out)}**"
        aside = f" ({aim.note.partition('; ')[0]})" if aim.note else ""
        lines.append(
            f"| {part} | {aim.figure}{aside} | {aim.target} | {aim.show(aim.fitted)} | {held} | {aim.verdict} |"
        )
    return "\n".join(lines) + "\n"


def tally(found: Mapping[str, Any]) -> str:
    """How many targets are met, in a sentence."""
    judged = [aim.met for aim in aims(found) if aim.met is not None]
    return f"{sum(judged)} of {len(judged)} targets are met on rows held out of the fit."
