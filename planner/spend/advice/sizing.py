"""Smaller machines and cheaper cards: what would have held the sampled work, priced for the hours that were billed."""

import datetime
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from planner.catalog.names import resolve_gpus, resolve_provider
from planner.catalog.rows import Catalog
from planner.gpu_metrics import IDLE_BELOW, GpuMetrics, GpuUse, Host, Limits, Option, Present, Spread
from planner.gpu_metrics.right_sizing import right_sizing
from planner.spend.advice.found import Found, Touched
from planner.spend.advice.history import RECENT_DAYS, History
from planner.spend.advice.own_rates import card_key, card_name
from planner.spend.advice.sampled import HOURS, bounds, items_of
from planner.spend.sums import total
from planner.units import HOURS_PER_MONTH, HOURS_PER_WEEK, share_text, usd

FEWEST_DAYS: Final = 14
"""Days that samples must reach over: a week's peak has then been seen twice."""
LEAST_SAMPLED: Final = 0.5
"""Least share of the billed hours, from the first sample to the last, that samples cover."""
MOST_HOSTS: Final = 100
"""Hosts looked at, the dearest first."""
SAME: Final = 1e-9
"""A saving, as a share, that is float noise."""
_QUERY: Final = f"""{HOURS}
SELECT host, max(provider), max(gpu), max(coalesce(gpus, gpu_hours)), max(peak_gib),
    max(memory_gib), max(load) FILTER (busy >= ?), max(busy) FILTER (busy >= ?), count(*), count(busy), {total("usd")},
    min(hour), max(hour), count(*) FILTER (peak_gib IS NULL AND busy IS NOT NULL)
FROM billed LEFT JOIN sampled USING (host, hour)
GROUP BY host HAVING count(usd) = count(*) ORDER BY {total("usd")} DESC, host LIMIT {MOST_HOSTS}"""
_WEEKS: Final = f"""{HOURS}
SELECT host, date_trunc('week', hour) AS week, {total("usd")}, count(*) FROM billed GROUP BY ALL ORDER BY ALL"""


@dataclass(frozen=True, slots=True)
class SampledHost:
    """One host: what of its GPUs was used at most, and what it cost."""

    host: str
    provider: str
    gpu: str
    gpus: int
    peak_gib: float
    """On its fullest card."""
    memory_gib: float
    load: float
    """Highest hourly mean, 0 to 1, of streaming multiprocessors with work, else of kernels."""
    kernel: float
    """The same of kernels: bandwidth in use is no more."""
    billed_hours: int
    sampled_hours: int
    usd: float
    first: datetime.datetime
    last: datetime.datetime


def find(history: History) -> Iterator[Found]:
    """One for each card and what it could become at the same provider, fewer of the same card or others."""
    values = [*bounds(history, RECENT_DAYS), IDLE_BELOW, IDLE_BELOW]
    moves: dict[tuple[str, str, str, str, str], list[tuple[SampledHost, Option]]] = defaultdict(list)
    for row in history.store.rows(_QUERY, values):
        host = _host(row)
        if host is None:
            continue
        for way, option in _options(history.catalog, host):
            moves[way, host.provider, host.gpu, option.gpu, option.instance].append((host, option))
    if not moves:
        return
    weeks: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for name, _, paid, hours in history.store.rows(_WEEKS, bounds(history, RECENT_DAYS)):
        weeks[name].append((paid, hours))
    for (kind, *_), pairs in sorted(moves.items()):
        found = _found(history, "right_size" if kind == "right_size" else "cheaper_card", pairs, weeks)
        if found is not None:
            yield found


def _host(row: tuple[Any, ...]) -> SampledHost | None:
    """The host, where enough of it is known to say what it needs."""
    name, provider, gpu, gpus, peak, memory, load, kernel, billed, sampled, paid, first, last, blind = row
    if gpus is None or peak is None or first is None or blind or not float(gpus) > 0.0:
        return None
    host = SampledHost(
        str(name), str(provider), str(gpu), math.ceil(float(gpus) - 1e-9), float(peak),
        math.nan if memory is None else float(memory), 0.0 if load is None else float(load),
        0.0 if kernel is None else float(kernel), int(billed), int(sampled), float(paid),
        first, last,
    )  # fmt: skip
    long = host.last - host.first >= datetime.timedelta(days=FEWEST_DAYS)
    return host if long and host.sampled_hours >= LEAST_SAMPLED * host.billed_hours else None


