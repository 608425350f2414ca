"""Every combination of a FineTune scenario, written to a file."""

from pathlib import Path

from planner.planning.ready import Ready


def refuse_candidates(ready: Ready, path: Path, sample: int | None = None) -> None:
    """Raise InputError where the candidates of a scenario cannot be written to `path`: too many, or another ending."""
    from planner.kinds.writing import refuse_candidates as refuse

    refuse(ready.space, path, sample)


def write_candidates(ready: Ready, path: Path, sample: int | None = None) -> Path:
    """Write every combination of a scenario, flat and unpruned, as CSV or Parquet by the file's ending.

    With continuous axes the search is run once more, with the same seed, and the points it tried follow the grid.
    """
    from planner.kinds.searching import build_problem, search_problem
    from planner.kinds.writing import write_candidates as write

    refuse_candidates(ready, path, sample)
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    if problem.space.way != "exact":
        problem, _, _ = search_problem(problem, ready.scenario)
    return write(problem, path, sample)
