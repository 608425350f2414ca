"""How fast the estimator is: against a loop over rows, and against the memory bandwidth of this machine."""

import time
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, Final

import numpy as np

from planner.catalog.rows import Ints
from planner.kinds.evaluate import blocks, parts, per_block, pick, pick_points, recipe_rows, shape_block
from planner.kinds.problem import Archive, Problem
from tests.benchmarks.search_spaces import SearchSpace

TRIAD_DOUBLES: Final = 16 * 2**20
"""Numbers per array of the triad: 128 MiB each, far over any cache."""
TRIAD_BYTES: Final = 5 * 8
"""Bytes per number: s * c reads one and writes one, adding b reads two and writes one; what a write fetches first is
not counted, as STREAM does not (McCalpin 1995)."""


def triad_gb_per_s(repeats: int = 5, size: int = TRIAD_DOUBLES) -> float:
    """Bandwidth of a = b + s * c in numpy on one core, best of some runs."""
    a, b, c = np.zeros(size), np.ones(size), np.full(size, 2.0)

    def once() -> None:
        np.multiply(c, 3.0, out=a)
        np.add(a, b, out=a)

    return size * TRIAD_BYTES / core_seconds(once, repeats) / 1e9


def core_seconds(call: Callable[[], object], repeats: int) -> float:
    """Least CPU seconds of some calls, over all threads, one more to warm up: per core, whoever else is running."""
    found = []
    for _ in range(repeats + 1):
        start = time.process_time()
        call()
        found.append(time.process_time() - start)
    return min(found[1:])


def held_bytes(value: object) -> int:
    """Bytes of all arrays that frozen dataclasses and mappings hold, each counted once however often it is named."""
    return sum({array.__array_interface__["data"][0]: array.nbytes for array in _arrays(value)}.values())


def _arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(value, np.ndarray):
        if 0 not in value.strides or not value.size:
            yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _arrays(getattr(value, field.name))
    elif isinstance(value, dict):
        for one in value.values():
            yield from _arrays(one)


def measure_speed(space: SearchSpace, repeats: int, loop_rows: int) -> dict[str, Any]:
    """Shapes and combinations per second and core on a space, and what bounds them.

    A shape is a pair of recipe and machine. In a search, recipes that differ only in how much is run come together and
    share the choices within a shape (micro-batch, parallelism, recomputation); recipes drawn by chance share none.
    """
    problem = space.problem()
    machines, recipes = len(problem.space.market.shapes), len(problem.space.recipes)
    numbers = np.random.default_rng(1)
    searched = next(recipe_rows(problem.space, in_order=False))
    drawn = np.sort(numbers.choice(recipes, min(recipes, per_block(problem.space)), replace=False))
    together = list(blocks(problem, searched))
    kept = sum(held_bytes(block.shaped.columns) for _, block in together) + held_bytes(together[0][1].shaped.inner)
    per_shape = kept / (len(searched) * machines)

    def search_once() -> None:
        for _ in blocks(problem, searched):
            pass

    rate = len(searched) * machines / core_seconds(search_once, repeats)
    bandwidth = triad_gb_per_s()
    limit = bandwidth * 1e9 / per_shape
    single = numbers.integers(0, problem.space.walked, loop_rows)
    return {
        "space": space.name,
        "machines": machines,
        "pairs": len(searched) * machines,
        "choices": len(together[0][1].shaped.inner.recipes) * machines,
        "shapes_per_s": rate,
        "shapes_apart_per_s": len(drawn) * machines / core_seconds(lambda: shape_block(problem, drawn), repeats),
        "joined_per_s": _joined_per_s(problem, 3.0),
        "loop_rows": loop_rows,
        "loop_pick_per_s": _loop(single, lambda row: pick(problem, row)),
        "loop_one_machine_per_s": _loop(single, lambda row: pick_points(problem, Archive(row, {}))),
        "triad_gb_per_s": bandwidth,
        "bytes_per_shape": per_shape,
        "limit_shapes_per_s": limit,
        "times_below_limit": limit / rate,
    }


def _loop(single: Ints, estimate: Callable[[Ints], object]) -> float:
    """Combinations per second and core, one call each."""

    def once() -> None:
        for row in single:
            estimate(np.array([row]))

    return len(single) / core_seconds(once, 1)


def _joined_per_s(problem: Problem, seconds: float) -> float:
    """Combinations per second and core that are estimated and joined with their offers one by one, none pruned."""
    start, rows = time.process_time(), 0
    for part in parts(problem, in_order=False):
        rows += len(part.chunk.row)
        if time.process_time() - start > seconds:
            break
    return rows / (time.process_time() - start)
