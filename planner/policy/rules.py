"""Rules held against scenarios: limits on figures, and what a change or its metadata must be like."""

from collections.abc import Iterator

from planner.outcome import Difference, ScenarioDifference
from planner.outcome.verdict import Result
from planner.policy.causes import cause_of
from planner.policy.choices import judge_allow, judge_confidence
from planner.policy.documents import Policy
from planner.policy.figures import UNCOUNTED, FigureKind, Reading, figure_kind
from planner.policy.finding import Finding, joined, judged, sentence
from planner.policy.governance import Written
from planner.policy.identity import has_base, to_judge
from planner.policy.rule_blocks import Rule
from planner.policy.scope import applies, because_of_base
from planner.policy.serving_figures import LIMIT_JOBS, NO_JOB
from planner.policy.units import beyond, parse_limit, show, show_apart

_LOWER = {
    "cost": "choose something cheaper; constraints.max_cost keeps the planner to it",
    "price": "choose a cheaper machine under hardware",
    "hours": "choose something faster; constraints.deadline keeps the planner to it",
    "carbon": "choose a cleaner region or less work; constraints.max_carbon keeps the planner to it",
    "memory": "choose a smaller micro-batch, model or method",
    "monthly": "pull a lever, or choose something cheaper; constraints.max_cost_per_month keeps the planner to it",
    "latency": "choose something faster; latency keeps the planner to it",
    "monthly carbon": "choose a cleaner region or fewer machines; constraints.max_carbon keeps the planner to it",
    "quality": "undo what moved it",
    "choice": "see planner explain for what the choice rests on",
}
_RAISE = {"quality": "choose a better model, more data or epochs; quality.floor keeps the planner to it"}


def judge_rules(policy: Written[Policy], difference: Difference, *, compared: bool) -> Iterator[Finding]:
    """The findings of a policy's rules about every new or changed scenario that they are for.

    A rule is for what it was written for at the base too, so that no change takes itself out of it. Without a base
    (`compared`) rules on changes say nothing. What chooses nothing is told by `infeasible` and `unreadable`, and is
    held against its metadata only.
    """
    for index, rule in enumerate(policy.value.rules):
        for scenario in to_judge(difference):
            if applies(rule.where, scenario):
                remark = because_of_base(rule.where, scenario)
                for finding in _judge(policy, index, rule, scenario, compared=compared):
                    yield finding.with_remark(remark)


def _judge(
    policy: Written[Policy], index: int, rule: Rule, scenario: ScenarioDifference, *, compared: bool
) -> Iterator[Finding]:
    if rule.requires is not None:
        yield from _requires(policy, index, rule, scenario)
    elif rule.allow is not None:
        yield from judge_allow(policy, index, rule, scenario)
    elif scenario.after is None or scenario.after.chosen is None:
        return
    elif rule.figure is not None:
        kind = figure_kind(rule.figure)
        reading = kind.read(scenario) if compared or not kind.change else Reading(None, applies=False, why="no base")
        for key in rule.limits():
            yield _limit(policy, index, rule, scenario, kind, reading, key)
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
        message, value_text = f"{words} says nothing here: {reading.why}", "not applicable"
    elif reading.value is None:
        result = rule.unknown or rule.severity
        why = f" ({reading.why})" if reading.why else ""
        message = f"{words} is unknown{why}, and the limit is {limit_text}"
        fix = "make the figure known, or let the rule pass what is unknown (unknown: pass)"
        fix = LIMIT_JOBS if reading.why == NO_JOB else fix
    else:
        value_text, limit_text = show_apart(reading.value, limit, kind.unit, signed=signed)
        value_text = f"at least {value_text}" if reading.least else value_text
        low, high = (reading.value, limit) if least else (limit, reading.value)
        broken = beyond(high, low)
        side = ("below" if least else "above") if broken else "within"
        message = f"{words} {value_text} is {side} the limit of {limit_text}"
        message += UNCOUNTED if reading.least and (least or not broken) else ""
        if broken and rule.ignore_noise and reading.within_noise:
            message += ", but the bands cannot tell it from no change"
        elif broken:
            result = rule.severity
            fix = _fix(kind, least=least)
            if (was := _no_worse(kind, scenario, limit, reading.value, least=least)) is not None:
                message += f", and was before this change ({show(was, kind.unit)})"
                result = "info" if rule.unless_worse else result
    return judged(
        policy, rule.name, rule.severity, result, scenario, message, policy.place("rules", index, key),
        figure=kind.name, value=reading.value, limit=limit, texts=(value_text, limit_text), fix=fix,
        cause=cause_of(scenario, kind.topic), unit=kind.unit, least=least,
    )  # fmt: skip


def _no_worse(
    kind: FigureKind, scenario: ScenarioDifference, limit: float, value: float, *, least: bool
) -> float | None:
    """The figure before the change where it broke the same limit by as much or more; None elsewhere."""
    if kind.change or not has_base(scenario):
        return None
    was = kind.read(scenario.model_copy(update={"after": scenario.before})).value
    if was is None:
        return None
    sign = -1.0 if least else 1.0
    broke, worse = beyond(sign * was, sign * limit), beyond(sign * value, sign * was)
    return was if broke and not worse else None


def _fix(kind: FigureKind, *, least: bool) -> str:
    if least:
        return _RAISE.get(kind.topic, "see planner explain for what the figure rests on")
    return _LOWER[kind.topic]


def _forbid(policy: Written[Policy], index: int, rule: Rule, scenario: ScenarioDifference) -> Iterator[Finding]:
    """What a change may not do; a new scenario changes nothing that was decided."""
    if scenario.change == "added":
        return
    known = [delta for delta in scenario.delta.values() if delta.total is not None]
    moved = [delta for delta in known if delta.total]
    quiet = bool(known) and all(delta.within_noise for delta in moved)
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
            beyond = (
                "The decision flips, and figures move beyond the bands" if scenario.flipped else "The decision stays"
            )
            message = f"The decision flips{inside}{told}" if broken else beyond
            fix = "name the machine, model or method that is to stay, or take the new choice to review"
        yield judged(
            policy, rule.name, rule.severity, result if broken else "pass", scenario, message,
            policy.place("rules", index, "forbid"), fix=fix, cause=cause_of(scenario, "choice"),
        )  # fmt: skip


def _requires(policy: Written[Policy], index: int, rule: Rule, scenario: ScenarioDifference) -> Iterator[Finding]:
    """Keys of the metadata that must be there; metadata that cannot be read has none."""
    metadata, asked = scenario.metadata, list(rule.requires or ())
    missing = [key for key in asked if metadata is None or not getattr(metadata, key)]
    verb = "is" if len(asked) == 1 else "are"
    message = f"The metadata has {joined(asked)}"
    if missing:
        message = f"The metadata has no {joined(missing, 'or')}; {joined(asked)} {verb} required"
    yield judged(
        policy, rule.name, rule.severity, rule.severity if missing else "pass", scenario, message,
        policy.place("rules", index, "requires"), fix=f"write {joined([f'metadata.{key}' for key in missing])}",
        cause=cause_of(scenario, "metadata"),
    )  # fmt: skip
