"""Rules held against scenarios: limits on figures, and what a change or its metadata must be like."""

from collections.abc import Iterator

from planner.outcome import Difference, ScenarioDifference
from planner.outcome.verdict import Result
from planner.policy.causes import cause_of
from planner.policy.choices import judge_allow, judge_confidence
from planner.policy.documents import Policy
from planner.policy.figures import FigureKind, Reading, figure_kind
from planner.policy.finding import Finding, judged, sentence
from planner.policy.governance import Written
from planner.policy.rule_blocks import Rule
from planner.policy.scope import covers
from planner.policy.units import beyond, parse_limit, show, show_apart

_LOWER = {
    "cost": "choose something cheaper; `constraints.max_cost` keeps the planner to it",
    "price": "choose a cheaper machine under `hardware`",
    "hours": "choose something faster; `constraints.deadline` keeps the planner to it",
    "carbon": "choose a cleaner region or less work; `constraints.max_carbon` keeps the planner to it",
    "memory": "choose a smaller micro-batch, model or method",
    "quality": "undo what moved it",
    "choice": "see `planner explain` for what the choice rests on",
}
_RAISE = {"quality": "choose a better model, more data or epochs; `quality.floor` keeps the planner to it"}


def judge_rules(policy: Written[Policy], difference: Difference, *, compared: bool) -> Iterator[Finding]:
    """The findings of a policy's rules about every scenario at the head that they are for.

    Without a base (`compared`) rules on changes say nothing. What chooses nothing is told by `infeasible` and
    `unreadable`, and is held against its metadata only.
    """
    for index, rule in enumerate(policy.value.rules):
        for scenario in difference.scenarios:
            if scenario.change == "removed" or not covers(rule.where, scenario.metadata, scenario.path):
                continue
            if rule.requires is not None:
                yield from _requires(policy, index, rule, scenario)
            elif scenario.after is not None and scenario.after.configuration is not None:
                yield from _judge(policy, index, rule, scenario, compared=compared)


def _judge(
    policy: Written[Policy], index: int, rule: Rule, scenario: ScenarioDifference, *, compared: bool
) -> Iterator[Finding]:
    if rule.figure is not None:
        kind = figure_kind(rule.figure)
        reading = kind.read(scenario) if compared or not kind.change else Reading(None, applies=False, why="no base")
        for key in rule.limits():
            yield _limit(policy, index, rule, scenario, kind, reading, key)
    elif rule.allow is not None:
        yield from judge_allow(policy, index, rule, scenario)
    elif rule.confidence is not None:
        yield from judge_confidence(policy, index, rule, scenario)
    elif rule.forbid is not None and compared:
        yield from _forbid(policy, index, rule, scenario)


def _limit(
    policy: Written[Policy],
    index: int,
    rule: Rule,
    scenario: ScenarioDifference,
    kind: FigureKind,
    reading: Reading,
    key: str,
) -> Finding:
    """One limit of a rule, `max` or `min`, against one figure."""
    limit, least = parse_limit(rule.limits()[key], kind.unit), key == "min"
    words = kind.words[0].upper() + kind.words[1:]
    signed = kind.name.startswith("delta")
    value_text, limit_text = show(reading.value, kind.unit, signed=signed), show(limit, kind.unit)
    result: Result = "pass"
    fix = ""
    if not reading.applies:
        message, value_text = f"{words} says nothing here: {reading.why}", "none"
    elif reading.value is None:
        result = rule.unknown or rule.severity
        why = f" ({reading.why})" if reading.why else ""
        message = f"{words} is unknown{why}, and the limit is {limit_text}"
        fix = "make the figure known, or write `unknown: pass` in the rule"
    else:
        value_text, limit_text = show_apart(reading.value, limit, kind.unit, signed=signed)
        low, high = (reading.value, limit) if least else (limit, reading.value)
        broken = beyond(high, low)
        side = ("below" if least else "above") if broken else "within"
        message = f"{words} {value_text} is {side} the limit of {limit_text}"
        if broken and rule.ignore_noise and reading.within_noise:
            message += ", but the bands cannot tell it from no change"
        elif broken:
            result = rule.severity
            fix = _fix(kind, least=least)
    return judged(
        policy, rule.name, rule.severity, result, scenario, message, policy.place("rules", index, key),
        figure=kind.name, value=reading.value, limit=limit, texts=(value_text, limit_text), fix=fix,
        cause=cause_of(scenario, kind.topic), unit=kind.unit, least=least,
    )  # fmt: skip


def _fix(kind: FigureKind, *, least: bool) -> str:
    if least:
        return _RAISE.get(kind.topic, "see `planner explain` for what the figure rests on")
    return _LOWER[kind.topic]


def _forbid(policy: Written[Policy], index: int, rule: Rule, scenario: ScenarioDifference) -> Iterator[Finding]:
    """What a change may not do; a new scenario changes nothing that was decided."""
    if scenario.change == "added":
        return
    known = [delta for delta in scenario.delta.values() if delta.total is not None]
    quiet = bool(known) and all(delta.within_noise for delta in known)
    base = scenario.before
    lost = scenario.flipped is None and scenario.change == "changed" and (base is None or bool(base.problems))
    fix = ""
    for what in rule.forbid or ():
        result: Result = rule.severity
        if what == "within_noise":
            broken = quiet and scenario.change == "changed"
            message = "No figure moves by more than the bands can tell" if broken else "Figures move beyond the bands"
        elif lost:
            broken, message = True, "Whether the decision flips is unknown: the base cannot be planned"
        else:
            broken = bool(scenario.flipped) and (what == "flipped" or quiet)
            inside = ", and no figure moves by more than the bands can tell" if broken and quiet else ""
            told = f": {sentence(scenario.sentence)}" if scenario.sentence else ""
            message = f"The decision flips{inside}{told}" if broken else "The decision stays"
            fix = "name the machine, model or method that is to stay, or take the new choice to review"
        yield judged(
            policy, rule.name, rule.severity, result if broken else "pass", scenario, message,
            policy.place("rules", index, "forbid"), figure=what, fix=fix, cause=cause_of(scenario, "choice"),
            texts=("yes" if broken else "no", "no"),
        )  # fmt: skip


def _requires(policy: Written[Policy], index: int, rule: Rule, scenario: ScenarioDifference) -> Iterator[Finding]:
    """Keys of the metadata that must be there; metadata that cannot be read has none."""
    metadata = scenario.metadata
    missing = [key for key in rule.requires or () if metadata is None or not getattr(metadata, key)]
    asked = ", ".join(rule.requires or ())
    message = f"Metadata lacks {', '.join(missing)}" if missing else f"Metadata has {asked}"
    yield judged(
        policy, rule.name, rule.severity, rule.severity if missing else "pass", scenario, message,
        policy.place("rules", index, "requires"), figure="metadata",
        texts=(f"no {', '.join(missing)}" if missing else asked, asked),
        fix=f"write {' and '.join(f'`metadata.{key}`' for key in missing)}", cause=cause_of(scenario, "metadata"),
    )  # fmt: skip
