"""Questions for the tests beside this file."""

import math
from functools import cache

from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog
from planner.second_opinion import Question


@cache
def catalog() -> Catalog:
    """The one that comes with the planner."""
    return load_catalog()


def question(
    model: str = "llama-3.1-8b", gpu: str = "h100-sxm", tensor_parallel: int = 1, precision: str = "fp8",
    engine: str = "vllm", most: float = math.inf, output_tokens: int = 1000,
) -> Question:  # fmt: skip
    """1,000 tokens in, at $2.50 an hour."""
    known = catalog()
    return Question(
        next(one for one in known.models if one.id == model), next(one for one in known.gpus if one.id == gpu),
        tensor_parallel, precision, next(one for one in known.engines if one.id == engine), 1000, output_tokens, most,
        2.5,
    )  # fmt: skip
