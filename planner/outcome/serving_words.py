"""One way to serve in a few words, and what makes a decision to serve the same decision."""

from planner.outcome.configuration import Figure
from planner.outcome.serving_configuration import ServingConfiguration
from planner.units import usd


def serving_text(c: ServingConfiguration) -> str:
    """`llama-3.1-8b fp8 with vllm on 2x h100-sxm (TP 2)`, `openai/gpt-4o-mini`; levers at the end."""
    levers = " and ".join(name.replace("_", " ") for name in c.levers)
    return f"{_way(c)}, {levers}" if levers else _way(c)


def serving_key(c: ServingConfiguration) -> tuple[str, str, str, int, int]:
    """Model, how it runs with its levers, machine or provider, GPUs of a machine, GPUs that share a copy."""
    how = " ".join([c.precision, c.engine, *c.levers])
    if c.machine is None:
        return c.model, how, f"api {provider_of(c)}", 0, 0
    return c.model, how, c.machine.gpu, c.machine.gpus_per_machine, c.machine.tensor_parallel


def provider_of(c: ServingConfiguration) -> str:
    """Who rents the machines out, or runs the API; empty where the plan does not say."""
    if c.offer is not None:
        return c.offer.provider
    return "" if c.api is None else c.api.provider


def place_words(c: ServingConfiguration) -> str:
    """`lambda us-west-3, on demand, replicas by the hour`; of an API `API of openai`."""
    if c.offer is None:
        return f"API of {provider_of(c)}"
    region = "" if c.offer.region in ("any", "") else f" {c.offer.region}"
    scaling = {"hourly": ", replicas by the hour", "to_zero": ", scaling to zero"}.get(c.scaling, "")
    return f"{c.offer.seller}{region}, {c.offer.tier.replace('_', ' ')}{scaling}"


def monthly(value_usd: Figure) -> str:
    """`$1,234 a month`; `unknown` where nobody knows."""
    told = usd(value_usd)
    return told if told == "unknown" else f"{told} a month"


def _way(c: ServingConfiguration) -> str:
    if c.machine is None:
        by = provider_of(c)
        return f"{c.model} by {by}" if by and not c.model.startswith(f"{by}/") else c.model
    settings = f" {c.precision}" if c.precision else ""
    engine = f" with {c.engine}" if c.engine else ""
    shared = f" (TP {c.machine.tensor_parallel})" if c.machine.tensor_parallel > 1 else ""
    return f"{c.model}{settings}{engine} on {c.machine.gpus_per_machine}x {c.machine.gpu}{shared}"
