"""What `planner init --kind Serving` asks and writes: a first scenario of serving a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

QUESTIONS: Final = {
    "name": "Name of the scenario",
    "model": "Model: a size such as 8B, or an id such as llama-3.1-8b",
    "requests": "Requests a month",
    "input_tokens": "Input tokens of a request, on average",
    "output_tokens": "Output tokens of an answer, on average",
    "budget": "Budget of a month, or none",
    "providers": "Providers of machines, with commas, or any",
}


@dataclass(frozen=True, slots=True)
class ServingAnswers:
    """What a first scenario of serving says; each as a person writes it."""

    name: str = "my-first-service"
    model: str = "8B"
    """A model's id, or a size."""
    requests: str = "1M"
    input_tokens: str = "1000"
    output_tokens: str = "250"
    budget: str = "none"
    """Of a month."""
    providers: str = "any"


TEMPLATE: Final = """\
# yaml-language-server: $schema={schema}
#
# Written by `planner init --kind Serving`. `planner plan` plans it, `planner validate` says what is wrong with it, and
# `planner schema Serving > Serving.schema.json` makes the file from which editors complete its keys.
# Plural keys list alternatives, all of which are tried; singular keys take one value.
api_version: planner/v1
kind: Serving

metadata:
  name: {name}

# Models on rented machines: ids of the catalog (`planner list models`), or requirements that any model may meet.
{models}
# Models that are paid by the token (`planner list apis`). What nobody measured of one is unknown until you say it:
#   - {{model: openai/gpt-4o-mini, ttft: 700 ms, itl: 12 ms}}
apis: [openai/gpt-4o-mini]

# Numbers now; a log instead (`log: requests.csv`) measures all of it, and `planner traffic requests.csv` shows it.
traffic:
  requests_per_month: {requests}
  shape: daytime                   # over the week: flat, daytime, office_hours, or 24 or 168 weights
  input_tokens: {{mean: {input_tokens}}}      # with p95: too, it is better
  output_tokens: {{mean: {output_tokens}}}

# Of the busiest minute: p50, p95 or p99 of the first token, between two tokens (itl) and of the whole answer.
latency:
  ttft: {{p95: 2 s}}
  total: {{p95: 60 s}}

precisions: [bf16, fp8]

replicas:
  min: 2                           # one may fail
  scalings: [fixed, hourly]

# Planned with it and without it, so that the plan says what it saves.
levers:
  exact_cache: {{hit_rate: 5 %}}

hardware:
  gpus: any
  counts: [1, 2, 4, 8]
  providers: {providers}
  tiers: [on_demand]               # add spot to see what it saves

quality:
  task: general

# A configuration that breaks a limit is not on the front; the plan says how many did.
{constraints}

objectives: [cost, latency, quality]
"""
