"""Values by place, and what stands in for them where they are unknown."""

from dataclasses import dataclass
from statistics import median

Place = tuple[str, str]
"""Provider and region."""
ANY = "any"


@dataclass(frozen=True, slots=True)
class Regional:
    """A value by provider and region, where some are unknown."""

    exact: dict[Place, float]
    elsewhere: dict[str, float]
    """By provider: its middle value over the regions that are known."""
    anywhere: float

    def at(self, place: Place) -> tuple[float, bool]:
        """The value at a place, and whether it is known there; else that of the provider, else of all."""
        provider, region = place
        for key in ((provider, region), (provider, ANY)):
            if key in self.exact:
                return self.exact[key], True
        return self.elsewhere.get(provider, self.anywhere), False


def regional(exact: dict[Place, float]) -> Regional:
    """Known values, and medians for the rest: over the regions of a provider, then over providers."""
    providers: dict[str, list[float]] = {}
    for (provider, _), value in exact.items():
        providers.setdefault(provider, []).append(value)
    elsewhere = {provider: median(values) for provider, values in providers.items()}
    return Regional(exact, elsewhere, median(elsewhere.values()) if elsewhere else float("nan"))