def _options(catalog: Catalog, host: SampledHost) -> Iterator[tuple[Literal["right_size", "cheaper_card"], Option]]:
    """The cheapest way with the same card, and with another, at the same provider, where they are cheaper."""
    provider, cards = resolve_provider(catalog, host.provider), resolve_gpus(catalog, host.gpu)
    if provider is None or len(cards) != 1:
        return
    gpu = catalog.gpus[cards[0]]
    present = Present(gpu, 1, host.gpus, host.usd / host.billed_hours, 0.0, 0, host.host)
    name = catalog.providers[provider].id
    sizing = right_sizing(_metrics(host), present, catalog, Limits(), [name])
    same = next((one for one in sizing.options if one.gpu == gpu.id and one.gpus_used < host.gpus), None)
    other = next((one for one in sizing.options if one.gpu != gpu.id), None)
    if same is not None:
        yield "right_size", same
    if other is not None:
        yield "cheaper_card", other


def _metrics(host: SampledHost) -> GpuMetrics:
    """The host as measurements of its GPUs, each as full and as busy as any was: no less than each really needed."""
    unknown, memory = Spread(*[math.nan] * 5), Spread(*[host.peak_gib] * 5)
    busy, active = Spread(*[host.kernel] * 5), Spread(*[host.load] * 5)
    use = GpuUse(
        name=host.host, host=host.host, card=host.gpu, hours=float(host.sampled_hours), gap_share=0.0, kernel=busy,
        sm_active=active, memory_copy=unknown, dram_active=unknown, used_gib=memory, total_gib=host.memory_gib,
        power_w=unknown, energy_kwh=math.nan, idle_hours=math.nan, idle_energy_kwh=math.nan, busy_load=host.load,
        busy_bandwidth=host.kernel, flat=False,
    )  # fmt: skip
    week = np.zeros(HOURS_PER_WEEK, np.int64)
    return GpuMetrics(
        gpus=(use,) * host.gpus, hosts=(Host(host.host, tuple(range(host.gpus)), week, week),), first=host.first,
        last=host.last, step_minutes=60.0, samples=host.sampled_hours, idle_below=IDLE_BELOW,
        idle_by_hour=np.full(HOURS_PER_WEEK, np.nan), overall=use, digest="", assumptions=(), doubts=(), warnings=(),
    )  # fmt: skip


def _found(
    history: History, kind: Literal["right_size", "cheaper_card"], pairs: list[tuple[SampledHost, Option]],
    weeks: dict[str, list[tuple[float, int]]],
) -> Found | None:  # fmt: skip
    hosts, option = [host for host, _ in pairs], pairs[0][1]
    saved = np.array([
        paid - hours * one.usd_per_month / HOURS_PER_MONTH for host, one in pairs for paid, hours in weeks[host.host]
    ])  # fmt: skip
    paid = sum(host.usd for host in hosts)
    if not saved.sum() > SAME * paid:
        return None
    card = card_name((hosts[0].provider, hosts[0].gpu))
    new = f"{option.gpus_per_machine}x {option.gpu} ({option.instance})"
    seen = sum(host.sampled_hours for host in hosts) / sum(host.billed_hours for host in hosts)
    first = history.day(min(host.first for host in hosts))
    return Found(
        kind=kind,
        about=card,
        text=f"Move {', '.join(host.host for host in hosts[:3])}{' and others' if len(hosts) > 3 else ''} to {new}.",
        savings_usd=saved,
        first=first,
        end=history.end,
        steps=(
            f"Run the work of one host on {new} at {option.provider} in {option.region} for a day, beside the old one.",
            "Hold its speed and peak memory against the samples, then move the others.",
        ),
        risk=(
            f"The fullest card held {max(host.peak_gib for host in hosts):.1f} GiB in the samples; what happened "
            "between them, or comes later, may need more. Work may take longer on another card."
        ),
        basis=(
            f"{len(hosts)} host{'s' if len(hosts) > 1 else ''} sampled from {first} on, "
            f"{share_text(seen)} of the billed hours: peak memory with 10 % to spare and the highest hourly load, "
            f"{share_text(max(host.load for host in hosts))}, on at most 80 % of the new card. {usd(paid)} was paid; "
            f"held against it are the same hours at {usd(option.usd_per_month / HOURS_PER_MONTH)}."
        ),
        touched=Touched(
            items_of(history, [host.host for host in hosts]),
            frozenset(card_key((host.provider, host.gpu)) for host in hosts),
        ),
    )
