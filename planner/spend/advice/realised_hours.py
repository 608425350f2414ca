"""What came of advice on machines: commitments, spot and idle hours since then against before."""

import datetime
from dataclasses import dataclass

from planner.gpu_metrics import IDLE_BELOW
from planner.spend.advice.own_rates import WAY, card_of
from planner.spend.advice.sampled import HOURS
from planner.spend.advice.since import Outcome, Since
from planner.spend.sums import total
from planner.units import share_text


@dataclass(frozen=True, slots=True)
class _Hours:
    """GPU-hours by way to rent, and what they cost."""

    gpu_hours: dict[str, float]
    usd: dict[str, float]
    list_usd: dict[str, float | None]

    def share(self, way: str) -> float | None:
        """Of all GPU-hours; None where there are none."""
        total = sum(self.gpu_hours.values())
        return self.gpu_hours.get(way, 0.0) / total if total > 0.0 else None


def _hours(since: Since, about: str, window: list[datetime.datetime]) -> _Hours:
    provider, gpu = card_of(about)
    rows = since.store.rows(
        f"SELECT {WAY} AS way, {total('gpu_hours')}, coalesce({total('effective_usd')}, 0), "
        f"CASE WHEN count(list_usd) = count(*) THEN {total('list_usd')} END FROM gpu_hourly "
        "WHERE provider = ? AND gpu = ? AND hour >= ? AND hour < ? AND gpu_hours > 0 GROUP BY way ORDER BY way",
        [provider, gpu, *window],
    )
    return _Hours(*({row[0]: row[place] for row in rows} for place in (1, 2, 3)))


def _on_demand_usd(*periods: _Hours) -> float | None:
    """USD of a GPU-hour on demand in the first of these that has any."""
    for one in periods:
        if one.gpu_hours.get("on_demand", 0.0) > 0.0:
            return one.usd["on_demand"] / one.gpu_hours["on_demand"]
    return None


def reserved(since: Since, about: str) -> Outcome:
    """Committed hours that are new since: their list price less what they cost, and less what was not used."""
    now, then = _hours(since, about, since.window()), _hours(since, about, since.before())
    share, share_before = now.share("committed"), then.share("committed")
    if share is None:
        return Outcome(None, "none of these cards was rented")
    used = now.gpu_hours.get("committed", 0.0)
    text = f"{share_text(share)} of the hours were committed, {_was(share_before)}"
    new = max(share - (share_before or 0.0), 0.0) * sum(now.gpu_hours.values())
    if new <= 0.0:
        return Outcome(0.0, text)
    listed, on_demand = now.list_usd.get("committed"), _on_demand_usd(now, then)
    instead = listed / used if listed is not None else on_demand
    if instead is None:
        return Outcome(None, f"{text}, and nothing says what they cost on demand")
    unused = _unused_usd(since, about) - _unused_usd(since, about, before=True)
    return Outcome(new * (instead - now.usd["committed"] / used) - max(unused, 0.0), text)


def _unused_usd(since: Since, about: str, *, before: bool = False) -> float:
    """What commitments to the card cost while nothing used them, over as many days."""
    provider, gpu = card_of(about)
    span = datetime.timedelta(days=since.days)
    start = since.given - span if before else since.given
    rows = since.store.rows(
        "SELECT coalesce(sum(effective_usd), 0)::DOUBLE FROM cells WHERE provider = ? AND gpu = ? AND day >= ? "
        "AND day < ? AND lower(commitment_status) = 'unused'",
        [provider, gpu, start, start + span],
    )
    return float(rows[0][0])


def on_spot(since: Since, about: str) -> Outcome:
    """Spot hours beyond the share that there was, at the distance of the two prices paid."""
    now, then = _hours(since, about, since.window()), _hours(since, about, since.before())
    share, share_before = now.share("spot"), then.share("spot")
    if share is None:
        return Outcome(None, "none of these cards was rented")
    text = f"{share_text(share)} of the hours were spot, {_was(share_before)}"
    if share_before is None:
        return Outcome(None, text)
    more = (share - share_before) * sum(now.gpu_hours.values())
    on_demand = _on_demand_usd(now, then)
    hours = now.gpu_hours.get("spot", 0.0) or then.gpu_hours.get("spot", 0.0)
    if not hours:
        return Outcome(0.0, text)
    spot = (now if now.gpu_hours.get("spot") else then).usd["spot"] / hours
    return Outcome(None if on_demand is None else more * (on_demand - spot), text)


def idle(since: Since, about: str) -> Outcome:
    """Money in idle hours: its share before less its share since, of what was paid since for sampled hosts."""
    now, then = (_idle(since, about, window) for window in (since.window(), since.before()))
    if now is None or then is None:
        return Outcome(None, "samples do not cover the time before and since")
    (paid, share), (_, share_before) = now, then
    return Outcome(
        (share_before - share) * paid, f"{share_text(share)} of the money went into idle hours, {_was(share_before)}"
    )


def _idle(since: Since, about: str, window: list[datetime.datetime]) -> tuple[float, float] | None:
    """What sampled and billed hours cost, and the share of it that was idle; None without any."""
    provider, gpu = card_of(about)
    paid, wasted = since.store.rows(
        f"{HOURS} SELECT {total('usd')}, {total('usd', 'busy < ?')} FROM billed JOIN sampled USING (host, hour) "
        "WHERE provider = ? AND gpu = ? AND busy IS NOT NULL AND usd IS NOT NULL",
        [*window, *window, IDLE_BELOW, provider, gpu],
    )[0]
    return (paid, (wasted or 0.0) / paid) if paid else None


def _was(share: float | None) -> str:
    return "and nothing is known of before" if share is None else f"{share_text(share)} before"
