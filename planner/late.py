"""Tables whose entries are loaded at their first use: nobody waits for kinds that a command has nothing to do with."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Generic, TypeVar, cast

T = TypeVar("T")


class Late(Mapping[str, T], Generic[T]):
    """Key → what stands at a place such as `planner.scenario.serving:Serving`, imported with its first use."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = dict(places)

    def __getitem__(self, key: str) -> T:
        module, _, name = self._places[key].partition(":")
        return cast("T", getattr(import_module(module), name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: object) -> bool:
        return key in self._places
