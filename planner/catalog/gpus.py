"""Accelerators: datasheet facts joined with how much of them a training step reaches."""

import numpy as np

from planner.catalog.models import id_of
from planner.catalog.rows import Floats, Gpu
from planner.catalog.tables import Directory, Table

_DATASHEET = {
    "mem_gib": "mem_gib",
    "mem_bw_gb_s": "mem_bw_gb_s",
    "fp32_tflops": "fp32_tflops",
    "fp16_tflops": "fp16_dense_tflops",
    "bf16_tflops": "bf16_dense_tflops",
    "fp8_tflops": "fp8_dense_tflops",
    "fp4_tflops": "fp4_dense_tflops",
    "nvlink_gb_s": "nvlink_gb_s",
    "pcie_gb_s": "pcie_gb_s",
    "tdp_w": "tdp_w",
}
_REACHED = ("usable_gib", "sustained", "attention", "link_gb_s", "link_half_mb", "overlap")
GENERATIONS = ("ampere", "hopper", "blackwell", "other")
"""Families of cards that share the constants of the utilisation law."""
_TAGS = ("C", "R", "M", "E")


def read_gpus(directory: Directory) -> tuple[Gpu, ...]:
    """Read `gpus.csv` and `utilisation.csv`; a card without a utilisation row is a problem."""
    texts = ("vendor", "arch", "interconnect", "compute_capability", "aliases", "source", "notes")
    sheet = directory.table("gpus.csv", ("gpu", "release_year", *texts, *_DATASHEET.values()))
    reached = directory.table("utilisation.csv", ("gpu", "usable_tag", "generation", "tag", "source", *_REACHED))
    row_of = _rows_of(sheet, reached)
    facts = {name: sheet.floats(column) for name, column in _DATASHEET.items()}
    shares = {name: reached.floats(name, blank=False) for name in _REACHED}
    tags = reached.texts("tag", _TAGS)
    reached.texts("usable_tag", _TAGS)
    generations = reached.texts("generation", GENERATIONS)
    _check_ranges(reached, shares)
    years = sheet.ints("release_year", least=2000)
    names = sheet.required("gpu")
    cells = {name: sheet.texts(name) for name in texts}
    return tuple(
        Gpu(
            id=id_of(names[row]),
            name=names[row],
            vendor=cells["vendor"][row],
            arch=cells["arch"][row],
            interconnect=cells["interconnect"][row],
            bridge="bridge" in cells["interconnect"][row],
            compute_capability=_capability(cells["compute_capability"][row]),
            release_year=int(years[row]),
            aliases=tuple(alias.strip() for alias in cells["aliases"][row].split(";") if alias.strip()),
            source=cells["source"][row],
            notes=cells["notes"][row],
            generation=generations[at],
            utilisation_tag=tags[at],
            **{name: float(column[row]) for name, column in facts.items()},
            **{name: float(column[at]) for name, column in shares.items()},
        )
        for row, at in enumerate(row_of)
        if at >= 0
    )


def _rows_of(sheet: Table, reached: Table) -> list[int]:
    """Row of the utilisation table for every card, -1 where it lacks one; strays and repeats are problems."""
    at: dict[str, int] = {}
    for row, name in enumerate(reached.required("gpu")):
        if name in at or name not in sheet.columns["gpu"]:
            reached.complain(row, f"gpu {name!r} {'is given twice' if name in at else 'is not in gpus.csv'}")
        at[name] = row
    seen: set[str] = set()
    for row, name in enumerate(sheet.required("gpu")):
        if name not in at:
            sheet.complain(row, f"gpu {name!r} has no row in {reached.file}")
        if id_of(name) in seen:
            sheet.complain(row, f"gpu {name!r} is given twice")
        seen.add(id_of(name))
    return [at.get(name, -1) for name in sheet.columns["gpu"]]


def _check_ranges(table: Table, shares: dict[str, Floats]) -> None:
    for name in ("overlap",):
        for row in np.flatnonzero(shares[name] > 1):
            table.complain(int(row), f"{name} is above 1")
    for name in ("sustained", "attention", "link_gb_s", "usable_gib"):
        for row in np.flatnonzero(shares[name] == 0):
            table.complain(int(row), f"{name} is 0")


def _capability(cell: str) -> float:
    """NVIDIA's compute capability; NaN for parts of other vendors."""
    try:
        return float(cell)
    except ValueError:
        return float("nan")
