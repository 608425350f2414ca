"""What a reader in a hurry takes away: how many jobs run for how much, how late, and how far from the best."""

from typing import Final

from planner.outcome.portfolio import PortfolioPlan
from planner.report.data.report_data import Headline
from planner.report.names import capital, clean, plural, shorten
from planner.report.portfolio.budgets import budget_name
from planner.report.portfolio.words import LONGEST, band, gap_text, gpus, in_currency, share, some, when_text
from planner.report.sections.rows import quality_text
from planner.units import duration, kilograms, money, significant, usd

NOTHING: Final = "nothing to plan"
NAMED: Final = 3
"""Jobs and constraints that a sentence names."""
PROVEN: Final = "no schedule of the configurations that were considered is worth more"


def answer_of(plan: PortfolioPlan) -> str:
    """The answer in one sentence."""
    t = plan.totals
    if not t.runs or not has_schedule(plan):
        return _none_runs(plan)
    cost = usd(t.cost_usd)
    wide = band(t.cost_usd_lo, t.cost_usd_hi)
    jobs = f"{'All' if t.runs == t.jobs else f'{t.runs:,} of'} {plural(t.jobs, 'job')} run"
    if t.jobs == 1:
        jobs = "The one job runs"
    late = "none of them late" if t.runs > 1 else "in time"
    if t.late_jobs:
        own = "it" if t.runs == 1 else f"{t.late_jobs:,} of them"
        late = f"{own} late by {duration(t.late_hours)}{' together' if t.late_jobs > 1 else ''}"
    return f"{jobs} for {cost}{f' (90 % band {wide})' if wide else ''}, {late}; {_proven(plan)}."


def has_schedule(plan: PortfolioPlan) -> bool:
    """Whether one was found, or none is needed: what else runs has started, or is done, without one."""
    return plan.proof.objective_usd is not None or plan.proof.status == NOTHING


def _proven(plan: PortfolioPlan) -> str:
    gap = plan.proof.gap
    if plan.proof.status == NOTHING:
        return "nothing is left to plan"
    if gap is None:
        return "how far that is from the best is not proven"
    if gap <= 1e-9:
        return "proven the best there is"
    more = f", where {gap_text(plan.proof.asked_gap)} was asked for" if gap > plan.proof.asked_gap * (1 + 1e-9) else ""
    return f"proven within {gap_text(gap)} of the best{more}"


def _none_runs(plan: PortfolioPlan) -> str:
    t, status = plan.totals, plan.proof.status
    rest = f" for the rest of the {plural(t.jobs, 'job')}" if t.runs else ""
    if status == NOTHING or not plan.jobs:
        whose = "the scenario of the one job has" if t.jobs == 1 else f"the scenarios of all {t.jobs:,} jobs have"
        waits = any(one.why.startswith("waits for ") for one in plan.jobs)
        none = f": {whose} no plan{', or they wait for one that has none' if waits else ''}"
        return f"There is nothing to plan{none if t.failed and t.failed == t.jobs else ''}."
    if plan.conflict is not None and plan.conflict.parts:
        parts = [shorten(one.constraint, 90) for one in plan.conflict.parts]
        return f"No schedule is possible{rest}: {_listed(parts)}."
    if status == "infeasible":
        return f"No schedule{rest} keeps all constraints together."
    if t.left_out and plan.proof.objective_usd is not None:
        return (
            f"No job runs: {'the one' if t.jobs == 1 else f'all {t.left_out:,}'} that could be left out "
            f"{'is' if t.left_out == 1 else 'are'}; {_proven(plan)}."
        )
    return f"No schedule was found{rest}; that there is none is not proven."


def _listed(parts: list[str]) -> str:
    """What cannot be kept, or not together, in words."""
    shown = parts[:NAMED]
    left = len(parts) - len(shown)
    if len(parts) == 1:
        return f"what cannot be kept is {parts[0]}"
    last = f"; and {left:,} more" if left else f"; and {shown.pop()}"
    return f"what cannot be kept together is {'; '.join(shown)}{last}"


