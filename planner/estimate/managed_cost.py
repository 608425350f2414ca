"""What a managed fine-tuning service bills: tokens trained, at least its minimum (DESIGN rule 1)."""

from typing import Final

import numpy as np

from planner.catalog.quoted import TuningPrice
from planner.catalog.rows import Floats
from planner.estimate import bands
from planner.estimate.pairs import Workload

STORED_MONTHS: Final = 1.0
"""Months that the tuned model is kept for, where keeping it costs: a service bills at least one [E]."""


def billed_tokens(price: TuningPrice, work: Workload) -> Floats:
    """Tokens that are billed, per recipe: training tokens times epochs, and evaluated ones where they count.

    OpenAI: tokens of the file x epochs; Together: epochs x training + evaluations x validation tokens (their pages, as
    `fine_tuning_prices.csv` names them).
    """
    return work.useful_tokens + (work.evaluation_tokens if price.validation_billed else 0.0)


def charge_usd(price: TuningPrice, tokens: Floats, tokens_sd: float = 0.0, z: float = 0.0) -> Floats:
    """What one run is charged, in USD: max(minimum, tokens * price); NaN where hours are billed, which nobody knows.

    With `z` the quantile of it at so many standard deviations: tokens are off by `tokens_sd` of ln and the price by its
    confidence; the minimum, part of the price, by that alone.
    """
    price_sd = bands.PRICE_SD[price.confidence]
    by_token = tokens * (price.usd_per_mtok / 1e6) * np.exp(z * float(bands.combined(tokens_sd, price_sd)))
    return np.asarray(np.maximum(by_token, _known(price.minimum_usd) * np.exp(z * price_sd)))


def unstated(price: TuningPrice) -> list[str]:
    """Parts of the charge that the price does not state, in words: what is counted without them is the least it can be.

    A service that is known to ask for none has 0 there.
    """
    fees = {"minimum": price.minimum_usd, "storage fee": price.storage_usd_per_month}
    return [word for word, fee in fees.items() if np.isnan(fee)]


def storage_usd(price: TuningPrice) -> float:
    """What keeping the tuned model for its first month costs, in USD; 0 where no such fee is stated (`unstated`)."""
    return STORED_MONTHS * _known(price.storage_usd_per_month)


def job_usd(
    price: TuningPrice, tokens: Floats, expected_reruns: Floats, tokens_sd: float = 0.0, z: float = 0.0
) -> Floats:
    """What a job costs in USD: its charge, the same again for expected re-runs, and the storage; `z` as there."""
    return charge_usd(price, tokens, tokens_sd, z) * (1.0 + expected_reruns) + storage_usd(price)


def _known(fee: float) -> float:
    return 0.0 if np.isnan(fee) else fee
