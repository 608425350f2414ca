"""Deadline policies for the spot configurations of a plan: simulated, compared, and one recommended for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.estimate import bands
from planner.estimate.cost import billed_hours, egress_usd, stored_gb
from planner.estimate.rate_plans import month_usd, share_of_price
from planner.estimate.spot_market import Draws, Market
from planner.estimate.spot_policies import Jobs, Runs, simulate
from planner.estimate.spot_spread import RATE_CV
from planner.estimate.training import MARGIN, OK
from planner.kinds.evaluate import Picked, pick_points, placed
from planner.kinds.problem import Archive, Problem
from planner.kinds.spot_recommending import USUAL_CONFIDENCE, Told, recommended
from planner.outcome import Configuration, SpotPolicy
from planner.scenario.fine_tune import FineTune
from planner.scenario.spot_policy import ON_DEMAND_TOO, POLICIES, SpotPolicyName
from planner.units import HOURS_PER_MONTH

MOST: Final = 20
"""Configurations that are simulated."""
SAMPLES: Final = 500
PLACES: Final = 4
"""Places that multi_region watches at most."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One configuration: which offers its policies may use."""

    configuration: Configuration
    places: tuple[int, ...]
    """Rows among the picked: its own spot offer first, then others of the same shape, cheapest first."""
    twin: int
    """Row of the same machine on demand; -1 where there is none in play."""


def spot_policies(
    problem: Problem, scenario: FineTune, rows: Ints, front: Sequence[Configuration], decided: Sequence[int]
) -> list[SpotPolicy]:
    """Policies of the spot configurations that matter: decisions first, then points spread over the front.

    `rows` and `front` go together, `decided` are places in them. Nothing without a deadline, unless the scenario names
    policies.
    """
    limit = next((limit for limit in problem.limits if limit.name == "constraints.deadline"), None)
    named = scenario.hardware.spot_policies
    if named is None and limit is None:
        return []
    wanted = [p for p in POLICIES if (named is None or p in named) and (limit is not None or p not in ON_DEMAND_TOO)]
    chosen = _that_matter(front, decided)
    if not chosen or not wanted:
        return []
    picked, cases = _cases(problem, rows[chosen], [front[k] for k in chosen], elsewhere="multi_region" in wanted)
    if not cases:
        return []
    deadline = limit.value if limit is not None else np.inf
    own = limit.confidence if limit is not None else None
    confidence = own or scenario.constraints.confidence or USUAL_CONFIDENCE
    study = _Study(problem, picked, cases, deadline, scenario.search.seed)
    found = [study.policy(policy) for policy in wanted]
    return [
        row
        for case in range(len(cases))
        for row in recommended(list(filter(None, (each[case] for each in found))), confidence, deadline)
    ]


def _that_matter(front: Sequence[Configuration], decided: Sequence[int]) -> list[int]:
    """Spot configurations with a known cost and time: decisions, then others evenly over the front."""
    spot = [k for k, c in enumerate(front) if c.offer.tier == "spot" and c.cost_usd is not None and c.hours is not None]
    first = [k for k in dict.fromkeys(decided) if k in spot][:MOST]
    rest = [k for k in spot if k not in first]
    spread = np.unique(np.linspace(0, len(rest) - 1, min(MOST - len(first), len(rest))).astype(int)).tolist()
    return [*first, *(rest[k] for k in spread)]


def _cases(
    problem: Problem, rows: Ints, configurations: Sequence[Configuration], *, elsewhere: bool
) -> tuple[Picked, list[_Case]]:
    """Every configuration with its twin on demand and other places, all estimated at once."""
    place = placed(problem, rows)
    recipe, own = np.divmod(place.combination, problem.offers)
    sets = [_offers_for(problem, int(r), int(o), elsewhere=elsewhere) for r, o in zip(recipe, own, strict=True)]
    which = np.repeat(np.arange(len(rows)), [1 + len(twin) + len(others) for twin, others in sets])
    used = np.concatenate([[o, *twin, *others] for o, (twin, others) in zip(own, sets, strict=True)]).astype(np.int64)
    moved = {path: column[which] for path, column in place.values.items()}
    picked = pick_points(problem, Archive(recipe[which] * problem.offers + used, moved))
    # Runs that are cut into sessions have other starts than those that are simulated.
    runs = np.isin(picked.joined.stop[0], (OK, MARGIN)) & (picked.joined.timing.sessions[0] == 1.0)
    cases, row = [], 0
    for configuration, (twin, others) in zip(configurations, sets, strict=True):
        at = row + 1
        on_demand = at if twin and runs[at] else -1
        at += len(twin)
        places = [row, *(k for k in range(at, at + len(others)) if runs[k])][:PLACES]
        if runs[row]:
            cases.append(_Case(configuration, tuple(places), on_demand))
        row = at + len(others)
    return picked, cases


