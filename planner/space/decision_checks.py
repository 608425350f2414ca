"""What `decide:` and a joint confidence name, held against the objectives and limits of the scenario."""

from collections.abc import Callable

from planner.scenario.fine_tune import FineTune

Path = tuple[str | int, ...]
Complain = Callable[[Path, str, str | None], None]


def check_decisions(scenario: FineTune, complain: Complain) -> None:
    """Complain about weights, orders and bounds of what is no objective, and a confidence in nothing."""
    decide = scenario.decide
    if decide.topsis is not None:
        for name in decide.topsis.model_fields_set:
            _known(scenario, name, ("decide", "topsis", name), complain)
    order = [name for name, _ in decide.order()]
    for i, name in enumerate(order):
        place: Path = ("decide", "lexicographic", i)
        written = (decide.lexicographic or [])[i]
        _known(scenario, name, place if isinstance(written, str) else (*place, name), complain)
        if name in order[:i]:
            complain(place, f"{name} stands in the order twice", "keep the first of them")
    if decide.epsilon is not None:
        key = "minimise" if decide.epsilon.minimise else "maximise"
        _known(scenario, decide.epsilon.objective, ("decide", "epsilon", key), complain)
        for name in decide.epsilon.within.model_fields_set:
            _known(scenario, name, ("decide", "epsilon", "within", name), complain)
    limits = scenario.constraints
    if limits.confidence is not None and not (limits.max_cost_usd or limits.deadline_hours or limits.max_carbon_kg):
        complain(
            ("constraints", "confidence"),
            "a confidence needs a limit that is to be kept",
            "give max_cost, deadline or max_carbon, or take confidence out",
        )


def _known(scenario: FineTune, name: str, place: Path, complain: Complain) -> None:
    if name not in scenario.objectives:
        mine = ", ".join(scenario.objectives)
        complain(
            place, f"{name} is no objective of this scenario", f"its objectives: {mine}; add {name}, or leave it out"
        )
