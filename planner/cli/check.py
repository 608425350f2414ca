"""`planner check`: hold a change, or plans, against the policies that are committed."""

from __future__ import annotations

import datetime
import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.diff import FORMATS, tell
from planner.cli.environment import Settings
from planner.cli.plan import outputs_of
from planner.cli.pricing import pricing, requiring_fresh
from planner.decision_names import DECISIONS
from planner.errors import ExitCode, InputError, worst
from planner.policy import POLICIES

if TYPE_CHECKING:
    from planner.cli.plan import Output
    from planner.gate.check import Rules
    from planner.outcome import AnyPlan, Check
    from planner.revision.folder import FolderTree
    from planner.revision.git import CommitTree


@click.command("check")
@click.argument("names", metavar="[SCENARIO | PLAN | FOLDER]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--base", metavar="REV", help="Judge what changed since this revision, by its policies.")
@click.option("--head", metavar="REV", help="Revision to judge. Default: the working tree.")
@click.option("--policies", default=POLICIES, show_default=True, help="Folder of policies, from the repository's root.")
@click.option(
    "--decision", type=click.Choice(DECISIONS), help="Decision that is judged. Default: as policies say, knee."
)
@click.option("--today", metavar="DATE", help="Day that expiry is judged at. Default: today.")
@click.option("--approval-required", is_flag=True, help="Deny what lacks an approval that a policy only asks for.")
@click.option(
    "--fail-on", type=click.Choice(("deny", "warn", "never")), default="deny", show_default=True,
    help="Verdicts that end with exit 5. What cannot be read or planned fails all the same.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for check.json, comment.md, check.html."
)
@click.option(
    "--outputs", callback=outputs_of, default="none", show_default=True, help="With --out: reports of each plan."
)
@click.option("--as-of", metavar="DATE", help="Date that prices are aged at. Default: the newest of the catalog.")
@click.option("--notify", is_flag=True, help="Tell the webhooks that policies name.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="What to print.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but problems.")
@pricing
@requiring_fresh
@click.pass_context
def command(
    context: click.Context, names: tuple[Path, ...], base: str | None, head: str | None, policies: str,
    decision: str | None, today: str | None, approval_required: bool, fail_on: str, out: Path | None,
    outputs: tuple[Output, ...], as_of: str | None, notify: bool, form: str, quiet: bool, require_fresh: bool,
) -> int:  # fmt: skip
    """Judge a change (--base) or plans by the documents in policies/; exit 5 where one denies.

    With --base, policies, exceptions, approvals, budgets and locks are read from that revision, so that a change
    cannot judge itself. Scenarios are looked for in scenarios/ (without it everywhere), and in all else that the
    change touches, unless policies ignore it. Reports go to --out before the exit code is settled.

    Where no machine is chosen the cheapest managed fine-tuning service is judged; what it does not tell is unknown.

    Example: planner check --base origin/main
    """
    if head is not None and base is None:
        message = "--head needs --base"
        raise click.UsageError(message)
    settings = context.ensure_object(Settings)
    asked = _Asked(names, base, head, policies, decision, _day(today), as_of, approval_required)
    check, plans, rules = asked.change(settings) if base is not None else asked.alone(settings)
    if out is not None:
        _write(check, plans, out, outputs)
    if not quiet:
        _print(check, form)
    for warning in [*check.difference.warnings, *check.judgement.warnings]:
        click.echo(f"warning: {warning}", err=True)
    if notify:
        from planner.cli.notify import targets_of, workflow_link
        from planner.cli.notify import tell as tell_targets
        from planner.hosts.events import check_events

        tell_targets(check_events(check, workflow_link(os.environ)), targets_of(rules.governance))
    old: list[str] = []
    if require_fresh:
        from planner.gate.freshness import RENEW, stale_heads

        old = stale_heads(check, settings.price_ttl_hours)
        for line in [*old, *([f"  {RENEW}"] if old else [])]:
            click.echo(line, err=True)
    return int(worst([exit_code(check, fail_on), ExitCode.PRICE if old else ExitCode.OK]))


def exit_code(check: Check, fail_on: str) -> ExitCode:
    """What a check ends with: a verdict's 5; else 2 or 3 for what no policy judged and cannot be planned."""
    result = check.judgement.result
    if (result == "deny" and fail_on != "never") or (result == "warn" and fail_on == "warn"):
        return ExitCode.GATE
    if check.judgement.policies and result != "deny":
        return ExitCode.OK
    heads = [one.after for one in check.difference.scenarios if one.after is not None]
    if any(side.problems for side in heads):
        return ExitCode.BAD_INPUT
    if any(side.chosen is None for side in heads) and result != "deny":
        return ExitCode.INFEASIBLE
    return ExitCode.OK


class _Asked:
    """What the command line asks for."""

    def __init__(
        self, names: tuple[Path, ...], base: str | None, head: str | None, policies: str, decision: str | None,
        today: datetime.date, as_of: str | None, approval_required: bool,
    ) -> None:  # fmt: skip
        self.names, self.base, self.head, self.policies = names, base, head, policies
        self.decision, self.today, self.as_of = decision, today, as_of
        self.approval_required = approval_required or None

    def change(self, settings: Settings) -> tuple[Check, dict[str, AnyPlan], Rules]:
        """A change since a revision."""
        from planner.cli.comparing import revisions
        from planner.gate.cache import PlanCache
        from planner.gate.check import held_against, read_rules
        from planner.gate.difference import Wanted, find_difference

        assert self.base is not None
        with revisions(self.base, self.head, self.names) as sides:
            rules = read_rules(sides.rules, sides.base, sides.head, self.policies)
            counts_all = any(
                budget.counts == "all" for each in rules.governance.policies for budget in each.value.budgets
            )
            wanted = Wanted(
                sides.base_paths, sides.head_paths, sides.named, elsewhere=True, ignored=rules.ignored,
                decision=self.decision or rules.decision, unchanged=counts_all,
            )  # fmt: skip
            found = find_difference(
                sides.base, sides.head, wanted, settings.setting(self.as_of), PlanCache(settings.cache), tell
            )
            note = [sides.note] if sides.note else []
            difference = found.difference.model_copy(update={"warnings": [*note, *found.difference.warnings]})
            check = held_against(
                difference, rules, self.today, sides.base, sides.head, approval_required=self.approval_required
            )
            self._tell_lapsed(sides.head, found.plans, settings)
        return check, found.plans, rules

    def alone(self, settings: Settings) -> tuple[Check, dict[str, AnyPlan], Rules]:
        """Scenarios and plans as they are, by the policies beside them."""
        from planner.cli.comparing import SCENARIOS
        from planner.gate.alone import difference_of, joined
        from planner.gate.cache import PlanCache
        from planner.gate.check import held_against, read_rules
        from planner.report.reading import read_any_plan
        from planner.revision.reading import folder_of

        names = self.names or ((Path(SCENARIOS),) if Path(SCENARIOS).is_dir() else (Path(),))
        files = [path for path in names if path.suffix == ".json"]
        tree, _ = folder_of(next((path for path in names if path.suffix != ".json"), Path()))
        rules = read_rules(tree, None, None, self.policies)
        decision = self.decision or rules.decision
        planned = [(str(path), read_any_plan(path)) for path in files]
        paths = [path for path in names if path.suffix != ".json"]
        found = difference_of(paths, decision, settings.setting(self.as_of), PlanCache(settings.cache))
        difference = joined(found.difference, planned, decision)
        check = held_against(difference, rules, self.today, None, tree, approval_required=self.approval_required)
        self._tell_lapsed(tree, found.plans, settings)
        return check, found.plans | {plan.scenario.path: plan for _, plan in planned}, rules

    def _tell_lapsed(self, tree: FolderTree | CommitTree, plans: Mapping[str, AnyPlan], settings: Settings) -> None:
        """Warn of contracts that are over by the day of the check and count by the catalog's date."""
        from planner.gate.lapsing import lapsed_in
        from planner.space.overlay.lapsing import lapsed_text

        if self.as_of is None:
            for one in lapsed_in(tree, plans, settings.setting().catalog, self.today.isoformat()):
                click.echo(lapsed_text(one), err=True)


def _write(check: Check, plans: dict[str, AnyPlan], out: Path, outputs: Sequence[Output]) -> None:
    """All files of the check, then the reports of its plans; notes of what was left out go to stderr."""
    from planner.files import place
    from planner.report.changes.annotations import annotations
    from planner.report.changes.check_page import check_page
    from planner.report.changes.comment import comment_body
    from planner.report.render import render

    contents = {
        "check.json": check.model_dump_json(indent=2) + "\n",
        "comment.md": comment_body(check),
        "check.html": check_page(check),
        "annotations.txt": "".join(f"{line}\n" for line in annotations(check)),
    }
    place({out / name: text.encode() for name, text in contents.items()})
    for path, plan in plans.items():
        folder = out / "plans" / _folder(path)
        place({folder / "plan.json": (plan.model_dump_json(indent=2) + "\n").encode()})
        if outputs:
            _, notes = render(plan, "technical", folder, outputs)
            for note in notes:
                click.echo(note, err=True)


def _folder(path: str) -> Path:
    """Where the plan of a scenario goes: as the scenario lies, in plain letters, so that no name leads elsewhere."""
    parts = [re.sub(r"[^A-Za-z0-9._-]+", "-", part).strip(".-") for part in path.removesuffix(".yaml").split("/")]
    plain = "/".join(part for part in parts if part)
    if f"{plain}.yaml" == path:
        return Path(plain)
    return Path(f"{plain}-{hashlib.sha256(path.encode('utf-8', 'replace')).hexdigest()[:8]}")


def _print(check: Check, form: str) -> None:
    if form == "json":
        click.echo(check.model_dump_json(indent=2))
    elif form == "markdown":
        from planner.report.changes.comment import comment_body

        click.echo(comment_body(check), nl=False)
    elif form == "github":
        from planner.report.changes.annotations import annotations

        for line in annotations(check):
            click.echo(line)
    else:
        from planner.cli.plan import screen_width
        from planner.report.changes.difference_text import check_text

        click.echo(check_text(check, screen_width()), nl=False)


def _day(text: str | None) -> datetime.date:
    if text is None:
        return datetime.datetime.now(tz=datetime.UTC).date()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        message = f"--today {text!r} is not a date: YYYY-MM-DD"
        raise InputError(message) from error