def _offers_for(problem: Problem, recipe: int, own: int, *, elsewhere: bool) -> tuple[list[int], list[int]]:
    """The same machine on demand, and spot machines of the same shape elsewhere, one for each region of a provider."""
    market = problem.space.market
    offers, rules = market.offers, problem.space.rules
    alike = market.shape_of_offer == market.shape_of_offer[own]
    if rules is not None:
        there = np.flatnonzero(alike)
        recipes = problem.space.recipes.take(np.array([recipe]))
        alike[there] = rules.keeps(recipes, np.zeros(len(there), np.int64), there)
    provider, region = offers.provider, offers.region
    here = (provider == provider[own]) & (region == region[own])
    same = (offers.instance == offers.instance[own]) & (offers.service == offers.service[own])
    twin = np.flatnonzero(alike & here & same & (offers.tier == "on_demand"))[:1].tolist()
    if not elsewhere:
        return twin, []
    away = np.flatnonzero(alike & ~here & offers.spot & np.isfinite(offers.price_usd_per_hour))
    away = away[np.lexsort((away, offers.price_usd_per_hour[away]))]
    first: dict[tuple[int, str], int] = {}
    for o in away.tolist():
        first.setdefault((int(provider[o]), str(region[o])), o)
    return twin, list(first.values())[: 2 * PLACES]


