"""Review → ReviewData: all formatting is decided here, nothing is computed in a template."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from planner.errors import InputError
from planner.outcome.review import Review
from planner.report.data.report_data import Headline, Title
from planner.report.data.review import SECTIONS, ReviewData
from planner.report.data.review_charts import ReviewCharts
from planner.report.data.review_parts import ReviewSection
from planner.report.names import clean, shorten
from planner.report.review.advice import advice_section, advice_sentence
from planner.report.review.agenda import agenda_of, agenda_section
from planner.report.review.anomalies import anomaly_section, anomaly_sentence
from planner.report.review.budgets import budget_section, budgets_sentence, bullets_of
from planner.report.review.daily import daily_chart
from planner.report.review.drivers import driver_section, steps_of
from planner.report.review.executive import answer_of, executive_of, key_figures
from planner.report.review.facts import month_of, period_text
from planner.report.review.forecast import forecast_section
from planner.report.review.health import health_section, sums_sentence
from planner.report.review.kpis import kpi_section
from planner.report.review.models import model_bars, model_section
from planner.report.review.plans import plan_section
from planner.report.review.prices import price_section
from planner.report.review.shares import attribution_section
from planner.report.review.totals import months_chart, summary_section, teams_of
from planner.report.review.words import day_text, said
from planner.report.sections.caveats import assumed, warnings_of
from planner.report.sections.details import command_of
from planner.report.sections.title import labels_of, sources_of, title_head
from planner.units import money, significant

_SECTIONS: Final[Mapping[str, Callable[[Review], ReviewSection]]] = {
    "summary": summary_section, "attribution": attribution_section, "budget": budget_section,
    "drivers": driver_section, "anomalies": anomaly_section, "forecast": forecast_section,
    "recommendations": advice_section, "agenda": agenda_section, "kpis": kpi_section, "model": model_section,
    "prices": price_section, "plans": plan_section, "health": health_section,
}  # fmt: skip
CAVEAT: Final = "Costs are effective costs in USD (amortised, net of discounts; FOCUS EffectiveCost)"


def review_data(review: Review, sections: Sequence[str] | None = None) -> ReviewData:
    """All that a report of this review prints: these parts, else those of the scenario, else all with something to say.

    Raises InputError for a part that there is not.
    """
    wanted = tuple(dict.fromkeys(review.sections if sections is None else sections))
    refuse_sections(wanted)
    made = [make(review) for name, make in _SECTIONS.items() if not wanted or name in wanted]
    shown = tuple(one for one in made if wanted or one.says)
    teams = teams_of(review)
    return ReviewData(
        title=_title(review),
        feasible=month_of(review) is not None,
        headline=_headline(review),
        period=period_text(review),
        sections=shown,
        charts=ReviewCharts(
            daily=daily_chart(review, teams), months=months_chart(review, teams), bullets=bullets_of(review),
            steps=steps_of(review), models=model_bars(review),
        ),
        executive=executive_of(review),
        agenda=agenda_of(review),
        assumptions=tuple(map(assumed, review.assumptions)),
        sources=sources_of(review),
        warnings=tuple(dict.fromkeys(warnings_of(review.warnings))),
        labels=labels_of(review),
        money=_money(review),
        basis=f"{CAVEAT}; days are those of {shorten(review.time_zone, 40)}, and nothing from {day_text(review.as_of)} "
              "on counts.",
        command=command_of(review),
        left_out=tuple(name for name in SECTIONS if name not in {one.id for one in shown}),
    )  # fmt: skip


def refuse_sections(names: Sequence[str]) -> None:
    """Raise InputError for parts that no report of a review has, all of them at once."""
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        told = ", ".join(repr(shorten(name, 40)) for name in unknown[:5])
        message = f"unknown section {told}; there is {', '.join(SECTIONS)}"
        raise InputError(message)


def _title(review: Review) -> Title:
    title = title_head(review, [])
    facts = (("Month", period_text(review)), ("Seen from", day_text(review.as_of)), *title.facts)
    return replace(title, facts=facts, as_of=clean(review.as_of))


def _headline(review: Review) -> Headline:
    if month_of(review) is None:
        return Headline(answer_of(review), (said(CAVEAT) + ".",), ())
    details = (
        anomaly_sentence(review),
        budgets_sentence(review) if review.budgets else "",
        advice_sentence(review) if review.advice else "",
        sums_sentence(review.read.sources),
    )
    return Headline(answer_of(review), tuple(filter(None, details)), key_figures(review))


def _money(review: Review) -> str:
    """`In EUR: 65,466 (1 EUR = 1.09 USD on …).`; empty where the scenario names no currency."""
    c, month = review.currency, month_of(review)
    if c is None or month is None:
        return ""
    own = money(month.effective_usd / c.usd_per_unit, clean(c.code))
    rate = f"1 {clean(c.code)} = {significant(c.usd_per_unit, 5)} USD on {clean(c.as_of)}, {shorten(c.source, 60)}"
    return f"In {clean(c.code)} the month cost {own} ({rate})."
