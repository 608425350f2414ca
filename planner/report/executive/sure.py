"""Why this one, and how sure it is against the next choice."""

from typing import Final

from planner.outcome import Advice, Configuration, Plan, Rival
from planner.report.certainty import TOO_CLOSE
from planner.report.data.report_data import Headline
from planner.report.names import listed, shorten
from planner.report.sections.rows import machine_text, method_text, offer_text
from planner.units import chance_text, duration, quality_q, usd

_COMPARED: Final = {
    "cost": ("cheaper", "dearer"), "time": ("faster", "slower"), "quality": ("better", "worse"),
    "carbon": ("lower in emissions", "higher in emissions"),
}  # fmt: skip


def sureness(plan: Plan, c: Configuration, told: Headline) -> tuple[str, ...]:
    """Sentences: the rule, and the next choice."""
    rival = next_choice(plan, c)
    against = "" if rival is None else _against(plan, c, rival)
    first = (_without_knee(plan),) if told.caveat else told.details[:1]
    return tuple(text for text in (*first, against) if text)


def _without_knee(plan: Plan) -> str:
    """Why this one, where the front is too short or too straight to have a knee."""
    if len(plan.front) == 1:
        return "Nothing else that was compared is better than this on any objective."
    return "No choice stands out as the best compromise; this is the nearest to the best of every objective."


def next_choice(plan: Plan, c: Configuration) -> Rival | None:
    """The first of the next choices of the decision that a configuration is."""
    notes = (plan.decision_notes.get(name) for name, id_ in plan.decisions.items() if id_ == c.id)
    return next((note.rivals[0] for note in notes if note is not None and note.rivals), None)


def told_already(plan: Plan, c: Configuration, one: Advice) -> bool:
    """Whether advice is to take the machine of the next choice, which the page compares with the recommendation.

    The two may differ in software alone; then the chances differ too, since the error of one speed is not the other's.
    """
    rival = next_choice(plan, c)
    other = None if rival is None else plan.configuration(rival.id)
    if other is None or (other.model, other.method) != (c.model, c.method):
        return False
    o = other.offer
    region = "" if o.region == "any" else f" {o.region}"
    machine = f"{other.hardware.count}x {other.hardware.gpu}, {o.seller}{region}, {o.tier.replace('_', ' ')}"
    return one.change.startswith(f"{machine} instead of ")


def _against(plan: Plan, c: Configuration, rival: Rival) -> str:
    """How the recommendation compares with the next choice, told from the side that is likelier."""
    other = plan.configuration(rival.id)
    if other is None:
        return ""
    told, close = [], []
    for name, (better, worse) in _COMPARED.items():
        p = rival.probability.get(name)
        if p is not None and max(p, 1.0 - p) >= TOO_CLOSE:
            told.append(f"{chance_text(max(p, 1.0 - p))} likely {better if p > 0.5 else worse}")
        elif p is not None:
            close.append(name)
    open_ = f"{_which(close)} is too close to call" if close else ""
    said = "; ".join(filter(None, [f"it is {listed(told)}" if told else "", open_]))
    figures = f"{usd(other.cost_usd)}, {duration(other.hours)}, q {quality_q(other.quality)}"
    return f"Against the next choice, {_named(other, c)} ({figures}), {said}." if said else ""


def _named(other: Configuration, mine: Configuration) -> str:
    """What it is, with its software where that is another: then the errors of the two speeds have nothing in common."""
    software = f" with {shorten(other.stack, 30)}" if other.stack != mine.stack else ""
    same = (other.model, other.method) == (mine.model, mine.method)
    what = "the same" if same else f"{shorten(other.model, 40)} by {method_text(other.method)}"
    return f"{what} on {machine_text(other)} at {offer_text(other)}{software}"


def _which(close: list[str]) -> str:
    """`which has the lower cost`, of objectives that are the better the lower, quality alone excepted."""
    named = listed(["emissions" if name == "carbon" else name for name in close])
    if close == ["quality"]:
        return "which has the better quality"
    return f"which is better in {named}" if "quality" in close else f"which has the lower {named}"