def headline(plan: PortfolioPlan) -> Headline:
    """The sentence, what follows from it, and the figures beside it."""
    details = (_running(plan), out_told(plan), _late(plan), _budgets(plan), _status(plan))
    return Headline(answer_of(plan), tuple(filter(None, details)), figures_of(plan) if plan.totals.runs else ())


def _running(plan: PortfolioPlan) -> str:
    started, done = (sum(one.status == status for one in plan.jobs) for status in ("started", "done"))
    if not started and not done:
        return ""
    told = [f"{done:,} {'is' if done == 1 else 'are'} done" if done else "",
            f"{started:,} {'runs' if started == 1 else 'run'} already" if started else ""]  # fmt: skip
    since = f"at {when_text(plan.calendar.now)}, " if plan.calendar.now else ""
    rest = "the rest is planned" if has_schedule(plan) else "the rest has no schedule"
    return f"{capital(since)}{' and '.join(filter(None, told))}; {rest}."


def out_told(plan: PortfolioPlan) -> str:
    """What does not run, by name; empty where everything does."""
    left = [one.name for one in plan.jobs if one.run is None and one.status != "failed"]
    failed = [one.name for one in plan.jobs if one.run is None and one.status == "failed"]
    told = [
        f"Left out: {some(left, NAMED)}{_why(plan, left)}." if left else "",
        f"Failed, for want of a plan of {'its' if len(failed) == 1 else 'their'} own: {some(failed, NAMED)}."
        if failed else "",
    ]  # fmt: skip
    return " ".join(filter(None, told))


def _why(plan: PortfolioPlan, left: list[str]) -> str:
    """The reason, where there is one for all."""
    reasons = {one.why for one in plan.jobs if one.name in left and one.why}
    return f" ({shorten(reasons.pop(), 140).rstrip('.')})" if len(reasons) == 1 else ""


def _late(plan: PortfolioPlan) -> str:
    t = plan.totals
    if not t.late_jobs:
        return ""
    worst = max((one for one in plan.jobs if one.run is not None), key=lambda one: one.run.late_hours if one.run else 0)
    hours = worst.run.late_hours if worst.run else 0.0
    named = f"; the latest job is {shorten(worst.name, 48)}, by {duration(hours)}" if t.late_jobs > 1 else ""
    return f"Lateness counts for {usd(t.lateness_usd)}, priorities included{named}."


def _budgets(plan: PortfolioPlan) -> str:
    known = [one for one in plan.budgets if one.holds is not None]
    if not plan.budgets or not has_schedule(plan):  # of what is not spent every budget holds
        return ""
    if not known:
        return "How likely the budgets hold is unknown."
    if len(plan.budgets) == 1:
        return f"The budget holds with a probability of {share(known[0].holds)}."
    whole = "" if len(known) == len(plan.budgets) else f", as far as that is known of {len(known):,}"
    weakest = min(known, key=lambda one: one.holds or 0.0)
    return (
        f"Of {len(plan.budgets):,} budgets the least likely to hold is that of {budget_name(weakest)}, with "
        f"{share(weakest.holds)}{whole}."
    )


def _status(plan: PortfolioPlan) -> str:
    return (
        "Time was up before the schedule was as near to the best as asked." if plan.proof.status == "time is up" else ""
    )


def figures_of(plan: PortfolioPlan) -> tuple[tuple[str, str, str], ...]:
    """(what, figure, remark) at the top of a page."""
    t, off = plan.totals, plan.totals.left_out + plan.totals.failed
    own = in_currency(t.cost_usd, plan)
    wide = band(t.cost_usd_lo, t.cost_usd_hi)
    end, spent = when_text(t.finish) or "unknown", f"{gpus(round(t.gpu_hours))} GPU-hours in all"
    hour = end.partition(" ")[2]
    return (
        ("Cost", usd(t.cost_usd), "; ".join(filter(None, [wide, own])) or "its band is unknown"),
        ("Jobs that run", f"{t.runs:,}", f"of {t.jobs:,}{f'; {off:,} left out or failed' if off else ''}"),
        ("Late", duration(t.late_hours) if t.late_jobs else "none",
         f"{plural(t.late_jobs, 'job')}; counts for {usd(t.lateness_usd)}" if t.late_jobs else "of what runs"),
        ("Within", gap_text(plan.proof.gap), "of the best, proven" if plan.proof.gap is not None else "not proven"),
        ("Worth to you", usd(t.value_usd), "of what runs, without priorities"),
        ("Last job ends", end.partition(" ")[0], f"{hour}; {spent}" if hour else spent),
        ("Quality q", quality_text(t.quality), "mean of what runs, by priority"),
        ("CO2e", kilograms(t.carbon_kg), _carbon_limit(plan)),
    )  # fmt: skip


