"""A difference and a check made ready to be told: words without marks, one rounding, no moves that are none."""

import re
from pathlib import PurePath
from typing import Final

from planner.outcome import Check, Difference, ScenarioDifference, Side, Verdict
from planner.outcome.difference_words import percent
from planner.report.names import clean

_HASH: Final = re.compile(r"\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b")
_EXPLAINED: Final = re.compile(r"\b([0-9a-f]{12}) \(\1\)")
_PERCENT: Final = re.compile(r"([-+]?)([0-9,]+\.[0-9]+) %")


def told_check(check: Check) -> Check:
    """The check in the words that every medium prints."""
    j = check.judgement
    return Check(
        difference=told_difference(check.difference),
        judgement=j.model_copy(
            update={
                "verdicts": [_verdict(v) for v in j.verdicts],
                "approvals": [a.model_copy(update={"text": words(a.text)}) for a in j.approvals],
                "warnings": [words(text) for text in j.warnings],
                "policies_from": short_hashes(j.policies_from),
            }
        ),
    )


def told_difference(difference: Difference) -> Difference:
    """The same of a difference; two files that were named are two sides, whatever they are called, and no move."""
    return difference.model_copy(
        update={
            "scenarios": [_scenario(s, difference) for s in difference.scenarios],
            "trust": [note.model_copy(update={"text": words(note.text)}) for note in difference.trust],
            "warnings": [words(text) for text in difference.warnings],
        }
    )


def words(text: str) -> str:
    """A sentence of the planner or a policy without the backticks around what is to be typed."""
    return clean(text.replace("`", ""))


def short_hashes(text: str) -> str:
    """`text` with the hashes of git in it cut to twelve digits, and told once where one only explains itself."""
    return _EXPLAINED.sub(r"\1", _HASH.sub(lambda match: match[0][:12], text))


def _scenario(scenario: ScenarioDifference, difference: Difference) -> ScenarioDifference:
    update: dict[str, object] = {
        "notes": [words(note) for note in scenario.notes],
        "sentence": words(scenario.sentence),
        "before": _side(scenario.before),
        "after": _side(scenario.after),
    }
    if scenario.lock is not None:
        update["lock"] = scenario.lock.model_copy(update={"text": words(scenario.lock.text)})
    if scenario.moved_from and _are_named(scenario, difference):
        update |= {"moved_from": "", "renamed_from": ""}
    return scenario.model_copy(update=update)


def _side(side: Side | None) -> Side | None:
    if side is None or not side.problems:
        return side
    return side.model_copy(update={"problems": [words(problem) for problem in side.problems]})


def _are_named(scenario: ScenarioDifference, difference: Difference) -> bool:
    """Whether base and head are these two files, outside git."""
    base, head = difference.base, difference.head
    names = PurePath(base.name).name, PurePath(head.name).name
    return not base.commit and not head.commit and names == (
        PurePath(scenario.moved_from).name, PurePath(scenario.path).name
    )  # fmt: skip


def _verdict(verdict: Verdict) -> Verdict:
    value, message = verdict.value_text, verdict.message
    if (short := _rounded(value, verdict.limit_text)) != value:
        value, message = short, message.replace(value, short)
    return verdict.model_copy(
        update={
            "value_text": value,
            "message": words(message),
            "fix": words(verdict.fix),
            "exception": words(verdict.exception),
        }
    )


def _rounded(value: str, limit: str) -> str:
    """A percentage as `percent` would tell it; as it is where rounding could hide on which side of a limit it is."""
    found, bound = _PERCENT.fullmatch(value), _PERCENT.fullmatch(limit) or re.fullmatch(r"([-+]?)([0-9,]+) %", limit)
    if found is None or bound is None:
        return value
    one, other = (float(match[1] + match[2].replace(",", "")) for match in (found, bound))
    short = percent(abs(one) / 100)
    number = re.fullmatch(r"([0-9,.]+) %", short)
    if number is None:
        return value
    told = float(found[1] + number[1].replace(",", ""))
    return f"{found[1]}{short}" if (told > other) == (one > other) and told != other else value
