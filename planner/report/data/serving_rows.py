"""One way to serve a traffic as tables and charts show it."""

from dataclasses import dataclass

from planner.report.data.rows import Figure


@dataclass(frozen=True, slots=True)
class ServingRow:
    """One configuration, rented or by an API."""

    id: str
    roles: tuple[str, ...]
    """Decisions this configuration is: cheapest, fastest, best, knee, cheapest API."""
    way: str
    """`rented` or `API`."""
    model: str
    settings: str
    """Precision, engine, how replicas follow the load, and the levers that are pulled."""
    machine: str
    """`2 × l40s`; `API` where there is none."""
    offer: str
    """Who rents it out or offers the API, and where."""
    tier: str
    price: str
    """Price of the machine or of the tokens, with its date."""
    replicas: str
    """Most and fewest; empty for an API."""
    replicas_peak: int | None
    machines: str
    """Machines in the busiest hour; empty for an API."""
    utilisation: str
    """Requests answered over what the replicas could answer; empty for an API."""
    cost: Figure
    """Of a month, in USD."""
    latency: Figure
    """p95 time to the last token in the busiest hour, in seconds."""
    quality: Figure
    carbon: Figure
    """Of a month, in kg CO2e."""
    per_1k: Figure
    """Cost of a thousand requests, in USD."""
    per_mtok_input: str
    per_mtok_output: str
    per_user: str
    """Empty where nobody counts users."""
    unknown: tuple[str, ...]

    @property
    def method(self) -> str:
        """What charts tell points apart by."""
        return self.way

    @property
    def what(self) -> str:
        """The configuration in one phrase."""
        parts = (self.model, self.settings, self.machine, f"{self.offer} {self.tier}".strip())
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Percentiles:
    """One latency of one decision: `unknown` where nobody knows."""

    name: str
    """`time to first token`, `between two tokens`, `to the last token`."""
    p50: str
    p95: str
    p99: str
    met: str
    """How the target stands: `p95 within 2 s`, `p95 above 2 s`, `p95 not known`; empty without a target."""
    keeps: bool | None
    """Whether it keeps to every target of this latency; None without one, or where that is not known."""
    simulated: str = ""
    """p95 of the simulation; empty where none was run."""


@dataclass(frozen=True, slots=True)
class ServingDecision:
    """A configuration chosen for a reason."""

    name: str
    row: ServingRow
    why: tuple[str, ...]
    """By which rule, one sentence for each of its names."""
    latencies: tuple[Percentiles, ...]
    capacity: tuple[tuple[str, str], ...]
    """(what, figure) of a replica and of all of them; empty for an API."""
    bound_by: str
    """What the capacity ends at, in words; empty for an API."""
    cold: str = ""
    """How many requests wait for a cold start; empty where none does."""
    simulation: str = ""
    """How the law stands against the simulation; empty where none was run."""