def _carbon_limit(plan: PortfolioPlan) -> str:
    if plan.carbon_limit_kg is not None:
        return f"at most {kilograms(plan.carbon_limit_kg)} asked for"
    return "of all jobs" if plan.totals.carbon_kg is not None else "not known of every job"


def carbon_sentence(plan: PortfolioPlan) -> str:
    """How the limit on carbon stands; empty where there is none."""
    limit, known = plan.carbon_limit_kg, plan.totals.carbon_kg
    if limit is None:
        return ""
    if known is None:
        return f"At most {kilograms(limit)} of CO2e are allowed; what all jobs emit is not known."
    return f"All jobs emit {kilograms(known)} of CO2e, of {kilograms(limit)} allowed."


def money_text(plan: PortfolioPlan) -> str:
    """The sums in the scenario's own currency; empty where it names none."""
    c, t = plan.currency, plan.totals
    if c is None or not t.runs:
        return ""
    code = clean(c.code)
    ends = [None if end is None else money(end / c.usd_per_unit, code) for end in (t.cost_usd_lo, t.cost_usd_hi)]
    wide = f" ({ends[0]} to {ends[1]})" if None not in ends and ends[0] != ends[1] else ""
    late = f", lateness counts for {in_currency(t.lateness_usd, plan)}" if t.late_jobs else ""
    rate = f"1 {code} = {significant(c.usd_per_unit, 5)} USD on {clean(c.as_of)}, {shorten(c.source, 60)}"
    return f"In {code} all jobs cost {in_currency(t.cost_usd, plan)}{wide}{late} ({rate})."


def solved_of(plan: PortfolioPlan) -> tuple[tuple[str, str], ...]:
    """(what, figure) of how the schedule was found."""
    p = plan.proof
    return (
        ("Ended", shorten(p.status, 80) or "unknown"),
        ("Objective", usd(p.objective_usd)),
        ("Bound", f"{usd(p.bound_usd)}{f'; {PROVEN}' if p.bound_usd is not None else ''}"),
        ("Gap", f"{gap_text(p.gap)}{f', {gap_text(p.asked_gap)} asked for'}"),
        ("Considered", _considered(plan)),
        ("Full model", f"{p.columns:,} configurations × starts, {plural(p.slots, 'slot')} of {duration(p.slot_hours)}"),
        ("Seed", str(p.seed)),
    )


def _considered(plan: PortfolioPlan) -> str:
    """Configurations of all jobs, those that count, and what rules of the portfolio took out."""
    whole, kept = sum(one.considered for one in plan.jobs), sum(one.on_front for one in plan.jobs)
    taken: dict[str, int] = {}
    for one in plan.jobs:
        for reason, count in one.passed_over.items():
            taken[reason] = taken.get(reason, 0) + count
    reasons = sorted(taken.items(), key=lambda item: (-item[1], item[0]))[:NAMED]
    told = f"{whole:,} configurations of all jobs, {kept:,} on their fronts"
    out = ", ".join(f"{shorten(reason, 60)} {count:,}" for reason, count in reasons)
    return f"{told}; taken out by rules of the portfolio: {out}" if out else told


def note_of(plan: PortfolioPlan) -> str:
    """What the proof is about."""
    note = shorten(plan.proof.note, LONGEST).rstrip(".")
    return f"{capital(note)}." if note else ""
