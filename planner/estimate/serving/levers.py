"""What a lever that costs something once gives back, in columns."""

import numpy as np

from planner.catalog.rows import Floats


def payback_months(upfront_usd: Floats, saved_usd_per_month: Floats) -> Floats:
    """Months until the savings have paid what was spent at the start; infinite without a saving, 0 without a cost."""
    months = _over(upfront_usd, saved_usd_per_month, np.inf)
    return np.where(np.isnan(upfront_usd + saved_usd_per_month), np.nan, np.where(upfront_usd <= 0.0, 0.0, months))


def return_on_investment(upfront_usd: Floats, saved_usd_per_month: Floats, months: Floats | float) -> Floats:
    """(savings - cost)/cost over so many months, undiscounted; NaN without a cost."""
    return _over(saved_usd_per_month * months - upfront_usd, upfront_usd, np.nan)


def _over(top: Floats, bottom: Floats, otherwise: float) -> Floats:
    """Ratio where the divisor is above zero."""
    top, bottom = np.broadcast_arrays(np.asarray(top, np.float64), np.asarray(bottom, np.float64))
    ratio: Floats = np.divide(top, bottom, out=np.full(top.shape, otherwise), where=bottom > 0.0)
    return ratio
