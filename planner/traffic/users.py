"""Users of a log by month."""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from planner.traffic.keyed import Column, different

DAYS: Final = 30


def monthly_users(groups: Iterable[Mapping[str, Column]], first_day: int, days: int) -> tuple[float, bool]:
    """Different users in 30 days, and whether the log has 30 days.

    Mean over the whole spans of 30 days from the first day on; of a shorter log the users seen in it, which is the
    least that a month can have. Columns of a group are `key` of the user and `day`, (n,) each; all days of a user
    are in one group. What lies outside of the `days` from `first_day` on does not count.
    """
    whole = days // DAYS
    users = 0
    for group in groups:
        spans = (group["day"].astype(np.int64) - first_day) // DAYS
        seen = (spans >= 0) & (spans < max(whole, 1))
        users += different(group["key"][seen], spans[seen]).size
    return users / max(whole, 1), whole > 0
