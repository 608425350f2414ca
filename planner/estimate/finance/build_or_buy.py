"""Build against buy: equal features, weighted factors, and the decision by net present value (MISSION D2, D8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.checks import Numbers, check_at_least, check_flows, check_same_months, check_share
from planner.estimate.finance.present_value import npv_usd

_NOISE: Final = 1e-12
"""Differences between flows this small beside them are 0, and no change of sign."""
_SAME: Final = 1e-9
"""Net present values this near to each other, beside their size, are the same."""


def usd_at_parity(usd: Numbers, parity_share: Numbers) -> Floats:
    """Cost at equal features: cost/parity, what the missing share would cost at the same price per feature [E].

    Args:
        usd: (...) cost of the option as it is.
        parity_share: (...) of the features wanted, those that it has; above 0, at most 1.

    Raises:
        ValueError: a parity of 0, or outside of 0 to 1.
    """
    parity = check_share(parity_share, "feature parity")
    if (parity == 0.0).any():
        message = "a feature parity of 0: the option does nothing that is wanted, so it is no alternative at any price"
        raise ValueError(message)
    return np.asarray(usd / parity)


def weighted_score(scores: Mapping[str, Numbers], weights: Mapping[str, float]) -> Floats:
    """(...) sum w_f s_f/sum w_f over factors; NaN where a score that has weight is unknown.

    Args:
        scores: factor → (...) 0 to 1, best at 1.
        weights: factor → how much it counts, from 0 on; the same factors.

    Raises:
        ValueError: factors that are not the same, scores outside 0 to 1, weights that are negative, unknown or all 0.
    """
    odd = sorted(set(scores) ^ set(weights))
    if odd:
        message = f"factor {odd[0]} has a {'score and no weight' if odd[0] in scores else 'weight and no score'}"
        raise ValueError(message)
    amounts = {name: float(check_at_least(weight, 0.0, f"weight of {name}")) for name, weight in weights.items()}
    whole = sum(amounts.values())
    if not whole > 0.0:
        message = "no factor has a known weight above 0"
        raise ValueError(message)
    total = np.zeros(())
    for name, score in scores.items():
        given = check_share(score, f"score of {name}")
        total = total + (amounts[name] * given if amounts[name] else 0.0)
    return np.asarray(total / whole)


@dataclass(frozen=True, slots=True)
class BuildOrBuy:
    """The decision between two cash flows."""

    choice: str
    """build, buy, or either; empty where it is unknown."""
    reason: str
    saved_usd: float
    """Net present value of building instead of buying."""


def instead_usd(ours_usd: Floats, theirs_usd: Floats) -> Floats:
    """(..., months + 1) flows of the one instead of the other: their difference, float noise in it being 0."""
    instead = np.asarray(ours_usd - theirs_usd)
    return np.where(np.abs(instead) <= _NOISE * (np.abs(ours_usd) + np.abs(theirs_usd)), 0.0, instead)


def decide(build_usd: Floats, buy_usd: Floats, rate_per_month: float) -> BuildOrBuy:
    """Take the larger net present value (Brealey, Myers and Allen, Principles of Corporate Finance, ch. 5).

    Args:
        build_usd: (months + 1,) flows, money in positive; the costs of what is bought at equal features.
        buy_usd: the same months.
        rate_per_month: of discount.

    Raises:
        ValueError: flows of different lengths, of more than one series, or with an infinite one; a rate of -100 %.
    """
    check_same_months({"build": build_usd, "buy": buy_usd})
    build, buy = check_flows(build_usd, "cash flow of building"), check_flows(buy_usd, "cash flow of buying")
    worth_build, worth_buy = float(npv_usd(build, rate_per_month)), float(npv_usd(buy, rate_per_month))
    return BuildOrBuy(*_chosen(worth_build, worth_buy), worth_build - worth_buy)


def _chosen(build: float, buy: float) -> tuple[str, str]:
    unknown = [name for name, worth in (("building", build), ("buying", buy)) if np.isnan(worth)]
    if unknown:
        return "", f"the net present value of {' and of '.join(unknown)} is unknown"
    if abs(build - buy) <= _SAME * max(abs(build), abs(buy)):
        return "either", "both are worth the same"
    better, worse = ("building", "buying") if build > buy else ("buying", "building")
    return better.removesuffix("ing"), f"{better} has the larger net present value than {worse}"
