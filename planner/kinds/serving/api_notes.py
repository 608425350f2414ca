"""What stands between an API and the traffic, in words: at which turn, by how much, and when a budget ends."""

import math

import numpy as np

from planner.estimate.serving.api_limits import hours_until_spent, needed_limit
from planner.estimate.serving.conversation import first_too_long
from planner.kinds.serving.by_api import LIMITED, OVER_BUDGET, TOO_LONG, ApiRow, talk_turns, usd_by_hour
from planner.kinds.serving.table import Table
from planner.units import share_text, significant, usd


def api_notes(table: Table) -> list[str]:
    """For each API that the traffic is too much for whatever lever is pulled: what would have to be otherwise."""
    told: dict[str, ApiRow] = {}
    able: set[str] = set()
    for row in table.apis:
        name = row.choice.api.id
        if row.reason:
            told.setdefault(name, row)
        else:
            able.add(name)
    notes = [_note(row) for name, row in told.items() if name not in able]
    return [note for note in notes if note]


def _note(row: ApiRow) -> str:
    api, work = row.choice.api, row.work
    if row.reason == TOO_LONG and work.talk is not None:
        turn = float(first_too_long(talk_turns(work), api.max_input_tokens))
        if math.isfinite(turn):
            return (
                f"{api.id}: from turn {turn:.0f} on a conversation is longer than the context of "
                f"{api.max_input_tokens:,.0f} tokens; carry fewer turns, or a summary of them"
            )
    if row.reason == LIMITED:
        least = needed_limit(work.peak_requests_per_s * (1.0 - work.batch_share), work.sent.mean + work.answer.mean)
        return (
            f"{api.id}: the account's limits let {share_text(row.share_within_limits)} of the busiest minute through; "
            f"all of it takes {significant(least.requests_per_minute, 3)} requests and "
            f"{significant(least.tokens_per_minute, 3)} tokens a minute"
        )
    own = row.choice.own
    if row.reason == OVER_BUDGET and own is not None and own.budget_per_day is not None:
        days = usd_by_hour(work, row.cost_usd)
        busiest = days[int(np.argmax(days.sum(axis=1)))]
        hours = hours_until_spent(busiest, own.budget_per_day)
        return (
            f"{api.id}: the busiest day costs {usd(float(busiest.sum()))}; its budget of {usd(own.budget_per_day)} is "
            f"spent after {hours:.1f} hours"
        )
    return ""
