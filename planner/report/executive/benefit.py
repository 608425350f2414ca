"""What the money buys: predicted quality against the untuned model, with its band and how far to trust it."""

from typing import Final

from planner.outcome import Configuration, ManagedJob, Plan
from planner.report.data.executive import Benefit, Segment
from planner.report.executive.question import benchmark
from planner.report.names import capital, clean, shorten
from planner.report.sections.rows import band_text, untuned_q
from planner.report.sections.wording import PRIOR
from planner.units import quality_q, significant

_BANDS: Final = "A 90 % band holds the true figure nine times in ten."
SCALE: Final = "q runs from 0 (chance) to 1"


def benefit(c: Configuration, plan: Plan) -> Benefit:
    """Quality of a configuration before and after tuning.

    Only what the base model scored is told in the benchmark's points: a tuned q is a prediction, never a score.
    """
    before = untuned_q(c)
    told = [_start(c, before, plan)] if before is not None else []
    return _benefit(told, before, c.quality, c.quality_lo, c.quality_hi, clean(c.quality_label), list(c.unknown))


def service_benefit(job: ManagedJob) -> Benefit:
    """The same of a job at a managed service, whose start nobody tells."""
    return _benefit([], None, job.quality, job.quality_lo, job.quality_hi, clean(job.quality_label), list(job.unknown))


def _benefit(
    told: list[str], before: float | None, q: float | None, low: float | None, high: float | None, label: str,
    unknown: list[str],
) -> Benefit:  # fmt: skip
    if q is None:
        why = next((clean(text.partition(": ")[2]) for text in unknown if text.startswith("quality")), "") or label
        unsaid = f"How good it is after tuning is unknown{f': {why}' if why and why != 'unknown' else ''}."
        return Benefit((*told, unsaid))
    change = "" if before is None else _change(q - before)
    told.append(f"After tuning it is predicted to be at q {quality_q(q)}{_band(low, high)}{change}; {SCALE}.")
    told.append(_trust(label))
    known = low is not None and high is not None
    told.append(_BANDS if known else "")
    return Benefit(
        tuple(filter(None, told)),
        Segment(_percent(low or 0.0), _percent((high or 0.0) - (low or 0.0))) if known else None,
        None if before is None else _percent(before),
        _percent(q),
    )


def _start(c: Configuration, before: float, plan: Plan) -> str:
    """Where tuning starts."""
    model, points = shorten(c.model, 40), c.quality_parts.get("points")
    q = f"q {quality_q(before)}{' by evaluations of yours' if c.quality_parts.get('yours') else ''}"
    if points is None:
        return f"Untuned, {model} has no published score; by its size and date it is taken for {q}."
    on = f" on the benchmark {benchmark(plan)}" if benchmark(plan) else ""
    return f"Untuned, {model} scores {significant(points, 3)} points{on}, which is {q}."


def _change(gain: float) -> str:
    return f", {quality_q(abs(gain))} {'more' if gain > 0 else 'less'} than untuned"


def _band(low: float | None, high: float | None) -> str:
    if low is None or high is None or low == high:
        return ""
    return f" (90 % band {band_text(quality_q(low), quality_q(high))})"


def _trust(label: str) -> str:
    """What the prediction is worth."""
    if PRIOR not in label:
        return f"{capital(label)}." if label else ""
    rest = label.replace(PRIOR, "").strip("; ")
    told = "This is a prior: it ranks candidates and promises no benchmark score"
    return f"{told}; {rest}." if rest else f"{told}."


def _percent(q: float) -> float:
    return round(100 * q, 1)
