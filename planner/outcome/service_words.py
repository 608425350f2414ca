"""A job at a managed service in a few words."""

from planner.outcome.configuration import Figure
from planner.outcome.managed import ManagedJob
from planner.outcome.method_words import method_name, rank_words
from planner.units import usd

UNDISCLOSED = "undisclosed"
"""Method of a service that does not say how it trains."""
NO_FIGURES = "no managed service tells how long a job takes or what it emits"


def service_text(job: ManagedJob) -> str:
    """Method, model and service: `LoRA r16 llama-3.1-8b at together`, `gpt-4.1-mini at openai`."""
    name = str(job.method.get("name", UNDISCLOSED))
    method = "" if name == UNDISCLOSED else f"{method_name(name)} {rank_words(job.method)}".rstrip()
    return f"{method} {job.model} at {job.provider}".lstrip()


def service_cost(job: ManagedJob) -> str:
    """The cost, as a lower bound where parts of it are not known: `at least $4.60`."""
    return cost_text(job.cost_usd, least=job.cost_usd_at_least)


def cost_text(value_usd: Figure, *, least: bool) -> str:
    """A cost, or the least that it can be; what is unknown is not at least unknown."""
    return f"{'at least ' if least and value_usd is not None else ''}{usd(value_usd)}"
