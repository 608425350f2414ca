"""All sources of prices by name; a source is a module of this package and a line here."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final

from planner.catalog.prices.source import Source


class _Sources(Mapping[str, Source]):
    """Sources by name, each imported when it is asked for: boto3 alone takes longer than `planner --help`."""

    def __init__(self, places: Mapping[str, tuple[str, str]]) -> None:
        self._places = places

    def __getitem__(self, name: str) -> Source:
        module, kind = self._places[name]
        source: Source = getattr(import_module(f"{__package__}.{module}"), kind)()
        return source

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


SOURCES: Final[Mapping[str, Source]] = _Sources(
    {
        "aws": ("aws", "AwsPrices"),
        "azure": ("azure", "AzurePrices"),
        "gcp": ("gcp", "GcpPrices"),
        "lambda": ("lambda_cloud", "LambdaPrices"),
        "runpod": ("runpod", "RunPodPrices"),
        "skypilot": ("skypilot", "SkyPilotPrices"),
        "vast": ("vast", "VastPrices"),
    }
)
"""Name on the command line → the source: its module and its class."""
