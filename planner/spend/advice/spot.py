"""Spot machines: past runs on demand, priced as they would have been on machines that can be taken away (DOMAIN 5)."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.card_names import card_text
from planner.catalog.names import resolve_gpus, resolve_provider
from planner.catalog.preemption import WAIT_HOURS
from planner.catalog.rows import Catalog, Floats, Offers
from planner.estimate.spot import (
    PRIOR_RATE_HOURS,
    PRIOR_SHAPE,
    best_interval_hours,
    expected_billed_hours,
    expected_wall_hours,
)
from planner.scenario.hardware import Hardware
from planner.space.offers import open_market
from planner.spend.advice.found import TRUSTS, Found, Trust
from planner.spend.advice.history import LONGEST_DAYS, RECENT_DAYS, History
from planner.spend.advice.own_rates import Card, Rate, card_name, card_words, own_rates
from planner.spend.advice.past_runs import PastRun, looked_at_from, past_runs, recent, touched
from planner.spend.advice.spread import FEWEST
from planner.units import SECONDS_PER_HOUR, duration, share_text, usd

CHECKPOINT_HOURS: Final = 1.0 / 60.0
RELOAD_HOURS: Final = 5.0 / 60.0
"""Writing a checkpoint, and from a machine that is up to the first step from it (DOMAIN T-5.2) [E]."""
GANG: Final = 0.5
"""Machines that run together are taken away n^0.5 times as often as one (DOMAIN 5.3)."""
CARDS_PER_MACHINE: Final = 8
MUCH: Final = 0.05
"""Share of a saving from which one run is named."""
TRIED_HOURS: Final = 24.0
"""Hours on spot of one's own from which their price and preemptions are a history, not a trial."""


@dataclass(frozen=True, slots=True)
class SpotTerms:
    """What spot machines of a card cost and how often they go."""

    usd_per_gpu_hour: float
    preemption_per_hour: float
    wait_hours: float
    restart_hours: float
    says: str
    at_most: Trust


@dataclass(frozen=True, slots=True)
class OnSpot:
    """A past run as it would have been."""

    billed_hours: float
    wall_hours: float
    cost_usd: float


def on_spot(hours: float, gpus: float, terms: SpotTerms) -> OnSpot:
    """Expected bill and wall clock of this work on spot, with the best interval of checkpoints (DOMAIN 5.1)."""
    rate = np.array(terms.preemption_per_hour * max(math.ceil(gpus / CARDS_PER_MACHINE), 1) ** GANG)
    save = np.array(CHECKPOINT_HOURS)
    interval = best_interval_hours(rate, save)
    billed = expected_billed_hours(np.array(hours), interval, save, np.array(terms.restart_hours), rate)
    wall = expected_wall_hours(billed, rate, terms.wait_hours)
    return OnSpot(float(billed), float(wall), float(billed) * gpus * terms.usd_per_gpu_hour)


def find(history: History) -> Iterator[Found]:
    """One for each provider and card whose runs on demand would have cost less on spot."""
    runs = past_runs(history, LONGEST_DAYS)
    rates = own_rates(history, LONGEST_DAYS)
    groups: dict[Card, list[PastRun]] = defaultdict(list)
    for run in runs:
        known = math.isfinite(run.cost_usd) and run.gpu_count > 0.0
        if run.tier == "on_demand" and run.finished and known and run.gpu:
            groups[run.provider, run.gpu].append(run)
    for card, mine in sorted(groups.items()):
        taken = [run for run in runs if run.tier == "spot" and run.status and (run.provider, run.gpu) == card]
        by_region = {run.region: run for run in mine}
        terms = {region: spot_terms(history, card, region, taken, rates) for region in by_region}
        priced = [(run, terms_) for run in mine if (terms_ := terms[run.region]) is not None]
        if not priced or not recent(history, mine, RECENT_DAYS):
            continue
        spot = [on_spot(run.hours, run.gpu_count, one) for run, one in priced]
        saved = np.array([run.cost_usd - one.cost_usd for (run, _), one in zip(priced, spot, strict=True)])
        if saved.sum() > 0.0:
            yield _found(history, card, [run for run, _ in priced], [one for _, one in priced], spot, saved)


