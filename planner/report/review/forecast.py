"""The section `forecast`: where spend goes, with a band, and which model of forecasts won."""

import re
from typing import Final

from planner.outcome.review import Review
from planner.outcome.review.oddities import ForecastMonth, ModelScore, SpendForecast
from planner.report.data.review_parts import Cell, ReviewSection, Table
from planner.report.names import capital, listed, plural, shorten
from planner.report.review.facts import next_forecast, spent_usd, total_forecast
from planner.report.review.words import (
    band_text,
    cell,
    change_text,
    columns,
    left_text,
    month_text,
    name_of,
    said,
    sentences,
    share,
)
from planner.units import significant, usd

_ETS: Final = re.compile(r"ETS\([AM],(?P<trend>N|A|Ad|M|Md),(?P<season>[NAM])\)")
_TRENDS: Final = {"N": "", "A": "a trend", "Ad": "a damped trend", "M": "a trend", "Md": "a damped trend"}
_NAMES: Final = {"seasonal naive": "the week before (seasonal naive)"}
MONTHS: Final = 4
SERIES: Final = 20


def forecast_section(review: Review) -> ReviewSection:
    """Months to come, by series, and how the models did."""
    known = [one for one in review.forecasts if one.months]
    total = total_forecast(review)
    notes = [f"{series_name(one)}: {said(one.note)}." for one in review.forecasts if one.note]
    if not known:
        why = notes[0] if notes else "There are too few days for one."
        return ReviewSection("forecast", "Where it goes", f"There is no forecast. {why}", says=False)
    tables = [_months(known)]
    if total is not None and total.scores:
        tables.append(_scores(total))
    return ReviewSection(
        "forecast",
        "Where it goes",
        forecast_sentence(review),
        says=True,
        tables=tuple(tables),
        points=tuple(notes[:10]),
    )


def series_name(one: SpendForecast) -> str:
    """`all spend`, `team research`."""
    return f"{shorten(one.dimension, 40)} {name_of(one.value)}" if one.dimension else "all spend"


def forecast_sentence(review: Review) -> str:
    """The next month, its band, and by which model."""
    total, coming = total_forecast(review), next_forecast(review)
    if total is None or coming is None:
        return "Of all spend there is no forecast."
    band = band_text(coming.lo_usd, coming.hi_usd)
    now = spent_usd(review)
    change = f", {change_text(coming.usd, now)} on the month before" if now and review.month_whole else ""
    within = f" ({share(total.level)} band {band})" if band else ""
    return f"{month_text(coming.month)} is forecast at {usd(coming.usd)}{within}{change}. {model_sentence(total)}"


def model_sentence(total: SpendForecast) -> str:
    """Which model won, and by how much it beats the seasonal naive."""
    chosen = next((one for one in total.scores if one.chosen), None)
    name = model_words(total.model)
    if chosen is None or chosen.mase is None:
        return f"It is made by {name}."
    if "naive" in name.lower():
        return f"No model was better on the past than {name}, so it is what is used."
    wape = "" if chosen.wape is None else f", and days are missed by {share(chosen.wape)} of what came (WAPE)"
    return (
        f"Of {plural(len(total.scores), 'model')} tried on the past by rolling origin, {name} did best: its error is "
        f"{share(chosen.mase)} of what repeating the week before would have made (MASE){wape}."
    )


def model_words(name: str) -> str:
    """`ETS(A,Ad,A)` as `exponential smoothing with a damped trend and a weekly pattern`; what is words stays.

    The letters are error, trend and season (Hyndman and Athanasopoulos, Forecasting 3e, 8.4).
    """
    found = _ETS.fullmatch(name)
    if found is None:
        return _NAMES.get(name, shorten(name, 40))
    parts = [_TRENDS[found["trend"]], "" if found["season"] == "N" else "a weekly pattern"]
    return " with ".join(filter(None, ["exponential smoothing", listed(list(filter(None, parts)))]))


def _months(known: list[SpendForecast]) -> Table:
    months = sorted({one.month for each in known for one in each.months})[:MONTHS]
    rows = []
    for each in known[:SERIES]:
        by = {one.month: one for one in each.months}
        rows.append((cell(series_name(each), shorten(each.model, 40)), *(_month(by.get(month)) for month in months)))
    names = [month_text(month) for month in months]
    return Table(
        "forecast-months", "Months to come", columns("Series", *names, numbers=names), tuple(rows),
        note=sentences(
            "A month that has begun is what is spent plus the forecast of its other days. Small print is the band; "
            "bands of teams do not add up to that of the total.", left_text(len(known), SERIES),
        ),
    )  # fmt: skip


def _month(one: ForecastMonth | None) -> Cell:
    return cell("unknown") if one is None else cell(usd(one.usd), band_text(one.lo_usd, one.hi_usd))


def _scores(total: SpendForecast) -> Table:
    rows = tuple(
        (cell(capital(model_words(one.model)), _small(one)), cell(_plain(one.mase)), cell(share(one.wape)),
         cell(share(one.coverage)))
        for one in total.scores
    )  # fmt: skip
    numbers = ("MASE", "WAPE", "Came within the band")
    return Table(
        "forecast-scores", "How the models did on the past",
        columns("Model", *numbers, numbers=numbers), rows,
        note=f"Rolling origin over {total.days_seen:,} days. MASE below 1 is better than the seasonal naive.",
    )  # fmt: skip


def _small(one: ModelScore) -> str:
    """The model's code where words stand for it, and whether it is used."""
    code = shorten(one.model, 40) if _ETS.fullmatch(one.model) else ""
    return ", ".join(filter(None, [code, "used" if one.chosen else ""]))


def _plain(value: float | None) -> str:
    return "unknown" if value is None else significant(value, 2)
