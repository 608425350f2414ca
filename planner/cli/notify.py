"""`planner notify`: tell the webhooks that policies name of a plan, a budget, an anomaly, a gate or a run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.hosts.event import EVENTS
from planner.policy import POLICIES

if TYPE_CHECKING:
    from planner.hosts.event import Event, EventName
    from planner.hosts.webhooks import Target
    from planner.outcome.review import Review
    from planner.policy.governance import Governance

RUNS = ("run-start", "run-end")


@click.command("notify")
@click.argument("event", type=click.Choice(EVENTS))
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--policies",
    type=click.Path(path_type=Path),
    help=f"File or folder of the policies that name whom to tell. Default: {POLICIES}.",
)
@click.option("--decision", default="knee", show_default=True, help="Decision of the plan that is told.")
@click.option("--link", metavar="URL", help="Where more stands. Default: the run of the workflow this is a step of.")
@click.option("--run", "run_name", metavar="NAME", help="run-start, run-end: the run.")
@click.option("--team", metavar="NAME", help="run-start, run-end: whose run it is.")
@click.option("--cost", metavar="MONEY", help="run-start, run-end: what it cost, such as $120.")
@click.option("--hours", metavar="TIME", help="run-start, run-end: how long it took, such as 7.5 h.")
@click.option("--status", metavar="WORD", help="run-end: how it ended: succeeded, failed, cancelled …")
@click.option("--plan", type=click.Path(path_type=Path), help="run-start, run-end: plan.json it was planned with.")
@click.option("--dry-run", is_flag=True, help="Send nothing; print what would be sent, addresses left out.")
def command(
    event: EventName, file: Path | None, policies: Path | None, decision: str, link: str | None, run_name: str | None,
    team: str | None, cost: str | None, hours: str | None, status: str | None, plan: Path | None, dry_run: bool,
) -> int:  # fmt: skip
    """Tell the `notify` targets of policies of EVENT.

    FILE is the plan.json of plan-ready, the check.json of gate-failed and budget-alert, and the plan.json of a
    SpendReview of anomaly; budget-alert takes a review too, and tells of budgets that will not hold. Addresses and keys
    come from environment variables that the policies name. What cannot be delivered is told on stderr; it never fails.

    Example: planner notify budget-alert reports/ml-spend/plan.json

    Example: planner notify run-end --run support-bot-7 --cost '$41' --hours 6.5 --status succeeded
    """
    _refuse_mixed(event, file, {"--run": run_name, "--team": team, "--cost": cost, "--hours": hours,
                                "--status": status, "--plan": plan})  # fmt: skip
    there = workflow_link(os.environ) if link is None else _link(link)
    if event in RUNS:
        found = [_run_event(event, run_name or "", team or "", cost, hours, status or "", plan, decision, there)]
    else:
        assert file is not None
        found = _events(event, file, decision, there)
    targets = read_targets(policies)
    if not found:
        click.echo(f"nothing to tell: {file} holds no {event}", err=True)
    elif not any(event in target.on for target in targets):
        click.echo(f"nobody to tell: no policy in {policies or POLICIES} names a target for {event}", err=True)
    else:
        tell(found, targets, dry_run=dry_run)
    return 0


def tell(events: Sequence[Event], targets: Sequence[Target], *, dry_run: bool = False) -> None:
    """Deliver the events to the targets that want them and say on stderr what came of it; never fails."""
    import time

    from planner.hosts.plain import for_log
    from planner.hosts.webhooks import deliver, planned
    from planner.http.transport import Clock

    if dry_run:
        for event in events:
            for target in targets:
                if event.name in target.on:
                    click.echo(for_log(planned(event, target, os.environ, time.time())))
        click.echo("Nothing sent (--dry-run)", err=True)
        return
    for delivery in deliver(events, targets, os.environ, Clock(time.time, time.sleep)):
        click.echo(for_log(delivery.line), err=True)


def read_targets(policies: Path | None) -> list[Target]:
    """The targets of all policies below a path, equal ones once; raises InputError for a policy that is wrong."""
    if policies is None and not Path(POLICIES).exists():
        return []
    from planner.policy.reading import ENDINGS, read_governance
    from planner.revision.reading import folder_of

    tree, under = folder_of(policies or Path(POLICIES))
    files = [
        (entry.path, tree.read(entry))
        for entry in tree.files(under)
        if entry.form == "file" and entry.path.endswith(ENDINGS)
    ]
    return targets_of(read_governance(files))


def targets_of(governance: Governance) -> list[Target]:
    """The targets of all policies that were read, equal ones once."""
    targets: list[Target] = []
    for written in governance.policies:
        targets += [target for target in written.value.notify if target not in targets]
    return targets


def workflow_link(environment: Mapping[str, str]) -> str:
    """The address of the workflow run that this is a step of; empty outside of one."""
    from planner.http.addresses import AddressError, read_address

    parts = [environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    try:
        return read_address(f"{parts[0]}/{parts[1]}/actions/runs/{parts[2]}").url if all(parts) else ""
    except AddressError:
        return ""


def _refuse_mixed(event: str, file: Path | None, options: Mapping[str, object]) -> None:
    given = [name for name, value in options.items() if value is not None]
    if event not in RUNS:
        if given:
            message = f"{given[0]} is for run-start and run-end, not for {event}"
            raise click.UsageError(message)
        if file is None:
            message = f"{event} needs a {'plan.json' if event in ('plan-ready', 'anomaly') else 'check.json'}"
            raise click.UsageError(message)
    elif file is not None:
        message = f"{event} takes no FILE; the plan of the run goes after --plan"
        raise click.UsageError(message)
    elif not options["--run"]:
        message = f"{event} needs the name of the run: --run NAME"
        raise click.UsageError(message)


def _events(event: str, file: Path, decision: str, link: str) -> list[Event]:
    from planner.hosts.events import budget_alert, gate_failed, plan_ready
    from planner.hosts.reading import read_check
    from planner.hosts.review_events import review_anomalies, review_budgets
    from planner.report.reading import read_any_plan

    if event == "plan-ready":
        return [plan_ready(read_any_plan(file), decision, link)]
    review = _review(event, file)
    if review is not None:
        told = review_anomalies(review, link) if event == "anomaly" else review_budgets(review, link)
        return [] if told is None else [told]
    check = read_check(file)
    found = budget_alert(check, link) if event == "budget-alert" else gate_failed(check, link)
    return [] if found is None else [found]


def _review(event: str, file: Path) -> Review | None:
    """The review in a plan.json, or in a folder with one and no check.json; None where the file is to be a check."""
    from planner.errors import InputError
    from planner.outcome.review import Review
    from planner.report.reading import read_outcome

    folder = file.is_dir() and not (file / "check.json").exists()
    if event != "anomaly" and (event != "budget-alert" or not (folder or file.name == "plan.json")):
        return None
    outcome = read_outcome(file)
    if isinstance(outcome, Review):
        return outcome
    message = f"{file}: a plan of the kind {outcome.kind}; {event} takes the plan.json of a SpendReview"
    raise InputError(message)


def _run_event(
    event: EventName, name: str, team: str, cost: str | None, hours: str | None, status: str, plan: Path | None,
    decision: str, link: str,
) -> Event:  # fmt: skip
    from planner.hosts.events import Run, planned_configuration, run_event
    from planner.report.reading import read_plan

    planned = None if plan is None else planned_configuration(read_plan(plan), decision)
    run = Run(name, team, _quantity("--cost", cost, "money"), _quantity("--hours", hours, "time"), status, planned)
    return run_event(event, run, link)


def _quantity(option: str, text: str | None, kind: str) -> float | None:
    from planner.units import parse_quantity

    try:
        return None if text is None else parse_quantity(text, kind)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error


def _link(given: str) -> str:
    from planner.http.addresses import AddressError, read_address

    try:
        return read_address(given).url
    except AddressError as error:
        raise click.BadParameter(str(error), param_hint="--link") from None