class _Study:
    """All configurations, simulated with the same random numbers.

    Speed, tokens, overheads and the level of the preemption rate vary from run to run as their spreads say; the price
    moves costs alone, by its own spread. Where an offer's price depends on the time of the week, an hour there costs
    what it does on the average of a run that is whole on that offer, whatever part of it a policy leaves there. Where
    it falls with the use of a month, that of the hours on demand counts.
    """

    def __init__(self, problem: Problem, picked: Picked, cases: Sequence[_Case], deadline: float, seed: int) -> None:
        self.problem, self.picked, self.cases, self.deadline, self.seed = problem, picked, cases, deadline, seed
        self.draws = Draws(seed, SAMPLES, 1)
        self.markets: dict[bytes, Market] = {}
        joined = picked.joined
        self.own = np.array([case.places[0] for case in cases])
        shaped = picked.block.shaped.columns
        self.columns = shaped.at(picked.recipe, picked.pair - picked.recipe * shaped.verdict.shape[1])
        sd = bands.combined(joined.speed_sd, joined.tokens_sd)
        self.slower = np.exp(self._of(np.broadcast_to(sd, joined.hours.shape), self.own) * self.draws.normal(0))
        self.longer = np.exp(bands.OVERHEAD_SD * self.draws.normal(1))[None]
        price = np.array([bands.PRICE_SD[str(joined.offers.confidence[k])] for k in self.own])
        self.dearer = np.exp(price[:, None] * self.draws.normal(2))
        self.hourly_usd = joined.offers.price_usd_per_hour * share_of_price(joined.billed_hours, joined.offers)[0]

    def _of(self, column: Floats, rows: Ints) -> Floats:
        """(…, cases, 1) a figure of some of the picked."""
        return np.asarray(np.broadcast_to(column, self.picked.joined.hours.shape)[0, rows])[..., None]

    def _part(self, rows: Ints, *names: str) -> Floats:
        """(cases, 1) hours of these parts together."""
        hours = self.picked.joined.timing.hours
        return np.asarray(np.sum([self._of(getattr(hours, name), rows) for name in names], axis=0))

    def policy(self, policy: SpotPolicyName) -> list[Told | None]:
        """The policy of every configuration that can have it."""
        able = [
            k
            for k, case in enumerate(self.cases)
            if (policy not in ON_DEMAND_TOO or case.twin >= 0) and (policy != "multi_region" or len(case.places) > 1)
        ]
        told: list[Told | None] = [None] * len(self.cases)
        for size in sorted({self._size(policy, k) for k in able}):
            some = np.array([k for k in able if self._size(policy, k) == size])
            for k, one in zip(some.tolist(), self._simulated(policy, some, size), strict=True):
                told[k] = one
        return told

    def _size(self, policy: SpotPolicyName, k: int) -> int:
        return len(self.cases[k].places) if policy == "multi_region" else 1

    def _simulated(self, policy: SpotPolicyName, some: Ints, size: int) -> list[Told]:
        """The policy of some configurations that have as many places."""
        joined, offers = self.picked.joined, self.picked.joined.offers
        own, longer = self.own[some], self.longer
        twin = np.array([case.twin if case.twin >= 0 else case.places[0] for case in self.cases])[some]
        places = np.array([self.cases[k].places[:size] for k in some.tolist()]).T
        head = self._part(own, "queue", "boot", "image", "weights", "data", "warmup") * longer
        upload = self._part(own, "upload") * longer
        start = ("boot", "image", "weights", "warmup")
        gigabytes = self._of(self.columns.checkpoint_gb, own)
        jobs = Jobs(
            work=np.maximum(self._part(own, "train", "evaluate"), 1e-6) * self.slower[some],
            interval=self._of(joined.timing.interval_hours, own),
            save=self._of(joined.timing.save_hours, own),
            restart=self._part(own, *start) * longer,
            on_demand_start=self._part(twin, "queue", *start) * longer,
            deadline=np.maximum(self.deadline - head - upload, 1e-6),
            move=gigabytes / offers.weights_gb_per_s[own][:, None] / 3600.0,
            notice=np.zeros((1, 1)),
        )
        runs = simulate(jobs, self._market(places), policy)
        wall = head + runs.wall + upload
        first = head - self._part(own, "queue") * longer
        cost = self._cost(runs, some, places, twin, (first, upload, wall, gigabytes))
        instead = self._all_on_demand(some, twin)
        return [
            self._told(policy, int(k), i, (wall[i], cost[i], *(part[i] for part in instead)), runs)
            for i, k in enumerate(some.tolist())
        ]

    def _all_on_demand(self, some: Ints, twin: Ints) -> tuple[Floats, Floats]:
        """(cases, samples) hours and USD of the same runs on demand all the way; compute goes with the hours.

        NaN where there is no such machine. Checkpoints take what they take in the estimate.
        """
        joined, there = self.picked.joined, np.array([[self.cases[k].twin >= 0] for k in some.tolist()])
        start = ("queue", "boot", "image", "weights", "data", "warmup", "upload")
        wall = self._part(twin, *start) * self.longer + self._part(twin, "train", "evaluate") * self.slower[some]
        wall = wall + self._part(twin, "checkpoints")
        compute = self._of(joined.cost.compute, twin) + self._of(joined.cost.reruns, twin)
        rest = self._of(joined.cost.storage, twin) + self._of(joined.cost.egress, twin)
        usd = compute * (wall / self._of(joined.hours, twin)) * self.dearer[some] + rest
        return np.where(there, wall, np.nan), np.where(there, usd, np.nan)

    def _market(self, places: Ints) -> Market:
        """(places, cases) the machines of these offers, the same ones for every policy."""
        key = places.tobytes()
        if key not in self.markets:
            offers = self.picked.joined.offers
            rate, wait, cv = (
                getattr(offers, name)[places] for name in ("preemption_per_hour", "wait_hours", "preemption_cv")
            )
            draws = Draws(self.seed, SAMPLES, len(places))
            self.markets[key] = Market(draws, rate, wait, np.where(np.isnan(cv), RATE_CV, cv))
        return self.markets[key]

    def _cost(
        self, runs: Runs, some: Ints, places: Ints, twin: Ints, known: tuple[Floats, Floats, Floats, Floats]
    ) -> Floats:
        """(cases, samples) USD as `cost.price_job` has it, with the machine hours of the runs.

        A checkpoint that is moved is sent out of the place that it leaves, at that place's price of egress to the
        internet: traffic between two regions of a provider costs that or less. The result is sent from where it was
        made.
        """
        first, upload, wall, gigabytes = known
        joined, offers, own = self.picked.joined, self.picked.joined.offers, self.own[some]
        price = self.hourly_usd[places][:, :, None]
        last = np.take_along_axis(np.broadcast_to(price, runs.spot.shape), runs.last_place[None], axis=0)[0]
        on_demand = runs.on_demand + np.where(runs.ends_on_demand, upload, 0.0)
        spot = first + runs.spot.sum(axis=0) + np.where(runs.ends_on_demand, 0.0, upload)
        step, least = offers.granularity_s[own][:, None], offers.minimum_s[own][:, None]
        usd = first * price[0] + (runs.spot * price).sum(axis=0) + np.where(runs.ends_on_demand, 0.0, upload * last)
        usd += (billed_hours(spot, step, least, 1.0 + runs.spot_sessions) - spot) * price[0]
        bill = billed_hours(
            on_demand,
            offers.granularity_s[twin][:, None],
            offers.minimum_s[twin][:, None],
            np.maximum(runs.on_demand_sessions, 1.0),
        )
        usd += np.where(runs.on_demand_sessions > 0, month_usd(bill.T, offers.take(twin), self.hourly_usd[twin]).T, 0.0)
        away = np.array([egress_usd(gigabytes.T, offers.take(there)).T for there in places])
        moved = (runs.moves * away).sum(axis=0)
        made = np.broadcast_to(self._of(joined.cost.egress, places), runs.spot.shape)
        made = np.take_along_axis(made, runs.last_place[None], axis=0)[0]
        sent = np.where(runs.ends_on_demand, self._of(joined.cost.egress, twin), made)
        reruns = 1.0 + self._of(joined.expected_reruns, own)
        x = self.columns
        disk = stored_gb(x.tokens_to_prepare, x.weights_gb, x.checkpoint_gb, offers.terms.checkpoints)
        longer = (wall - self._of(joined.hours, own)) / HOURS_PER_MONTH
        storage = self._of(joined.cost.storage, own)
        storage = storage + self._of(disk, own) * offers.storage_usd_per_gb_month[own][:, None] * longer
        compute = usd * self.dearer[some] * reruns
        return np.asarray(compute + storage + sent + moved)

    def _told(
        self, policy: SpotPolicyName, k: int, i: int, known: tuple[Floats, Floats, Floats, Floats], runs: Runs
    ) -> Told:
        """`known` are hours and USD of every sample, then those on demand all the way."""
        wall, cost, instead_hours, instead_usd = known
        case, offers = self.cases[k], self.picked.joined.offers
        on_demand, spot = runs.on_demand[i].sum(), runs.spot[:, i].sum()
        names = [f"{offers.providers[offers.provider[p]]} {offers.region[p]}" for p in case.places]
        endless = float(np.mean(~np.isfinite(wall)))
        row = SpotPolicy(
            id=case.configuration.id,
            policy=policy,
            **_figures("cost_usd", cost),
            **_figures("hours", wall),
            meets_deadline=float(np.mean(wall <= self.deadline)) if np.isfinite(self.deadline) else None,
            on_demand_share=float(on_demand / (on_demand + spot)),
            regions=names if policy == "multi_region" else names[:1],
            on_demand_cost_usd=self._on_demand(self.picked.joined.cost.total, case.twin),
            on_demand_hours=self._on_demand(self.picked.joined.hours, case.twin),
            on_demand_meets_deadline=float(np.mean(instead_hours <= self.deadline))
            if np.isfinite(self.deadline) and np.isfinite(instead_hours).all()
            else None,
            note=f"{100 * endless:.2g} % of the runs never end" if endless else "",
        )
        return Told(row, cost, instead_usd)

    def _on_demand(self, column: Floats, twin: int) -> float | None:
        """A figure of the job on the same machine on demand; None where there is none, or it is unknown."""
        value = float(self._of(column, np.array([twin]))[0, 0]) if twin >= 0 else np.nan
        return value if np.isfinite(value) else None


def _figures(name: str, runs: Floats) -> dict[str, float | None]:
    """Mean, 90 % band and quartiles; None for what is unknown or has no end."""
    values = (np.mean(runs), *np.quantile(runs, (0.05, 0.25, 0.5, 0.75, 0.95), method="inverted_cdf"))
    keys = (name, *(f"{name}_{end}" for end in ("lo", "q25", "q50", "q75", "hi")))
    return {key: float(v) if np.isfinite(v) else None for key, v in zip(keys, values, strict=True)}
