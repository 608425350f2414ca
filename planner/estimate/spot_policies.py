"""Ways to run a job on spot machines against a deadline, simulated (DOMAIN 5.4).

`spot_only` waits for another machine after every preemption. `multi_region` waits in several places at once and takes
the checkpoint along. `fallback` (greedy) stays on spot until the slack is gone and then goes on demand for good.
`uniform_progress` (Wu et al., NSDI 2024) keeps progress at least at t*W/deadline: without a spot machine it goes on
demand where it is behind and idles where it is ahead; it leaves the machine on demand again once it is ahead by twice
the cost of switching, and goes on demand for good when the slack is gone.

The slack is gone when the remaining time is what the remaining work takes on demand, plus twice the cost of switching.
What counts as done is what is saved, so that a job whose deadline can be kept on demand with that margin always is. The
policies know the speed of the job, which the first steps show, and nothing of the future.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.estimate.spot_market import Market
from planner.scenario.spot_policy import ON_DEMAND_TOO, SpotPolicyName

MOST_STEPS: Final = 4096
"""Changes of machine after which a run is taken as one that never ends."""
_SLIVER: Final = 1e-9
"""Hours that are float noise."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """What is to be run; (configurations, samples) arrays of hours."""

    work: Floats
    """Training and evaluation without any saving."""
    interval: Floats
    """Work between checkpoints, on either kind of machine."""
    save: Floats
    """What a checkpoint takes."""
    restart: Floats
    """Start-up and reload on another spot machine; billed, and may be cut short."""
    on_demand_start: Floats
    """From asking for a machine on demand until it works; billed."""
    deadline: Floats
    """Hours until the work is to be done; infinite without a deadline."""
    move: Floats
    """Copying the checkpoint to another place, on top of a restart."""
    notice: Floats
    """Warning before a spot machine is taken away, used for a checkpoint where one fits in; 0 where it is not used."""

    def pick(self, at: tuple[Ints, Ints]) -> "Jobs":
        """One entry per run, as flat arrays."""
        return Jobs(**{f.name: getattr(self, f.name)[at] for f in fields(self)})

    def on_demand(self, left: Floats) -> Floats:
        """Hours from asking for a machine on demand until this much work is done and saved there."""
        pieces = np.ceil(np.maximum(left, 0.0) / self.interval - _SLIVER)
        return self.on_demand_start + left + pieces * self.save

    @property
    def switch(self) -> Floats:
        """Cost of switching: a checkpoint, and a start on demand."""
        return self.save + self.on_demand_start


@dataclass(slots=True)
class Runs:
    """Simulated runs: (configurations, samples) arrays, hours by place with the places first."""

    wall: Floats
    """Hours until the work is done; infinite where it never is."""
    spot: Floats
    """(markets, configurations, samples) hours on spot machines."""
    on_demand: Floats
    spot_sessions: Floats
    """Spot machines started after the first."""
    on_demand_sessions: Floats
    moves: Floats
    """(markets, configurations, samples) times that the checkpoint left a place for another one."""
    ends_on_demand: Bools
    last_place: Ints
    """Place of the last spot machine."""


def simulate(jobs: Jobs, market: Market, policy: SpotPolicyName) -> Runs:
    """Run every job in every sample; all start on a spot machine of the first place, ready to work, at hour 0."""
    return _Simulation(jobs, market, policy).run()


class _Simulation:
    """All runs that are not done yet, step by step; a step is one machine and the wait before it."""

    def __init__(self, jobs: Jobs, market: Market, policy: SpotPolicyName) -> None:
        shape = market.up.shape[1:]
        self.jobs = Jobs(**{f.name: np.broadcast_to(getattr(jobs, f.name), shape) for f in fields(Jobs)})
        self.market = market
        self.places = market.up.shape[0] if policy == "multi_region" else 1
        self.net, self.even = policy in ON_DEMAND_TOO, policy == "uniform_progress"
        self.now, self.saved = np.zeros(shape), np.zeros(shape)
        self.fresh: Bools = np.ones(shape, bool)
        self.runs = Runs(
            wall=np.full(shape, np.inf), spot=np.zeros((market.up.shape[0], *shape)), on_demand=np.zeros(shape),
            spot_sessions=np.zeros(shape), on_demand_sessions=np.zeros(shape),
            moves=np.zeros((market.up.shape[0], *shape)),
            ends_on_demand=np.zeros(shape, bool), last_place=np.zeros(shape, np.int64),
        )  # fmt: skip

    def run(self) -> Runs:
        live = np.nonzero(np.ones(self.now.shape, bool))
        for _ in range(MOST_STEPS):
            if not len(live[0]):
                break
            live = self._step((live[0], live[1]))
        return self.runs

    def _step(self, at: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
        """One machine for every live run; the runs that are still live afterwards."""
        j, now, saved = self.jobs.pick(at), self.now[at], self.saved[at]
        place, begins, ends = self._next_machine(at, now)
        gone = np.full(len(now), np.inf)
        if self.net:
            gone = j.deadline - j.on_demand(j.work - saved) - 2.0 * j.switch
        leaves = gone
        if self.even:
            leaves = np.minimum(gone, np.where(begins > now, saved * j.deadline / j.work, np.inf))
        on_demand = np.maximum(leaves, now) < begins
        # With no slack at hour 0 not even the machine that is there is taken.
        on_demand |= np.isfinite(gone) & (gone <= begins)
        never = ~on_demand & ~np.isfinite(begins)
        done = never
        spot = np.flatnonzero(~on_demand & ~never)
        done[spot] = self._on_spot(_part(at, spot), place[spot], begins[spot], ends[spot], gone[spot])
        rest = np.flatnonzero(on_demand)
        done[rest] = self._on_demand(_part(at, rest), np.maximum(leaves, now)[rest], gone[rest])
        return _part(at, np.flatnonzero(~done))

    def _next_machine(self, at: tuple[Ints, Ints], now: Floats) -> tuple[Ints, Floats, Floats]:
        """Place of the next spot machine, from when on it is to be had, and until when; cheapest place first."""
        best = np.zeros(len(now), np.int64)
        begins, ends = np.full(len(now), np.inf), np.full(len(now), np.inf)
        for place in range(self.places):
            comes, until = self.market.next_up(place, *at, now)
            sooner = comes < begins
            best, begins, ends = (
                np.where(sooner, place, best),
                np.where(sooner, comes, begins),
                np.where(sooner, until, ends),
            )
        return best, begins, ends

    def _on_spot(self, at: tuple[Ints, Ints], place: Ints, begins: Floats, ends: Floats, gone: Floats) -> Bools:
        """Work on a spot machine until the work is done, the machine is lost, or the slack is gone."""
        j, saved, runs = self.jobs.pick(at), self.saved[at], self.runs
        moved = ~self.fresh[at] & (place != runs.last_place[at])
        starts = np.where(self.fresh[at], 0.0, j.restart) + np.where(moved, j.move, 0.0)
        works, left = begins + starts, j.work - saved
        pieces = np.ceil(left / j.interval - _SLIVER)
        whole = works + left + pieces * j.save
        # Saving gives the slack back that working took: it is gone before the first checkpoint, or never.
        out = gone < works + np.minimum(j.interval, left) + j.save - _SLIVER
        done = ~out & (whole <= ends + _SLIVER)
        quits = out & (gone < ends)
        lost = ~done & ~quits

        unsaved = np.where(quits, np.maximum(gone - works, 0.0), 0.0)
        stops = gone + np.where(unsaved > 0.0, j.save, 0.0)
        rescued = quits & (stops <= ends)
        stops = np.minimum(stops, ends)
        until = np.where(done, whole, np.where(quits, stops, ends))
        runs.spot[(place, *at)] += until - begins
        runs.spot_sessions[at] += ~self.fresh[at]
        runs.moves[(runs.last_place[at], *at)] += moved
        runs.last_place[at] = place
        self.fresh[at] = False

        ran = np.maximum(ends - works, 0.0)
        kept = _saved(j, ran, pieces)
        warned = (j.notice >= j.save) & (j.notice > 0.0)
        kept = np.where(warned, np.maximum(kept, _worked(j, np.maximum(ran - j.notice, 0.0), left)), kept)
        kept = np.where(lost, kept, np.where(rescued, np.minimum(unsaved, left), 0.0))
        self.saved[at] += kept
        self.now[at] = until
        runs.wall[_part(at, np.flatnonzero(done))] = whole[done]
        if quits.any():
            self._finish_on_demand(_part(at, np.flatnonzero(quits)), until[quits])
        return np.asarray(done | quits)

    def _on_demand(self, at: tuple[Ints, Ints], begins: Floats, gone: Floats) -> Bools:
        """Work on demand to the end, or (uniform progress) until it is far enough ahead of the deadline's pace."""
        for_good = np.ones(len(begins), bool)
        if self.even:
            j, saved = self.jobs.pick(at), self.saved[at]
            pace, speed = j.work / j.deadline, j.interval / (j.interval + j.save)
            works = begins + j.on_demand_start
            faster = np.maximum(speed - pace, _SLIVER)
            leaves = np.maximum(works, (2.0 * j.switch * pace + works * speed - saved) / faster)
            ahead = np.minimum((leaves - works) * speed, j.work - saved)
            # Leaving costs a start that has to be paid again: only where the slack can bear it.
            for_good = (gone - begins < j.on_demand_start + j.save) | (speed <= pace)
            for_good |= leaves + j.save >= begins + j.on_demand(j.work - saved)
            goes = np.flatnonzero(~for_good)
            back = _part(at, goes)
            self.saved[back] += ahead[goes]
            self.now[back] = (leaves + j.save)[goes]
            self.runs.on_demand[back] += (leaves + j.save - begins)[goes]
            self.runs.on_demand_sessions[back] += 1.0
        stays = np.flatnonzero(for_good)
        self._finish_on_demand(_part(at, stays), begins[stays])
        return for_good

    def _finish_on_demand(self, at: tuple[Ints, Ints], begins: Floats) -> None:
        hours = self.jobs.pick(at).on_demand(self.jobs.work[at] - self.saved[at])
        self.runs.on_demand[at] += hours
        self.runs.on_demand_sessions[at] += 1.0
        self.runs.ends_on_demand[at] = True
        self.runs.wall[at] = begins + hours


def _saved(j: Jobs, ran: Floats, pieces: Floats) -> Floats:
    """Work in the checkpoints that were finished within these hours; the last piece ends the job, and did not."""
    return np.clip(np.floor((ran + _SLIVER) / (j.interval + j.save)), 0.0, np.maximum(pieces - 1.0, 0.0)) * j.interval


def _worked(j: Jobs, ran: Floats, left: Floats) -> Floats:
    """Work done within these hours, saved or not."""
    whole = np.floor(ran / (j.interval + j.save))
    return np.minimum(whole * j.interval + np.minimum(ran - whole * (j.interval + j.save), j.interval), left)


def _part(at: tuple[Ints, Ints], rows: Ints) -> tuple[Ints, Ints]:
    return at[0][rows], at[1][rows]
