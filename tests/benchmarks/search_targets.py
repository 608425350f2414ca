"""The targets of the search, and what was measured beside each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.benchmarks.search_runs import SAMPLED_RATIO, SAMPLED_SHARE, SHARES, reached_of

TIMES_FASTER: Final = 100.0
SAMPLED_FROM: Final = 1_000_000
SHAPES_PER_S: Final = 2e6
LARGEST: Final = 100_000_000
LARGEST_S: Final = 10.0
LARGEST_MIB: Final = 1536.0


@dataclass(frozen=True, slots=True)
class Target:
    """One target on one space."""

    name: str
    measured: str
    met: bool | None
    """None where it was not measured."""

    def line(self) -> str:
        """As printed."""
        verdict = {True: "met", False: "missed", None: "not measured"}[self.met]
        return f"  {verdict:13} {self.name}: {self.measured}"


def targets(spaces: Sequence[Mapping[str, Any]], speed: Mapping[str, Any] | None) -> Iterable[Target]:
    """Every target that the measurements say something about."""
    for found in spaces:
        yield from _faster(found)
    for found in spaces:
        if found["exact"]["combinations"] >= SAMPLED_FROM:
            yield _sampled(found)
    for found in spaces:
        if found["exact"]["combinations"] >= LARGEST:
            yield from _largest(found)
    for found in spaces:
        if found["proof"] is not None:
            proof = found["proof"]
            told = f"{proof['missing']} points missing, {proof['extra']} too many"
            yield Target(f"{found['space']}: the exact front is that of brute force", told, proof["holds"])
    if speed is not None:
        rate = speed["shapes_per_s"]
        name = f"estimator at {SHAPES_PER_S / 1e6:g} million evaluated shapes per s and core or more"
        yield Target(name, f"{rate / 1e6:.2f} million", rate >= SHAPES_PER_S)


def _faster(found: Mapping[str, Any]) -> Iterable[Target]:
    """The exact search against the time that plain Optuna takes to the first share; a run cut short only bounds it."""
    exact = found["exact"]["search_s"]
    for rival, runs in found["rivals"].items():
        if not rival.startswith("Optuna"):
            continue
        name = f"{found['space']}: exact x {TIMES_FASTER:g} faster than {rival} reaches {SHARES[0]:.0%}"
        seconds = reached_of(runs, SHARES[0], "seconds")
        known = sorted(value for value in seconds if value is not None)
        middle = len(seconds) // 2
        if middle < len(known):
            times = known[middle] / exact
            yield Target(name, f"x {times:,.1f} ({known[middle]:.2f} s against {exact:.3f} s)", times >= TIMES_FASTER)
        else:
            times, best = found["seconds"] / exact, max(run["ratio"] for run in runs)
            late = f"{len(seconds) - len(known)} of {len(seconds)} runs not there in {found['seconds']:g} s"
            told = f"{late} (best run: {best:.2%}), so x {times:,.1f} or more"
            yield Target(name, told, True if times >= TIMES_FASTER else None)


def _sampled(found: Mapping[str, Any]) -> Target:
    """The cheapest number of evaluations of which the worst seed is good enough."""
    name = (
        f"{found['space']}: sampled + polish at {SAMPLED_RATIO:.1%} of exact with {SAMPLED_SHARE:.0%} of the"
        f" evaluations or fewer"
    )
    runs = [run for run in found["sampled"] if "ratio" in run]
    if not runs:
        reason = found["sampled"][0]["not_available"] if found["sampled"] else "not asked for"
        return Target(name, reason, None)
    groups: dict[int, list[Mapping[str, Any]]] = {}
    for run in runs:
        groups.setdefault(run["asked"], []).append(run)
    worst = [(min(r["ratio"] for r in same), max(r["share"] for r in same)) for same in groups.values()]
    within = [(ratio, share) for ratio, share in worst if share <= SAMPLED_SHARE]
    good = [(ratio, share) for ratio, share in within if ratio >= SAMPLED_RATIO]
    ratio, share = good[0] if good else max(within or worst)
    return Target(name, f"{ratio:.2%} with {share:.3%} of the evaluations (worst seed)", bool(good))


def _largest(found: Mapping[str, Any]) -> Iterable[Target]:
    exact = found["exact"]
    seconds = exact["search_s"] + exact["prepare_s"]
    name = f"{found['space']}: {exact['combinations']:,} combinations"
    yield Target(f"{name} in under {LARGEST_S:g} s", f"{seconds:.1f} s", seconds < LARGEST_S)
    told = f"{exact['peak_mib']:,.0f} MiB at the peak of its process"
    yield Target(f"{name} in under {LARGEST_MIB / 1024:g} GiB", told, exact["peak_mib"] < LARGEST_MIB)