def spot_terms(
    history: History, card: Card, region: str, own_runs: Sequence[PastRun], rates: Mapping[tuple[str, str, str], Rate]
) -> SpotTerms | None:
    """What is known of a card's spot machines: the bill's own price, else the catalog's; None where there is none.

    Preemptions are the catalog's prior with the runs of one's own laid on it: Gamma(shape + k, hours + X) (DOMAIN 5.3).
    """
    catalog = history.catalog
    place, cards = resolve_provider(catalog, card[0]), resolve_gpus(catalog, card[1])
    if place is None or len(cards) != 1:
        return None
    provider = catalog.providers[place]
    offers, derived = _spot_offers(catalog, provider.id, catalog.gpus[cards[0]].id)
    here = offers.take(offers.region == region) if (offers.region == region).any() else offers
    own = rates.get((*card, "spot"))
    own = own if own is not None and own.gpu_hours >= TRIED_HOURS else None
    if own is None and not len(here):
        return None
    listed, mean, cv, wait, boot_s, pull_s = (
        tuple(
            float(np.median(column))
            for column in (
                here.price_usd_per_hour / here.gpu_count, here.preemption_per_hour, here.preemption_cv, here.wait_hours,
                here.boot_s, here.image_pull_s,
            )
        )
        if len(here)
        else (math.nan, provider.preemption_per_hour, math.nan, WAIT_HOURS, provider.boot_s, provider.image_pull_s)
    )  # fmt: skip
    shape = cv**-2 if math.isfinite(cv) and cv > 0.0 else PRIOR_SHAPE
    prior = shape / mean if mean > 0.0 else PRIOR_RATE_HOURS
    lost, hours = sum(run.status == "preempted" for run in own_runs), sum(run.hours for run in own_runs)
    source = "the bill's own spot hours" if own else "an average saving, not a list" if derived else "the catalog"
    return SpotTerms(
        usd_per_gpu_hour=own.usd_per_gpu_hour if own else listed,
        preemption_per_hour=(shape + lost) / (prior + hours),
        wait_hours=wait,
        restart_hours=(boot_s + pull_s) / SECONDS_PER_HOUR + RELOAD_HOURS,
        says=f"from {source}",
        at_most="high" if own and hours >= TRIED_HOURS else "low" if derived and not own else "medium",
    )


def _spot_offers(catalog: Catalog, provider: str, gpu: str) -> tuple[Offers, bool]:
    """Spot machines of a card; only where no list has any, those whose price is derived, which the second tells."""
    plain = Hardware(gpus=[gpu], providers=[provider], tiers=["spot"])
    offers = open_market(plain, catalog).offers
    if len(offers):
        return offers, False
    return open_market(plain.model_copy(update={"allow": ["derived_spot", "low_confidence"]}), catalog).offers, True


def _largest(runs: Sequence[PastRun], saved: Floats) -> str:
    """A word on a run that has much of the saving alone: it may not come again."""
    most = int(np.argmax(saved))
    share = float(saved[most] / saved.sum())
    if len(saved) < FEWEST or share < max(MUCH, 2.0 / len(saved)):
        return ""
    return f" One run, {runs[most].run}, has {share_text(share)} of the saving."


def _found(
    history: History, card: Card, runs: list[PastRun], terms: list[SpotTerms], spot: list[OnSpot], saved: Floats
) -> Found:  # fmt: skip
    longer = sum(one.wall_hours - run.hours for run, one in zip(runs, spot, strict=True))
    losses = sum(one.preemption_per_hour * each.billed_hours for one, each in zip(terms, spot, strict=True))
    paid, first = sum(run.cost_usd for run in runs), terms[-1]
    worst = min(terms, key=lambda one: TRUSTS.index(one.at_most)).at_most
    return Found(
        kind="spot",
        about=card_name(card),
        text=f"Run training on {card_words(card)} on spot machines, with checkpoints.",
        savings_usd=saved,
        first=looked_at_from(history, runs),
        end=history.end,
        hours_saved=-float(longer),
        steps=(
            "Write checkpoints to storage that outlives the machine, and resume from them.",
            f"Ask for spot machines of {card_text(card[1])}; go back to on demand where a deadline is near.",
            "Log preemptions with the runs, so that the next review knows their rate.",
        ),
        risk=(
            f"Machines are taken away: {losses:.3g} times in all of these runs, which would have taken "
            f"{duration(max(longer, 0.0))} longer together."
        ),
        basis=(
            f"{len(runs)} runs on demand from {history.day(runs[0].started)} on, {usd(paid)}, priced on their own "
            f"durations with the expectation for preempted work: {usd(first.usd_per_gpu_hour)} a GPU-hour "
            f"{first.says}, {first.preemption_per_hour:.3g} preemptions an hour; {share_text(saved.sum() / paid)} less."
            f"{_largest(runs, saved)}"
        ),
        touched=touched(runs),
        at_most=worst,
    )
