"""A job at a managed service in a few words."""

from planner.outcome.configuration import Figure
from planner.outcome.managed import ManagedJob
from planner.units import usd

NO_FIGURES = "no managed service tells how long a job takes or what it emits"


def service_text(job: ManagedJob) -> str:
    """Method, model and service: `lora r 16 llama-3.1-8b at together`, `gpt-4.1-mini at openai`."""
    name, rank = str(job.method.get("name", "undisclosed")), job.method.get("rank")
    method = "" if name == "undisclosed" else f"{name} r {rank} " if rank is not None else f"{name} "
    return f"{method}{job.model} at {job.provider}"


def service_cost(job: ManagedJob) -> str:
    """The cost, as a lower bound where parts of it are not known: `at least $4.60`."""
    return cost_text(job.cost_usd, least=job.cost_usd_at_least)


def cost_text(value_usd: Figure, *, least: bool) -> str:
    """A cost, or the least that it can be; what is unknown is not at least unknown."""
    return f"{'at least ' if least and value_usd is not None else ''}{usd(value_usd)}"
