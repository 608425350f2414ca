"""`planner export mlflow`: each plan or review is a finished run, and is logged once."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from planner.errors import InputError
from planner.export.asked import Asked, Given, Made, taken
from planner.export.mlflow.figures import Logged, figures_of
from planner.export.mlflow.tracking import Client, Server, connect
from planner.hosts.plain import plain, redacted
from planner.outcome.plan import Plan
from planner.outcome.review import Review
from planner.outcome.serving_plan import ServingPlan

EXPERIMENT: Final = "planner"
DIGEST: Final = "planner.digest"
"""Tag with the SHA-256 of plan.json: what tells whether it is logged already."""
REPORTS: Final = (".html", ".pdf", ".md", ".svg", ".csv")
"""Endings of the files beside a plan.json that go with it."""
MOST_FILES: Final = 50
LARGEST_BYTES: Final = 64 * 2**20
"""Of a file beside it; a larger one is left out, and told."""


def export(given: Sequence[Given], asked: Asked) -> Made:
    """Log every plan or review to the server; raises SetupError without the client, InputError without a server."""
    _read(given)
    if not asked.tracking_uri:
        message = "where is MLflow? Say --tracking-uri URI, or set MLFLOW_TRACKING_URI"
        raise InputError(message)
    return log(connect(asked.tracking_uri), given, asked)


def log(server: Server, given: Sequence[Given], asked: Asked) -> Made:
    """The same to a server; what MLflow cannot do is told as InputError."""
    read = _read(given)
    try:
        experiment = _experiment(server.client, asked.experiment or EXPERIMENT)
        lines = [line for one, outcome in read for line in _log(server, experiment, one, outcome, asked)]
        return Made(told=lines)
    except OSError as error:
        message = f"{error.filename or 'a file'}: {error.strerror or error}"
        raise InputError(message) from error
    except Exception as error:
        secret = urlsplit(asked.tracking_uri).password
        message = f"MLflow: {plain(redacted(str(error), [secret] if secret else []), 500)}"
        raise InputError(message) from error


def _read(given: Sequence[Given]) -> list[tuple[Given, Logged]]:
    return taken(given, Plan, ServingPlan, Review)


def _experiment(client: Client, name: str) -> str:
    found = client.get_experiment_by_name(name)
    if found is None:
        return client.create_experiment(name)
    if found.lifecycle_stage != "active":
        message = f"the experiment {name} was deleted; restore it, or say --experiment"
        raise ValueError(message)
    return str(found.experiment_id)


def _log(server: Server, experiment: str, one: Given, outcome: Logged, asked: Asked) -> Iterator[str]:
    digest = hashlib.sha256(one.file.read_bytes()).hexdigest()
    client = server.client
    there = client.search_runs(
        [experiment], f"tags.`{DIGEST}` = '{digest}' and attributes.status = 'FINISHED'", max_results=1
    )
    if len(there) and not asked.again:
        yield f"{one.file}: logged already as run {there[0].info.run_id}; --again logs it once more"
        return
    name = plain(one.outcome.metadata.name, 100)
    made = client.create_run(experiment, tags=_tags(one, digest), run_name=name)
    run = made.info.run_id
    try:
        server.log(made, figures_of(outcome, asked.decision))
        left_out = _files(client, run, one)
    except BaseException:
        client.set_terminated(run, "FAILED")
        raise
    client.set_terminated(run, "FINISHED")
    yield f"{one.file}: logged as run {run}"
    yield from left_out


def _files(client: Client, run: str, one: Given) -> list[str]:
    """Send plan.json and the reports beside it; what was left out."""
    client.log_artifact(run, str(one.file))
    taken, left_out = _reports(one.file)
    for path in taken:
        client.log_artifact(run, str(path))
    return left_out


def _reports(file: Path) -> tuple[list[Path], list[str]]:
    """The reports beside a plan.json, by name; links and what is too large stay where they are."""
    found = sorted(
        path for path in file.parent.iterdir()
        if path.suffix in REPORTS and not path.name.startswith(".") and path.is_file() and not path.is_symlink()
    )  # fmt: skip
    small = [path for path in found if path.stat().st_size <= LARGEST_BYTES]
    left_out = [f"{path}: too large to go with it" for path in found if path not in small]
    if len(small) > MOST_FILES:
        left_out.append(f"{file.parent}: of {len(small)} files the first {MOST_FILES} went with it")
    return small[:MOST_FILES], left_out


def _tags(one: Given, digest: str) -> dict[str, str]:
    outcome = one.outcome
    metadata = outcome.metadata
    told: Mapping[str, str | None] = {
        **{f"label.{key}": value for key, value in metadata.labels.items()},
        DIGEST: digest, "planner.kind": outcome.kind, "planner.version": outcome.planner.version,
        "planner.scenario": metadata.name, "planner.scenario_digest": outcome.scenario.digest, "team": metadata.team,
        "owner": metadata.owner, "cost_centre": metadata.cost_centre,
    }  # fmt: skip
    return {plain(key, 200): plain(value, 500) for key, value in told.items() if value}
