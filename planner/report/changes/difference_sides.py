"""The sides of a scenario beside each other: choice, machine, figures with their bands, prices."""

from dataclasses import dataclass

from planner.outcome import Choice, ManagedJob, ScenarioDifference, Side, TimedPrice
from planner.outcome.service_words import service_cost, service_text
from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_words import place_words, serving_text
from planner.outcome.time_words import start_text
from planner.report.changes.difference_figures import SAY, band, figure_names
from planner.report.names import plural, shorten
from planner.report.sections.rows import band_text, machine_text, method_text, offer_text
from planner.units import usd


@dataclass(frozen=True, slots=True)
class Cell:
    """One side's text, and what stands under it in small print."""

    text: str
    small: str = ""


def sides(scenario: ScenarioDifference) -> list[tuple[str, Side]]:
    """The sides there are, each with its word."""
    both = (("before", scenario.before), ("after", scenario.after))
    return [(word, side) for word, side in both if side is not None]


def side_rows(scenario: ScenarioDifference) -> list[tuple[str, list[Cell]]]:
    """Rows of a table of the sides: name, and a cell for each side there is."""
    there = sides(scenario)
    rows = [
        ("choice", [_choice(side) for _, side in there]),
        ("machine", [_machine(side.chosen) for _, side in there]),
    ]
    stacks = [side.configuration.stack if side.configuration else "" for _, side in there]
    if len({stack for stack in stacks if stack}) > 1:
        rows.append(("stack", [Cell(shorten(stack)) for stack in stacks]))
    rows += [
        (name, [_figure(figure, scenario, word, side) for word, side in there])
        for figure, name in figure_names(scenario).items()
    ]
    if any(_timed(side) for _, side in there):
        rows.append(("start", [_start(side) for _, side in there]))
    if any(side.service and side.configuration for _, side in there):
        rows.append(("cheapest managed service", [_service(side.service) for _, side in there]))
    return [*rows, ("prices", [Cell(shorten(side.prices, 80)) for _, side in there])]


def _choice(side: Side) -> Cell:
    c = side.chosen
    if c is None:
        return Cell("not planned" if side.problems else "nothing is feasible")
    if isinstance(c, ManagedJob):
        return Cell(shorten(service_text(c), 80), "cheapest managed service, as no machine is chosen")
    if isinstance(c, ServingConfiguration):
        return Cell(shorten(serving_text(c), 80), shorten(side.decision))
    return Cell(shorten(f"{method_text(c.method)} {c.model}", 80), shorten(side.decision))


def _timed(side: Side) -> TimedPrice | None:
    """What the start makes of the cost of what would be run."""
    return None if side.configuration is None else side.configuration.offer.timed


def _start(side: Side) -> Cell:
    """From when the cost counts, and what it is from the best and the worst start."""
    found = _timed(side)
    if found is None:
        return Cell("")
    return Cell(shorten(start_text(found), 80), f"{usd(found.best_cost_usd)} to {usd(found.worst_cost_usd)} by start")


def _service(job: ManagedJob | None) -> Cell:
    """A service beside the machine that is chosen."""
    if job is None:
        return Cell("none")
    band = "" if job.cost_usd is None else f", {band_text(usd(job.cost_usd_lo), usd(job.cost_usd_hi))}"
    return Cell(service_cost(job), shorten(f"{service_text(job)}{band}, time unknown", 120))


def _served(c: ServingConfiguration) -> Cell:
    """The machines that serve, at most; of an API none."""
    if c.machine is None:
        return Cell("none", shorten(place_words(c), 80))
    most = "" if c.capacity is None else f", up to {plural(c.capacity.machines_peak, 'machine')}"
    return Cell(shorten(f"{c.machine.gpus_per_machine}x {c.machine.gpu}{most}", 80), shorten(place_words(c), 80))


def _machine(c: Choice | None) -> Cell:
    if isinstance(c, ServingConfiguration):
        return _served(c)
    if isinstance(c, ManagedJob):
        return Cell("none", f"{shorten(c.provider, 40)} {shorten(c.offered, 40)}")
    return Cell(machine_text(c), f"{offer_text(c)}, {c.offer.tier.replace('_', ' ')}") if c else Cell("")


def _figure(figure: str, scenario: ScenarioDifference, word: str, side: Side) -> Cell:
    """A figure with its band; where the base's lock has another, that, and this planner's in small print."""
    own = getattr(side.chosen, figure, None)
    delta = scenario.delta.get(figure)
    locked = delta.before if delta is not None and word == "before" else None
    if locked is not None and SAY[figure](locked) != SAY[figure](own):
        return Cell(SAY[figure](locked), f"by its lock; {SAY[figure](own)} now")
    return Cell(SAY[figure](own), band(figure, side.chosen))
