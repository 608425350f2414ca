"""What a plan assumed of contracts: commitments, sessions, what is kept on disk and what was sent before."""

import numpy as np

from planner.catalog.rate_plans import FLAT, Monthly
from planner.catalog.rows import Offers
from planner.estimate import cost
from planner.kinds.dataset import Row
from planner.scenario.time_rates import BEST
from planner.units import duration, significant


def contract_rows(offers: Offers) -> list[Row]:
    """Every assumption about contracts that moves a figure."""
    return [*_storage(offers), *_egress(offers), *_commitments(offers), *_rate_plans(offers), *_sessions(offers)]


def _storage(offers: Offers) -> list[Row]:
    terms = offers.terms
    rows: list[Row] = [
        (
            "storage",
            f"weights, data, {terms.checkpoints:g} checkpoint{'' if terms.checkpoints == 1 else 's'} "
            f"and a {cost.IMAGE_GB:g} GB image",
            "E" if terms.checkpoints == cost.KEPT_CHECKPOINTS else "U",
            "while the job runs",
        )
    ]
    if terms.retained_hours:
        rows.append(("storage.retain", duration(terms.retained_hours), "U", "checkpoints on disk after the run"))
    if terms.cached_hours is not None:
        note = "weights and prepared data stayed on disk since the run before; neither is downloaded or prepared"
        rows.append(("storage.cache", duration(terms.cached_hours), "U", note))
    return rows


def _egress(offers: Offers) -> list[Row]:
    sent = offers.terms.egress_sent_gb
    if sent is None:
        return []
    note = "prices per GB and what is given away go by what the account sends in a month"
    return [("storage.sent_this_month", f"{significant(sent)} GB before the job", "U", note)]


def _commitments(offers: Offers) -> list[Row]:
    rows: list[Row] = []
    utilisation = offers.terms.utilisation
    if utilisation is not None and (offers.term != "").any():
        note = "an hour of use costs the committed price over that; it pays where it is above 1 less the discount"
        rows.append(("hardware.commitment", f"{100 * utilisation:.3g} % of the committed hours are used", "U", note))
    if offers.derived_term.any():
        note = "where no list has a committed price (discounts.csv)"
        rows.append(("committed prices", "on demand less the middle of the known discount", "E", note))
    return rows


def _sessions(offers: Offers) -> list[Row]:
    if not offers.terms.splits_long_runs:
        return []
    note = "each queues, starts and loads again; between two a checkpoint is written and read"
    return [("hardware.longest_run", "longer runs are split into sessions", "U", note)]


def _rate_plans(offers: Offers) -> list[Row]:
    """Prices of offers in play that depend on the time, and from when on they are taken."""
    timed = np.unique(np.concatenate([offers.rate, offers.spot_twin_rate]))
    plans = [offers.terms.rates[k] for k in timed.tolist() if k != FLAT]
    if not plans:
        return []
    start = offers.terms.start
    note = "billed hours are taken as one stretch from then on; months are counted for this job alone"
    if start is None:
        given, note = "unknown: the mean over all starts, each as likely as any other", f"{note}; give a start, or best"
    elif start == BEST:
        given = "the best for each offer: the best hour of the week, the first of a month"
        note = f"the run waits for it, and the deadline counts from there; {note}"
    else:
        given = start.strftime("%Y-%m-%d %H:%M UTC")
    rows = [
        ("time rates", plan.words, "C" if isinstance(plan, Monthly) else "U", f"by {plan.source}") for plan in plans
    ]
    return [*rows, ("hardware.start", given, "E" if start is None else "U", note)]
