"""One replica at a number of requests in flight: the question that both estimators are asked."""

import math
from dataclasses import dataclass

from planner.catalog.engines import Engine
from planner.catalog.rows import Catalog, Gpu, Model
from planner.errors import InputError
from planner.measured.models import known_model
from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_plan import ServingPlan


@dataclass(frozen=True, slots=True)
class Question:
    """A model on cards with tensor parallelism, an engine and lengths."""

    model: Model
    gpu: Gpu
    tensor_parallel: int
    precision: str
    engine: Engine
    input_tokens: int
    output_tokens: int
    most: float
    """Requests in flight; infinite asks for full load."""
    usd_per_hour: float
    """Price of the replica's cards; NaN unknown."""

    @property
    def load(self) -> str:
        """In words."""
        return "full load" if math.isinf(self.most) else "busiest hour"


def question_of(plan: ServingPlan, c: ServingConfiguration, catalog: Catalog) -> list[Question]:
    """The replica of a configuration at full load, and where it is known as in the busiest hour.

    Levers, a spot share and the fleet are left out: both sides answer for one plain replica. Raises InputError where
    the configuration has none, or the catalog no longer knows its model, card or engine.
    """
    machine = c.machine
    if machine is None or c.offer is None:
        message = f"{c.id} is an API: a second opinion is of machines; name a rented configuration"
        raise InputError(message)
    model = next((one for one in catalog.models if one.id == c.model), None) or known_model(catalog, c.model)
    gpu = next((one for one in catalog.gpus if one.id == machine.gpu), None)
    engine = next((one for one in catalog.engines if one.id == c.engine), None)
    for what, name, found in (("model", c.model, model), ("gpu", machine.gpu, gpu), ("engine", c.engine, engine)):
        if found is None:
            message = f"the catalog has no {what} {name!r}; models of one's own have no second opinion"
            raise InputError(message)
    lengths = plan.traffic.input_tokens_mean, plan.traffic.output_tokens_mean
    if model is None or gpu is None or engine is None or lengths[0] is None or lengths[1] is None:
        message = f"{c.id}: the plan does not say how long inputs and outputs are"
        raise InputError(message)
    price = c.offer.price_usd_per_hour
    usd = math.nan if price is None else price / machine.replicas_per_machine
    tokens = max(1, round(lengths[0])), max(2, round(lengths[1]))
    loads = [math.inf]
    if c.capacity is not None and c.capacity.sequences:
        loads.append(float(max(1, round(c.capacity.sequences))))
    return [Question(model, gpu, machine.tensor_parallel, c.precision, engine, *tokens, most, usd) for most in loads]
