"""Whether a charge is for training, for serving or for something else: one rule, as an expression of SQL."""

from typing import Final

from planner.spend.conditions import quoted
from planner.spend.store import Store

PURPOSES: Final = ("training", "serving", "other")
PURPOSE_DIMENSIONS: Final = ("purpose", "workload", "stage", "activity", "phase")
"""Dimensions of a scenario's own whose values say it in words."""
DEPLOYMENT_DIMENSIONS: Final = ("endpoint", "deployment_name")
"""Dimensions of a scenario's own whose values are what serves."""
_HERE: Final = ("", "ai and machine learning", "compute", "other")
"""Service categories of FOCUS in which an endpoint is a model's, and training of one."""
_TRAINING: Final = "(^|[^a-z])(pre-?)?(train(ing|er)?|fine[-_ ]?tun(e|ing))([^a-z]|$)"
"""fine-tuned is not among them: tokens of a model that was tuned are served."""
_SERVING: Final = "(^|[^a-z])(inference|inferencing|serving|endpoints?|host:ml|hosting|deployments?)([^a-z]|$)"
_SAID_TRAINING: Final = "(^|[^a-z])(pre-?)?(train|fine[-_ ]?tun|tuning|sft|dpo|rlhf)"
_SAID_SERVING: Final = "(^|[^a-z])(serv|infer|deploy|endpoint)"


def purpose(store: Store) -> str:
    """An expression over `cells` or `allocated` that gives training, serving or other; never NULL.

    The first that tells it counts:

    1. a dimension called purpose, workload, stage, activity or phase, where its value has a word for either;
    2. a run: its tag, or a resource that is called like one of the runs;
    3. a deployment: a dimension called endpoint or deployment_name, or a resource that is called like a deployment;
    4. words in the service, SKU, meter, resource and description (training job, endpoint), then meters and units of
       tokens, where the charge is of a category in which they mean a model's;
    5. the model, where runs know it and neither deployments nor requests do, or the other way round;
    6. the tag of a scenario: what was planned was a training run.

    Everything else is other: what is not told is not guessed at.
    """
    dimensions = set(store.dimensions)
    cases: list[tuple[str, str]] = []
    for name in PURPOSE_DIMENSIONS:
        if name in dimensions:
            cases += [
                (f"regexp_matches(lower({quoted(name)}), '{_SAID_TRAINING}')", "training"),
                (f"regexp_matches(lower({quoted(name)}), '{_SAID_SERVING}')", "serving"),
            ]
    cases += [("run <> ''", "training"), (_is_among("run", "runs"), "training")]
    cases += [(f"{quoted(name)} <> ''", "serving") for name in DEPLOYMENT_DIMENSIONS if name in dimensions]
    cases.append((_is_among("deployment", "deployments"), "serving"))
    words = "lower(concat_ws(' ', service, sku, meter, resource_type, resource_name, resource, description))"
    here = f"lower(service_category) IN ({', '.join(repr(name) for name in _HERE)})"
    cases += [
        (f"{here} AND regexp_matches({words}, '{_TRAINING}')", "training"),
        (f"{here} AND regexp_matches({words}, '{_SERVING}')", "serving"),
        (f"{here} AND (contains(lower(meter), 'token') OR contains(lower(unit), 'token'))", "serving"),
    ]
    trained, served = f"model IN {_models('runs')}", f"model IN ({_models('deployments')} UNION {_models('usage')})"
    cases += [(f"{trained} AND NOT {served}", "training"), (f"{served} AND NOT {trained}", "serving")]
    cases.append(("scenario <> ''", "training"))
    told = " ".join(f"WHEN {when} THEN '{then}'" for when, then in cases)
    return f"CASE {told} ELSE 'other' END"


def _is_among(column: str, table: str) -> str:
    names = f"(SELECT lower({column}) FROM {table} WHERE {column} <> '')"
    return f"(lower(resource_name) IN {names} OR lower(resource) IN {names})"


def _models(table: str) -> str:
    return f"(SELECT model FROM {table} WHERE model <> '')"
