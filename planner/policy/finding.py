"""A verdict on its way: with what an exception must know of it before it is final."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from planner.outcome import Place, ScenarioDifference, Verdict
from planner.outcome.verdict import Result, Severity
from planner.policy.documents import Policy
from planner.policy.governance import Written
from planner.policy.units import Unit
from planner.source.excerpt import shortened, visible

_LONGEST_NAME: Final = 120
_LONGEST_SENTENCE: Final = 600


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule held against what it judges."""

    verdict: Verdict
    scenarios: tuple[ScenarioDifference, ...] = ()
    """Scenarios that were judged."""
    excusable: bool = True
    """Whether an exception may cover it."""
    unit: Unit | None = None
    """Unit of value and limit; None where the rule has no number."""
    least: bool = False
    """Whether the limit is the least that is allowed, not the most."""

    def with_remark(self, remark: str) -> "Finding":
        """The same with something more to say; `remark` starts with what joins it to the message."""
        if not remark:
            return self
        verdict = self.verdict.model_copy(update={"message": f"{self.verdict.message}{remark}"})
        return replace(self, verdict=verdict)


def judged(
    policy: Written[Policy],
    rule: str,
    severity: Severity,
    result: Result,
    scenario: ScenarioDifference,
    message: str,
    place: Place,
    *,
    figure: str = "",
    value: float | None = None,
    limit: float | None = None,
    texts: tuple[str, str] = ("", ""),
    fix: str = "",
    cause: Place | None = None,
    unit: Unit | None = None,
    least: bool = False,
) -> Finding:
    """The finding of a rule about one scenario; `texts` are value and limit as a person reads them."""
    breach = result in ("deny", "warn", "info")
    verdict = Verdict(
        policy=policy.value.metadata.name,
        rule=rule,
        severity=severity,
        result=result,
        subject=scenario.path,
        scenario=scenario.path,
        figure=figure,
        value=value,
        limit=limit,
        value_text=texts[0],
        limit_text=texts[1],
        message=message,
        fix=fix if breach else "",
        place=place,
        cause=cause if breach else None,
    )
    return Finding(verdict, (scenario,), unit=unit, least=least)


def plain(text: str) -> str:
    """A name of foreign origin on one line, short, and unable to drive a terminal."""
    return visible(shortened(text, _LONGEST_NAME))


def sentence(text: str) -> str:
    """The same for what somebody wrote in sentences."""
    return visible(shortened(" ".join(text.split()), _LONGEST_SENTENCE))


def listed(names: Sequence[str], most: int = 8) -> str:
    """`a, b or c`; of many names the first few and how many more."""
    shown = [plain(name) for name in names[:most]]
    if len(names) > most:
        return f"{', '.join(shown)} or {len(names) - most} more"
    return f"{', '.join(shown[:-1])} or {shown[-1]}" if len(shown) > 1 else "".join(shown)


def joined(names: Sequence[str], word: str = "and") -> str:
    """`a, b and c`, all of them; for words of ours, and few names."""
    return f"{', '.join(names[:-1])} {word} {names[-1]}" if len(names) > 1 else "".join(names)
