"""Machines that the bundled catalog knows: what card and how many, where a price list names only the instance."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from planner.catalog.models import id_of
from planner.catalog.tables import Directory
from planner.resources import CATALOG_DATA


@dataclass(frozen=True, slots=True)
class Machine:
    """An instance type of a provider."""

    instance: str
    gpu: str
    """Catalog id of the card."""
    gpu_count: int
    vcpus: float
    """NaN where unknown."""
    memory_gib: float
    """Host memory; NaN where unknown."""
    regions: frozenset[str]
    """Where the bundled list offers it."""


@cache
def bundled_machines(provider: str) -> Mapping[str, Machine]:
    """The provider's machines in the bundled `prices.csv`, by instance type; raises PlannerError if it is broken."""
    directory = Directory(CATALOG_DATA)
    columns = ("provider", "instance_type", "gpu", "gpu_count", "vcpus", "memory_gib", "region")
    table = directory.table("prices.csv", columns)
    count, vcpus, memory = table.ints("gpu_count", least=1), table.floats("vcpus"), table.floats("memory_gib")
    directory.problems.raise_any()
    places: dict[str, set[str]] = {}
    first: dict[str, int] = {}
    for row, name in enumerate(table.columns["provider"]):
        if name == provider:
            instance = table.columns["instance_type"][row]
            first.setdefault(instance, row)
            places.setdefault(instance, set()).add(table.columns["region"][row])
    return MappingProxyType(
        {
            instance: Machine(
                instance,
                id_of(table.columns["gpu"][row]),
                int(count[row]),
                float(vcpus[row]),
                float(memory[row]),
                frozenset(places[instance]),
            )
            for instance, row in sorted(first.items())
        }
    )
