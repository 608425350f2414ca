"""What a larger scale costs, by fixed, linear and sub-linear parts; the exponent given, or fitted to a history."""

from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.errors import InputError
from planner.estimate.finance.scale import PowerLaw, cost_at_scale_usd, fit_power_law, learning_exponent
from planner.kinds.business_case.figures import figure
from planner.kinds.business_case.gathering import Gathering, Spot
from planner.kinds.business_case.spread import Unit
from planner.outcome.business_case import Banded, ScalePoint, ScaleResult
from planner.scenario.case_options import ScalePart
from planner.units import share_text, significant

_INPUTS: Final[tuple[tuple[str, str, Unit], ...]] = (
    ("fixed_per_month", "fixed part, each month", "usd/month"),
    ("per_unit", "for each unit", "usd/unit"),
    ("scaled", "coefficient of the sub-linear part", "usd/month"),
    ("today", "volume of a month today", "count"),
)
History = tuple[tuple[float, float], ...]


def scale_result(part: ScalePart, number: int, history: History | None, gathering: Gathering) -> ScaleResult:
    """The cost of a month at each multiple of today's volume.

    Raises:
        InputError: a history that no exponent can be fitted to.
    """
    spot = Spot((), "", "").item("scale", number, part.name, f"scale {part.name}")
    for name, words, unit in _INPUTS:
        if name in part.model_fields_set:
            gathering.number(getattr(part, name), spot.of(name), words, unit)
    fitted = None
    exponent, coefficient = part.exponent, part.scaled
    if part.history is not None:
        fitted, apart = _fitted(part, spot.key, history or ())
        exponent, coefficient = fitted.exponent, fitted.coefficient_usd
    elif exponent is not None:
        gathering.number(exponent, spot.of("exponent"), "exponent of the sub-linear part", "count")
    elif part.progress_ratio is not None:
        gathering.number(part.progress_ratio, spot.of("progress_ratio"),
                         "what a doubling leaves of the cost of a unit", "share")  # fmt: skip
        exponent = 1.0 - float(learning_exponent(part.progress_ratio))
    volumes = part.today * np.array(part.at)
    middle = _cost(part, volumes, coefficient, exponent)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # of volumes that are next to nothing
        by_unit = middle / volumes
    bands: list[Floats] = []
    if fitted is not None:
        # Lines of other slopes go through the middle of the history: there the fit is surest.
        for other in (fitted.exponent_low, fitted.exponent_high):
            turned = coefficient * np.exp(apart * (fitted.exponent - other))
            bands.append(part.fixed_per_month + part.per_unit * volumes + turned * volumes**other)
        if fitted.exponent_high >= 1.0 and fitted.exponent < 1.0:
            gathering.warn(f"{spot.words}: the history does not tell whether a larger scale is cheaper by the unit: "
                           f"90 % of the exponent reaches {significant(fitted.exponent_high)}")  # fmt: skip
    return ScaleResult(
        name=part.name,
        option=part.option or "",
        exponent=exponent,
        exponent_lo=None if fitted is None else fitted.exponent_low,
        exponent_hi=None if fitted is None else fitted.exponent_high,
        fixed_usd_per_month=part.fixed_per_month,
        linear_usd_per_unit=part.per_unit,
        coefficient_usd=coefficient,
        fitted_points=0 if fitted is None else fitted.points,
        points=[
            ScalePoint(
                times=times, volume=float(volumes[k]), usd_per_month=_banded(middle[k], [band[k] for band in bands]),
                usd_per_unit=figure(by_unit[k]),
                fixed_share=figure(part.fixed_per_month / middle[k]) if middle[k] > 0.0 else None,
            )
            for k, times in enumerate(part.at)
        ],
        text=_text(part, coefficient, exponent, fitted),
    )  # fmt: skip


def _cost(part: ScalePart, volumes: Floats, coefficient: float, exponent: float | None) -> Floats:
    return cost_at_scale_usd(volumes, part.fixed_per_month, part.per_unit, coefficient, exponent or 1.0)


def _fitted(part: ScalePart, key: str, history: History) -> tuple[PowerLaw, float]:
    """The law of what is left over the fixed and linear parts, and the mean logarithm of the volumes."""
    volumes = np.array([volume for volume, _ in history], np.float64)
    cost = np.array([usd for _, usd in history], np.float64) - part.per_unit * volumes
    try:
        law = fit_power_law(volumes, cost, part.fixed_per_month)
    except ValueError as error:
        message = f"{key}.history: {error}"
        raise InputError(message) from error
    if law.exponent <= 0.0:
        message = (
            f"{key}.history: what it cost does not grow with the volume (exponent {significant(law.exponent)}), so "
            "that it says nothing about a larger scale; give a fixed part instead"
        )
        raise InputError(message)
    known = ~(np.isnan(volumes) | np.isnan(cost))
    return law, float(np.log(volumes[known]).mean())


def _banded(middle: float, ends: list[float]) -> Banded:
    if not ends:
        return Banded(value=figure(float(middle)))
    return Banded(value=figure(float(middle)), lo=figure(float(min(ends))), hi=figure(float(max(ends))))


def _text(part: ScalePart, coefficient: float, exponent: float | None, fitted: PowerLaw | None) -> str:
    most = max(part.at)
    today, later = _cost(part, part.today * np.array([1.0, most]), coefficient, exponent).tolist()
    if most == 1.0 or today <= 0.0:
        return "the cost of today's volume"
    text = f"{significant(most)} times the volume costs {significant(later / today)} times as much"
    if part.progress_ratio is not None:
        left = share_text(part.progress_ratio, 0)
        return f"{text}; each doubling leaves {left} of the cost of a unit, fixed and linear parts aside"
    if fitted is None:
        return text
    ratio = significant(fitted.progress_ratio)
    return f"{text}; each doubling costs {ratio} times as much, fixed and linear parts aside"
