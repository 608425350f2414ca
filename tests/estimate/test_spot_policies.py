"""Simulated policies: against the closed form of DOMAIN 5.1, moments of the lives, and what a safety net promises."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.rows import Floats
from planner.estimate import spot, spot_market
from planner.estimate.spot_market import Draws, Market, phases
from planner.estimate.spot_policies import Jobs, Runs, simulate
from planner.scenario.spot_policy import SpotPolicyName

MINUTE = 1.0 / 60.0


def jobs(**hours: float) -> Jobs:
    """One job, that of T-5.2, with some of its figures changed."""
    usual = {"work": 10.0, "interval": 0.5, "save": MINUTE, "restart": 5 * MINUTE, "on_demand_start": 0.2}
    usual |= {"deadline": np.inf, "move": 0.0, "notice": 0.0}
    return Jobs(**{name: np.array([[value]]) for name, value in (usual | hours).items()})


def market(
    rate: float, wait: float, *, samples: int = 1000, places: int = 1, cvs: tuple[float, float] = (2.1, 1.8)
) -> Market:
    """Places that are alike, with rates and waits that are known."""
    draws = Draws(1, samples, places, *cvs)
    one = np.ones((places, 1))
    return Market(draws, rate * one, wait * one, one, levels=False)


def run(policy: SpotPolicyName, at: Market, **hours: float) -> Runs:
    return simulate(jobs(**hours), at, policy)


@pytest.mark.parametrize("cv", [1.0, 1.8, 2.1, 4.1])
def test_phases_have_the_mean_and_variation_asked_for(cv: float) -> None:
    p, fast, slow = phases(3.0, cv)
    mean = p / fast + (1 - p) / slow
    second = 2 * p / fast**2 + 2 * (1 - p) / slow**2
    assert mean == pytest.approx(3.0)
    assert np.sqrt(second - mean**2) / mean == pytest.approx(cv)
    assert p / fast == pytest.approx((1 - p) / slow)  # balanced means


def test_drawn_lives_have_these_moments_and_the_first_is_a_residual_one() -> None:
    unit = Draws(3, 40_000, 1).block(0)[0]
    later = unit[:, 2::2]
    assert later.mean() == pytest.approx(1.0, rel=0.01)
    assert later.std() / later.mean() == pytest.approx(2.1, rel=0.02)
    assert unit[:, 1::2].std() == pytest.approx(1.8, rel=0.02)
    # Mean residual life of a stationary renewal process: (1 + CV^2)/2 of the mean.
    assert unit[:, 0].mean() == pytest.approx((1 + 2.1**2) / 2, rel=0.03)


@pytest.mark.parametrize(
    ("work", "interval", "rate", "restart", "wait"),
    [(10.0, 0.5, 0.1, 5 * MINUTE, 10 * MINUTE), (7.3, 0.5, 0.6, 0.3, 1.0), (3.0, 5.0, 0.4, 0.1, 2.0)],
    ids=["T-5.2", "last piece shorter", "no checkpoint"],
)
def test_exponential_lives_give_the_closed_form(
    work: float, interval: float, rate: float, restart: float, wait: float
) -> None:
    found = run(
        "spot_only", market(rate, wait, samples=20_000, cvs=(1.0, 1.0)), work=work, interval=interval, restart=restart
    )
    pieces = [interval] * int(work / interval) + ([work % interval] if work % interval > 1e-9 else [])
    sizes = (np.array(pieces), np.array(pieces), np.array(MINUTE), np.array(restart), np.array(rate))
    # The formula counts a restart before every piece that is begun again, so pieces of other lengths simply add up.
    billed = float(spot.expected_billed_hours(*sizes).sum())
    noise = 4.0 * found.spot.std() / np.sqrt(found.spot.size)
    assert found.spot.mean() == pytest.approx(billed, abs=noise)
    assert found.wall.mean() == pytest.approx(billed * (1 + rate * wait), rel=0.03)
    assert found.spot_sessions.mean() == pytest.approx(rate * billed, rel=0.03)


@settings(deadline=None, max_examples=30)
@given(
    st.floats(0.5, 40.0), st.floats(0.05, 3.0), st.floats(0.05, 5.0), st.floats(0.001, 0.2), st.floats(0.0, 4.0),
    st.sampled_from([0.1, 0.5, 2.0, 100.0]), st.sampled_from(["fallback", "uniform_progress"]),
)  # fmt: skip
def test_a_deadline_that_can_be_kept_is_kept(
    work: float, rate: float, wait: float, save: float, slack: float, interval: float, policy: SpotPolicyName
) -> None:
    """Whatever happens: the switch for good comes while there is time for it."""
    job = jobs(work=work, interval=interval, save=save)
    deadline = job.on_demand(job.work) + 2.0 * job.switch + slack
    found = simulate(replace(job, deadline=deadline), market(rate, wait, samples=200), policy)
    assert (found.wall <= deadline + 1e-6).all()
    assert (found.spot.sum(axis=0) + found.on_demand <= found.wall + 1e-6).all()
    done = found.spot.sum(axis=0) + found.on_demand
    assert (done >= work - 1e-6).all()


@pytest.mark.parametrize("policy", ["fallback", "uniform_progress"])
def test_a_deadline_that_can_not_be_kept_is_run_on_demand(policy: SpotPolicyName) -> None:
    found = run(policy, market(0.25, 1.0), deadline=9.0)
    assert (found.spot == 0.0).all()
    assert found.wall == pytest.approx(float(jobs().on_demand(np.array([[10.0]]))[0, 0]))


@pytest.mark.parametrize("policy", ["spot_only", "fallback", "uniform_progress", "multi_region"])
def test_without_preemptions_every_policy_stays_on_its_machine(policy: SpotPolicyName) -> None:
    found = run(policy, market(1e-9, 1.0, places=2), deadline=40.0)
    assert found.wall == pytest.approx(10.0 + 20 * MINUTE)
    assert (found.on_demand == 0.0).all()
    assert (found.moves == 0.0).all()


def test_slack_is_gone_before_the_first_checkpoint_or_never() -> None:
    """By hand: machine lost never, slack for half a piece; the work done so far is saved and goes along."""
    need = 10.0 + 20 * MINUTE + 0.2
    deadline = need + 2 * (MINUTE + 0.2) + 0.25
    found = run("fallback", market(1e-9, 1.0), deadline=deadline)
    assert found.spot[0] == pytest.approx(0.25 + MINUTE)
    assert found.on_demand == pytest.approx(0.2 + 9.75 + 20 * MINUTE)


def test_more_slack_means_less_on_demand_and_several_places_less_waiting() -> None:
    at = market(0.5, 2.0, places=3)
    shares = [run("fallback", at, deadline=d).on_demand.mean() for d in (12.0, 16.0, 24.0, 48.0)]
    assert shares == sorted(shares, reverse=True)
    one, several = (run(p, at) for p in ("spot_only", "multi_region"))
    assert several.wall.mean() < 0.7 * one.wall.mean()
    assert several.moves.mean() > 0
    # What arrives somewhere has left somewhere else; the first place is where all of it begins.
    ends_elsewhere = several.last_place > 0
    assert ((several.moves.sum(axis=0) > 0) >= ends_elsewhere).all()
    assert (several.moves[0] >= ends_elsewhere).all()
    assert (several.moves.sum(axis=0) <= several.spot_sessions).all()


def test_uniform_progress_idles_where_it_is_ahead() -> None:
    """With much slack, less on demand than a run that is on demand whenever there is no spot machine; by the deadline
    it has kept its pace at every switch."""
    at = market(0.3, 1.0)
    found = run("uniform_progress", at, deadline=30.0)
    busy: Floats = found.spot[0] + found.on_demand
    assert (found.wall - busy).max() > 1.0
    assert (found.wall <= 30.0).all()
    assert 0.0 < found.on_demand.mean() < run("uniform_progress", at, deadline=13.0).on_demand.mean()


def test_a_warning_that_a_checkpoint_fits_in_saves_work() -> None:
    at = market(1.0, 1.0, samples=4000)
    plain, warned, too_short = (run("spot_only", at, notice=n) for n in (0.0, 2 * MINUTE, 0.5 * MINUTE))
    assert warned.spot.mean() < 0.95 * plain.spot.mean()
    assert (too_short.spot == plain.spot).all()


def test_the_same_seed_gives_the_same_runs() -> None:
    first, again = (run("multi_region", market(0.5, 1.0, places=2)) for _ in range(2))
    assert first.wall.tobytes() == again.wall.tobytes()


def test_places_elsewhere_are_down_as_often_as_their_means_say() -> None:
    at = market(0.5, 2.0, samples=20_000, places=2)
    config, sample = np.zeros(20_000, int), np.arange(20_000)
    for hour in (0.0, 5.0):
        begins, _ = at.next_up(1, config, sample, np.full(20_000, hour))
        assert (begins == hour).mean() == pytest.approx(0.5, abs=0.015)
    assert (at.next_up(0, config, sample, np.zeros(20_000))[0] == 0.0).all()


def test_a_long_run_ends_however_often_its_machine_is_lost() -> None:
    """Some 300 times: over twice what a market is first looked at for."""
    found = run("spot_only", market(1.0, 0.1, samples=60), work=300.0)
    assert found.spot_sessions.min() > 128
    assert np.isfinite(found.wall).all()


def test_what_never_ends_on_spot_alone_is_no_run_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spot_market, "MOST_CHANGES", 16)
    for policy, places in (("spot_only", 1), ("multi_region", 2)):
        found = run(policy, market(1.0, 0.1, samples=60, places=places), work=300.0)  # type: ignore[arg-type]
        assert np.isinf(found.wall).all()
        assert not found.on_demand.any()
        assert not found.ends_on_demand.any()
