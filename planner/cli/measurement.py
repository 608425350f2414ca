"""What `planner explain --measure` prints: the risks of a decision, and the one measurement that lowers them most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.choose.measure import PILOT_LIMIT
from planner.choose.risks import CALIBRATED_SD, MEASURED_MEMORY_SD
from planner.units import duration, gib, share_text, usd

if TYPE_CHECKING:
    from planner.choose.measure import Advice, Pilot
    from planner.choose.one_gpu_run import OneGpuRun
    from planner.choose.risks import Risk
    from planner.outcome import Configuration

LEAST_SHOWN = 0.0005
"""Smaller risks would be printed as nothing; memory is always shown."""
_CUT = (
    "one card does not hold the whole model, so two cuts of it are run: their difference is what the layers",
    "between them take, the rest is what all depths share",
)


def advice_text(advice: Advice, names: list[str]) -> str:
    """The advice for people."""
    lines = [f"{advice.configuration.id}  {', '.join(names)}".rstrip(), ""]
    shown = [risk for risk in advice.risks if risk.kind == "memory" or risk.now >= LEAST_SHOWN]
    rows = [(_what(risk, advice.configuration), risk) for risk in shown]
    width = max(len(what) for what, _ in rows)
    lines.append(f"  {'risk':<{width}}  {'now':>6}  after one run")
    lines += [f"  {what:<{width}}  {share_text(risk.now, 1):>7}  {_after(risk)}" for what, risk in rows]
    return "\n".join([*lines, "", *_action(advice)])


def advice_data(advice: Advice) -> dict[str, Any]:
    """The advice for programs."""
    run, pilot = advice.run, advice.pilot
    return {
        "configuration": advice.configuration.id,
        "risks": [_risk_data(risk) for risk in advice.risks],
        "chosen": advice.chosen and advice.chosen.kind,
        "run": run and {
            "gpu": run.gpu, "command": run.command, "minutes": round(run.minutes, 1), "usd": run.usd,
            "depth": list(run.depth), "untold": list(run.untold),
        },
        "obstacle": advice.obstacle,
        "pilot": pilot and {"rival": pilot.rival.id, "usd": pilot.usd, "share_of_run": pilot.share_of_run},
    }  # fmt: skip


def _risk_data(risk: Risk) -> dict[str, Any]:
    return {
        "kind": risk.kind,
        "now": round(risk.now, 4),
        "after": None if risk.after is None else round(risk.after, 4),
        "rival": risk.rival and risk.rival.id,
        "limit": risk.limit,
        "measure": risk.measure and risk.measure.id,
    }


def _what(risk: Risk, c: Configuration) -> str:
    rival = risk.rival.id if risk.rival else ""
    if risk.kind == "memory":
        return f"does not fit: {gib(c.memory_gib.total)} of {gib(risk.limit)}"
    if risk.kind == "budget":
        return f"breaks the budget: {usd(c.cost_usd)} of {usd(risk.limit)}"
    if risk.kind == "deadline":
        return f"misses the deadline: {duration(c.hours)} of {duration(risk.limit)}"
    if risk.kind == "cost":
        return f"{rival} is cheaper: {usd(c.cost_usd)} against {usd(risk.rival.cost_usd if risk.rival else None)}"
    if risk.kind == "time":
        return f"{rival} is faster: {duration(c.hours)} against {duration(risk.rival.hours if risk.rival else None)}"
    return f"{rival} is no worse in quality"


def _after(risk: Risk) -> str:
    return "no GPU measurement helps" if risk.after is None else share_text(risk.after, 1)


def _action(advice: Advice) -> list[str]:
    if advice.pilot is not None:
        return _pilot(advice.pilot, advice.configuration)
    if advice.chosen is None or advice.chosen.measure is None:
        return ["nothing worth measuring: no run on one GPU takes as much as half a point off any of these risks"]
    risk, c = advice.chosen, advice.chosen.measure
    what = "peak memory" if risk.kind == "memory" else "step time"
    lines = [
        f"measure the {what} of {c.id} ({c.model} by {c.method['name']}) on one {c.hardware.gpu}",
        f"  {_why(risk)}",
    ]
    if advice.run is None:
        return [*lines, f"  with {c.stack} itself: the script cannot build this model, {advice.obstacle}"]
    return [*lines, *_run(advice.run)]


def _run(run: OneGpuRun) -> list[str]:
    lines = [
        *([] if run.depth == (1.0,) else [f"  {line}" for line in _CUT]),
        "",
        f"  {run.command}",
        "",
        f"  from a checkout of the planner; about {duration(run.minutes / 60)} and {usd(run.usd)}",
    ]
    return lines + [f"  it does not tell {words}" for words in run.untold]


def _why(risk: Risk) -> str:
    if risk.kind == "memory":
        return f"spread of its estimate, on ln: {risk.sd:.2f}; of a measured peak: {MEASURED_MEMORY_SD:.2f}"
    other = f"; of the other side's: {risk.other_sd:.2f}" if risk.rival else ""
    return f"spread of its speed, on ln: {risk.sd:.2f} now, {CALIBRATED_SD:.2f} after one run{other}"


def _pilot(pilot: Pilot, c: Configuration) -> list[str]:
    lines = [
        "no GPU measurement helps: what is least sure is quality, and random weights have none",
        f"train a pilot instead: {c.id} and {pilot.rival.id} ({pilot.rival.model} by {pilot.rival.method['name']}),",
        "each on 1/16 of your data, and compare them on your own evaluation",
    ]
    if pilot.usd is not None and pilot.share_of_run is not None:
        worth = "below" if pilot.share_of_run < PILOT_LIMIT else "above"
        lines.append(
            f"  about {usd(pilot.usd)}, {share_text(pilot.share_of_run)} of the run: {worth} the "
            f"{share_text(PILOT_LIMIT)} up to which one is recommended (DOMAIN 4.3)"
        )
    return lines
