"""What could go wrong with the recommendation, each with its numbers from the plan."""

import math
from statistics import NormalDist
from typing import Final

from planner.outcome import Configuration, ManagedJob, Plan
from planner.outcome.fitting import CUT_SHARE, MAY_NOT_FIT, chance_of_no_fit
from planner.outcome.limit_words import BOUNDED, limits_text
from planner.outcome.service_words import NO_FIGURES
from planner.report.data.executive import Told
from planner.report.data.spot_rows import WORDS
from planner.report.executive.changes import in_words
from planner.report.names import at_words, capital, clean, listed
from planner.report.sections.price_ages import day_of
from planner.report.sections.rows import band_text, spot_text
from planner.units import DAYS_PER_MONTH, Z90, chance_text, duration, gib, share_text, usd

MOST: Final = 4
DOUBTFUL: Final = 0.95
"""Chance of keeping to the limits from which on it is no risk; below, it is told which of them is in danger."""
_SPEED: Final = "speed "
_WAYS: Final = {
    "spot_only": "on spot machines alone",
    "fallback": "on spot machines, and on demand when time gets short",
    "uniform_progress": "on spot machines while on schedule, else on demand",
    "multi_region": "across several regions",
}
"""Ways to run on spot machines, as a sentence goes on."""


def risks(plan: Plan, c: Configuration) -> tuple[Told, ...]:
    """At most `MOST`: what may stop or spoil the run, the likeliest first; then what only widens the bands."""
    sure, rate = keeps(plan, c), c.offer.preemption_per_hour
    taken = 1.0 - math.exp(-rate * c.hours) if rate and c.hours else 0.0
    sized = [
        (1.0 if sure is None else 1.0 - sure, _limits(plan, c)),
        (chance_of_no_fit(c.memory_gib), _memory(c)),
        (max(c.work.cut_sample_share, c.work.lost_token_share), _cut(c)),
        (taken, _preemption(plan, c)),
    ]
    found = [one for _, one in sorted(sized, key=lambda pair: -pair[0])]
    return tuple(one for one in (*found, _price(plan, c), _speed(c)) if one is not None)[:MOST]


def service_risks(plan: Plan, job: ManagedJob) -> tuple[Told, ...]:
    """What nobody tells of a managed job, and how far to trust its price."""
    managed = plan.managed
    untold = [] if managed is None else [in_words(name) for name in managed.untold]
    hosting = job.serving.hosting_usd_per_month
    serving = (
        "What serving it costs is not known."
        if hosting is None
        else "Serving it is billed by the token." if hosting == 0
        else f"Serving it needs a deployment of {usd(hosting)} a month, which is no part of the cost."
    )  # fmt: skip
    found = [
        Told(
            "Limits", f"{capital(NO_FIGURES)}{f': whether it keeps to {listed(untold)} is unknown' if untold else ''}."
        ),
        Told("Price", f"{capital(_aged(job.as_of, plan.catalog.as_of))}, {clean(job.confidence)} confidence."),
        Told("Afterwards", serving),
    ]
    return tuple(found[:MOST])


def chance_above(low: float, high: float, limit: float) -> float:
    """Probability that a figure with this central 90 % band exceeds a limit; all three positive, in one unit.

    Figures are lognormal (DOMAIN 11): ln X is normal around the middle of the band's ends, whose distance is twice
    1.645 standard deviations. A band without width is a certainty.
    """
    middle, sd = (math.log(low) + math.log(high)) / 2.0, math.log(high / low) / (2.0 * Z90)
    if sd <= 0.0:
        return float(low > limit)
    return 1.0 - NormalDist(middle, sd).cdf(math.log(limit))


def keeps(plan: Plan, c: Configuration) -> float | None:
    """Probability of keeping to the limits on cost, time and emissions together; None where nobody worked it out."""
    notes = (plan.decision_notes.get(name) for name, id_ in plan.decisions.items() if id_ == c.id)
    return next((note.keeps for note in notes if note is not None and note.keeps is not None), None)


def _limits(plan: Plan, c: Configuration) -> Told | None:
    """That limits may be missed, or that there are none to miss; nothing where they hold almost surely."""
    figures = {
        "constraints.max_cost": (c.cost_usd, c.cost_usd_lo, c.cost_usd_hi, "over the budget"),
        "constraints.deadline": (c.hours, c.hours_lo, c.hours_hi, "late"),
        "constraints.max_carbon": (c.carbon_kg, c.carbon_kg_lo, c.carbon_kg_hi, "over the limit on emissions"),
    }
    given = {one.name: one.limit for one in plan.constraints if one.name in BOUNDED}
    if not given:
        ends = [show(v) for v, show in ((c.cost_usd_hi, usd), (c.hours_hi, duration)) if v is not None]
        told = f" The 90 % bands end at {listed(ends)}." if ends else ""
        return Told("Limits", f"The scenario sets no limit on cost or time that could be missed.{told}")
    sure = keeps(plan, c)
    uses, misses = [], []
    for name, limit in given.items():
        value, low, high, what = figures[name]
        if value is not None and limit > 0:
            uses.append(f"{_part(value / limit)} of the limit on {BOUNDED[name]}")
        if low and high and limit > 0:
            misses.append(f"{chance_text(chance_above(low, high, limit))} to be {what}")
    told = f"It takes {listed(uses)}." if uses else ""
    if sure is None:
        return Told("Limits", f"How likely it keeps to {limits_text(given)} is unknown. {told}".strip())
    if sure >= DOUBTFUL:
        return None
    told = f"{capital(chance_text(sure))} likely to keep to {limits_text(given)}. {told}"
    if misses:
        told = f"{told} One by one: {listed(misses)}."
    return Told("Limits", told.strip())


