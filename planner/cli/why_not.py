"""`planner explain --why-not`: why a configuration is not what a plan chose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import InputError
from planner.units import duration, gib, usd

if TYPE_CHECKING:
    from planner.catalog.rows import Catalog
    from planner.outcome import Plan, WhyNot
    from planner.planning import Ready
    from planner.scenario.compose import Changes

STALE = (
    "the scenario, or what it builds on, has changed since the plan was made; plan it again to compare like with like"
)
UNCALIBRATED = "the plan was calibrated with {}, which the scenario does not name; figures are without it"
OTHER_PRICES = "the plan was made with other prices: another lock lies beside the scenario, or none"
OTHER_CATALOG = "the plan was made with another catalog, of {}; figures are of today's, of {}"


def answer(plan: Plan, file: Path, asked: str, scenario: Path | None, catalog: Catalog) -> WhyNot:
    """The answer, and what it rests on: the scenario is read again, from `scenario` or where the plan says it lies."""
    from planner.planning import read_scenario, why_not_ready

    ready = read_scenario(_place(plan, file, scenario), catalog, _changes(plan))
    found = why_not_ready(ready, plan, asked)
    return found.model_copy(update={"warnings": [*_warnings(plan, ready), *found.warnings]})


def _warnings(plan: Plan, ready: Ready) -> list[str]:
    told = [] if ready.document.digest == plan.scenario.digest else [STALE]
    if ready.catalog.digest != plan.catalog.digest:
        told.append(OTHER_CATALOG.format(plan.catalog.as_of, ready.catalog.as_of))
    if plan.calibration is not None and ready.scenario.calibration is None:
        told.append(UNCALIBRATED.format(plan.calibration.file))
    if (plan.lock and plan.lock.digest) != (ready.lock and ready.lock.digest):
        told.append(OTHER_PRICES)
    return told


def _place(plan: Plan, file: Path, scenario: Path | None) -> Path:
    """The scenario of a plan: by its path from the root of the repository that the plan, or the user, stands in."""
    from planner.scenario.paths import OutsideError, below, scenario_root

    if scenario is not None:
        return scenario
    beside = file if file.is_dir() else file.parent
    roots = [scenario_root(Path.cwd() / "-"), Path.cwd(), scenario_root(beside / "-"), beside.resolve()]
    for root in dict.fromkeys(roots):
        try:
            found = below(root, root, plan.scenario.path)
        except OutsideError:
            continue
        if found.is_file():
            return found
    message = f"the plan's scenario {plan.scenario.path!r} is not here; name it with --scenario FILE"
    raise InputError(message)


def _changes(plan: Plan) -> Changes:
    """What the command line laid on the scenario when the plan was made."""
    from planner.scenario.compose import Changes

    words = [text.partition(" ") for text in plan.scenario.changes]
    return Changes(
        overrides=tuple(rest for option, _, rest in words if option == "--override"),
        assignments=tuple(rest for option, _, rest in words if option == "--set"),
    )


def answer_text(found: WhyNot) -> str:
    """The answer for people."""
    lines = [f"warning: {text}" for text in found.warnings]
    if found.matched > 1:
        lines.append(f"{found.matched:,} combinations are meant, {found.feasible:,} of them feasible")
    if not found.looked:
        lines.append(found.text)
    for looked in found.looked:
        best = f"best by {' and '.join(looked.best_by)}: " if looked.best_by else ""
        figures = [
            "cost unknown" if looked.cost_usd is None else usd(looked.cost_usd),
            "time unknown" if looked.hours is None else duration(looked.hours),
            "quality unknown" if looked.quality is None else f"q {looked.quality:.3f}",
            "" if looked.memory_gib is None else f"{gib(looked.memory_gib)} per GPU",
        ]
        shown = figures if looked.verdict != "cannot_run" else figures[3:]
        lines += [f"{best}{looked.id} {looked.text}", f"  {', '.join(filter(None, shown))}".rstrip()]
        lines.append(f"  {looked.reason}")
        lines += [f"  also dominated by {d.id} {d.text}" for d in looked.dominated_by[1:]]
    if found.stopped:
        lines += [
            "the others, by the first reason met:" if found.feasible else "none is feasible, by the first reason met:"
        ]
        lines += [f"  {n:>9,}  {name}" for name, n in found.stopped.items()]
    if found.lets_in:
        lines += ["to let it in:", *(f"  {line}" for line in found.lets_in)]
    return "\n".join(line for line in lines if line.strip())
