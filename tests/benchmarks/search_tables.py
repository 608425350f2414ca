"""What `make bench-search` prints: a table per space, the curve of plain Optuna, the estimator, and the targets."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from tests.benchmarks.search_runs import SHARES, median_of, reached_of


def space_lines(found: Mapping[str, Any]) -> Iterable[str]:
    """One space: the exact search, its proof, and everybody else against it."""
    exact, objectives = found["exact"], ", ".join(found["objectives"])
    yield f"\n{found['space']}: {exact['combinations']:,} combinations ({found['size']}), {objectives}; {found['says']}"
    yield (
        f"  {exact['recipes']:,} recipes x {exact['machines']} machines, {exact['offers']:,} offers;"
        f" front of {exact['front']:,}"
    )
    yield (
        f"  exact: {exact['search_s']:.3f} s and {exact['prepare_s']:.3f} s to prepare, {exact['cpu_s']:.3f} CPU s,"
        f" peak {exact['peak_mib']:,.0f} MiB; evaluated {exact['evaluated']:,}, pruned {exact['pruned']:,}"
    )
    yield f"  {_proof(found['proof'])}"
    first, second = (f"s to {share:.1%}" for share in SHARES)
    yield (
        f"  {'median (least to most)':26} {first:>22} {second:>22} {'in the exact time':>20}"
        f" {'in equal evaluations':>22} {'at the end':>20} {'evaluations':>13} {'own s':>8}"
    )
    yield (
        f"  {'exact':26} {exact['search_s']:22.3f} {exact['search_s']:22.3f} {'100.0%':>20} {'':22} {'100.0%':>20}"
        f" {exact['evaluated']:13,}"
    )
    for line in sampled_lines(found["sampled"]):
        yield f"  {line}"
    for name, runs in found["rivals"].items():
        cells = [_seconds(reached_of(runs, share, "seconds"), found["seconds"]) for share in SHARES]
        shares = [
            _shares(median_of(runs, key))
            for key in ("ratio_at_time_of_exact", "ratio_at_equal_evaluations", "ratio")
        ]  # fmt: skip
        evaluations = median(run["evaluations"] for run in runs)
        own = median(run["seconds"] - run["estimating_s"] for run in runs)
        yield (
            f"  {name:26} {cells[0]:>22} {cells[1]:>22} {shares[0]:>20} {shares[1]:>22} {shares[2]:>20}"
            f" {evaluations:13,.0f} {own:8.2f}"
        )
    yield f"  equal evaluations: {found['equal_evaluations']:,.0f}; own s: seconds without the estimates"
    yield "  with a table every estimate is there before the run starts, and making it is not on the clock"
    for name, runs in found["rivals"].items():
        if name.startswith("Optuna"):
            yield from curve_lines(name, runs)


def _proof(proof: Mapping[str, Any] | None) -> str:
    if proof is None:
        return "exact front not held against brute force"
    told = f"{proof['rows']:,} combinations one by one ({proof['feasible']:,} feasible) in {proof['seconds']:.1f} s"
    if proof["holds"]:
        return f"exact front is that of {told}"
    return f"EXACT FRONT IS WRONG: {proof['missing']} points missing, {proof['extra']} too many, against {told}"


def sampled_lines(runs: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """Our sampled search: what each number of evaluations gave."""
    groups: dict[int, list[Mapping[str, Any]]] = {}
    for run in runs:
        if "not_available" in run:
            yield f"sampled + polish: not available: {run['not_available']}"
            return
        groups.setdefault(run["asked"], []).append(run)
    for asked, same in groups.items():
        figures = {key: median_of([dict(run) for run in same], key) for key in ("seconds", "evaluations", "share")}
        seconds, evaluations, share = (value[0] if value else float("nan") for value in figures.values())
        reached = _shares(median_of([dict(run) for run in same], "ratio"))
        yield (
            f"{f'sampled + polish, {asked:,}':26} reached {reached} in {seconds:.2f} s and {evaluations:,.0f}"
            f" evaluations ({share:.3%} of the space, seeding and polish counted)"
        )


def curve_lines(name: str, runs: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """The whole curve of the first seed, a few marks to a line."""
    points = runs[0]["curve"]
    yield f"  curve of {name}, seed {runs[0]['seed']}: seconds (evaluations) share of the exact hypervolume"
    cells = [f"{p['seconds']:.2f} ({p['evaluations']:,.0f}) {p['ratio']:.2%}" for p in points]
    for start in range(0, len(cells), 5):
        yield "    " + "".join(f"{cell:28}" for cell in cells[start : start + 5]).rstrip()


def _seconds(reached: Sequence[float | None], limit: float) -> str:
    """Median and range of the seconds to a share; a run that did not get there counts as longer than its limit."""
    known = sorted(value for value in reached if value is not None)
    if not known:
        return f"not in {limit:g}"
    told = [*(f"{value:.2f}" for value in known), *["-"] * (len(reached) - len(known))]
    middle = told[len(told) // 2]
    return middle if len(told) == 1 else f"{middle} ({told[0]} to {told[-1]})"


def _shares(found: tuple[float, float, float] | None) -> str:
    if found is None:
        return "-"
    middle, least, most = found
    return f"{middle:.2%}" if least == most else f"{middle:.1%} ({least:.1%} to {most:.1%})"


def speed_lines(found: Mapping[str, Any], spaces: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """The estimator against a loop and against the memory; what whole searches cover, beside it."""
    rate = found["shapes_per_s"]
    yield f"\nestimator on {found['space']}, per second and core; a shape is a pair of recipe and machine"
    rows: list[tuple[str, float, str]] = [
        (
            "evaluated shapes, as the search asks for them", rate,
            f"{found['pairs']:,} at a time, which share the choices of {found['choices']:,}",
        ),
        ("evaluated shapes, recipes drawn by chance", found["shapes_apart_per_s"], "nothing shared"),
        ("combinations joined with their offers, unpruned", found["joined_per_s"], ""),
        ("combinations in a loop, all machines each", found["loop_pick_per_s"], _times(rate, found["loop_pick_per_s"])),
        (
            "combinations in a loop, its machine only", found["loop_one_machine_per_s"],
            _times(rate, found["loop_one_machine_per_s"]),
        ),
        (
            "shapes, if memory bandwidth alone bounded them", found["limit_shapes_per_s"],
            f"{found['triad_gb_per_s']:.1f} GB/s by a triad, {found['bytes_per_shape']:.0f} bytes of columns a shape;"
            f" x {found['times_below_limit']:,.0f} of ours",
        ),
    ]  # fmt: skip
    for words, figure, note in rows:
        yield f"  {words:50} {figure:16,.0f}   {note}".rstrip()
    for one in spaces:
        exact = one["exact"]
        told = f"combinations covered by the search of {one['space']}"
        covered, shapes = exact["combinations"] / exact["cpu_s"], exact["recipes"] * exact["machines"] / exact["cpu_s"]
        yield f"  {told:50} {covered:16,.0f}   {shapes:,.0f} shapes"


def _times(rate: float, loop: float) -> str:
    return f"arrays evaluate x {rate / loop:,.0f} as many shapes"