def _memory(c: Configuration) -> Told | None:
    m = c.memory_gib
    chance = chance_of_no_fit(m)
    if chance <= MAY_NOT_FIT:
        return None
    need = f"{gib(m.total)} needed of {gib(m.usable)}, 90 % band {band_text(gib(m.total_lo), gib(m.total_hi))}"
    return Told("Memory", f"{capital(chance_text(chance))} likely to need more than the card has ({need}).")


def _preemption(plan: Plan, c: Configuration) -> Told | None:
    """That a spot machine may be taken away and how to run on it; what a commitment asks for."""
    if c.offer.tier == "on_demand" or not spot_text(c):
        return None
    if c.offer.tier != "spot":
        return Told("Commitment", f"{capital(spot_text(c))}.")
    source = f" ({at_words(c.offer.preemption_source, 80)})" if c.offer.preemption_source else ""
    rate, _, against = spot_text(c).partition("; ")
    told = f"{rate}{source}; {against}" if against else f"{rate}{source}"
    return Told("Spot machine", f"It may be taken away: {told}.{_way(plan, c)}")


def _way(plan: Plan, c: Configuration) -> str:
    """The way to run it that simulation recommends: its median cost, as all of the page, and its chance."""
    run = next((p for p in plan.spot_policies if p.id == c.id and p.recommended), None)
    if run is None:
        return ""
    median = f"{usd(run.cost_usd_q50)} in the median" if run.cost_usd_q50 is not None else ""
    mean = f"{usd(run.cost_usd)} in the mean" if run.cost_usd is not None else ""
    met = f"in time in {chance_text(run.meets_deadline)} of runs" if run.meets_deadline is not None else ""
    told = ", ".join(filter(None, [median or mean, met]))
    return f" Best run {_WAYS.get(run.policy, WORDS[run.policy])}{f' (simulated: {told})' if told else ''}."


def _price(plan: Plan, c: Configuration) -> Told:
    o, s = c.offer, plan.sensitivity
    if o.price_usd_per_hour is None:
        return Told("Price", "The price of the machine is unknown.")
    own = f"; {at_words(o.private, 80)}" if o.private else ""
    trust = f"{_aged(o.as_of, plan.catalog.as_of)}, {clean(o.price_confidence)} confidence"
    told = f"{usd(o.price_usd_per_hour)}/h, {trust}{own}."
    sway = next((one for one in s.inputs if one.input == "price"), None) if s and s.configuration == c.id else None
    if sway is not None and sway.cost_usd_low is not None and sway.cost_usd_high is not None:
        told += f" Over its band the cost is {band_text(usd(sway.cost_usd_low), usd(sway.cost_usd_high))}."
    return Told("Price", told)


def _speed(c: Configuration) -> Told | None:
    """That nobody measured jobs like this one."""
    label = clean(c.hours_label.removeprefix(_SPEED))
    if not label.startswith(("extrapolated", "prior")):
        return None
    word, _, why = label.partition(": ")
    what = "extrapolated from jobs unlike this one" if word == "extrapolated" else "believed, not measured"
    band = band_text(duration(c.hours_lo), duration(c.hours_hi))
    return Told("Speed", f"{capital(what)}{f' ({at_words(why, 80)})' if why else ''}; so the time's band is {band}.")


def _cut(c: Configuration) -> Told | None:
    w = c.work
    if w.cut_sample_share <= CUT_SHARE:
        return None
    length = c.train.get("max_seq_len")
    at = f"longer than {length:,} tokens" if isinstance(length, int) else "too long"
    lost = f", {share_text(w.lost_token_share)} of all tokens" if w.lost_token_share > 0 else ""
    return Told("Data", f"{share_text(w.cut_sample_share)} of the samples are {at} and lose their end{lost}.")


def _aged(date: str, today: str) -> str:
    """`price of 2026-07-30, 4 months old`: at the catalog's date, a partial date being its earliest day."""
    at, now = day_of(date), day_of(today)
    if at is None or now is None:
        return f"price of {clean(date)}" if date else "price without a date"
    months = max(0.0, (now - at).days / DAYS_PER_MONTH)
    partial = "up to " if date.count("-") < 2 else ""
    age = "under a month" if months < 1 else f"{partial}{months:.0f} month{'' if round(months) == 1 else 's'}"
    return f"price of {clean(date)}, {age} old at the catalog's date"


def _part(share: float) -> str:
    return share_text(share) if share >= 0.01 else "under 1 %"
