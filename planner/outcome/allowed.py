"""Where a scenario lets its machines stand."""

from pydantic import Field

from planner.outcome.configuration import Frozen


class Allowed(Frozen):
    """Providers, regions and countries that a scenario names; null where it names none of a kind."""

    providers: list[str] | None = None
    regions: list[str] | None = None
    """An offer without a stated region lies in none of them."""
    countries: list[str] | None = Field(default=None, max_length=300)
    """Two-letter codes; an offer whose country is unknown lies in none of them."""
    rules: bool = False
    """Whether include or exclude rules hold beside them."""
