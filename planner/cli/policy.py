"""`planner policy`: a first policy, what policies ask for, and whether they judge examples as their owners expect."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from planner.errors import ExitCode, InputError
from planner.policy import POLICIES

if TYPE_CHECKING:
    from planner.outcome import AnyPlan, Check
    from planner.policy.governance import Governance
    from planner.policy.testing import Outcome

FIRST: Final = "policy.yaml"
_LARGEST_FOLDER: Final = 20_000
"""Files below a folder from which on it is no folder of policies."""
_FORM = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
                     help="How to print it.")  # fmt: skip
_PATHS = click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))


@click.group("policy")
def command() -> None:
    """Policies: write a first one, list their rules, run their tests.

    Example: planner policy test
    """


@command.command("test")
@_PATHS
@_FORM
def test(paths: tuple[Path, ...], form: str) -> int:
    """Run the PolicyTest documents in PATHs (default: policies/) and exit 5 where one finds something else.

    The cases of a folder are held against all policies, exceptions and approvals below it; those of a file against
    the ones of the folder it lies in.

    Example: planner policy test policies
    """
    from planner.policy.testing import run_tests

    outcomes: list[Outcome] = []
    for path in paths or (Path(POLICIES),):
        governance = _governance(path)
        if not governance.tests:
            message = f"{path}: there is no document of kind PolicyTest"
            raise InputError(message)
        outcomes += run_tests(governance, _load)
    failed = [outcome for outcome in outcomes if not outcome.ok]
    if form == "json":
        click.echo(json.dumps([_plain(outcome) for outcome in outcomes], indent=2, ensure_ascii=False))
    else:
        _print(outcomes)
        cases = len({(outcome.file, outcome.case) for outcome in outcomes})
        click.echo(f"{_count(cases, 'case')}, {len(outcomes) - len(failed)} of {len(outcomes)} as expected", err=True)
    return int(ExitCode.GATE if failed else ExitCode.OK)


@command.command("list")
@_PATHS
@_FORM
def rules(paths: tuple[Path, ...], form: str) -> None:
    """List every rule, budget and approval of the policies in PATHs (default: policies/).

    Example: planner policy list policies
    """
    from planner.cli.tables import table
    from planner.policy.summary import rule_rows

    rows: list[dict[str, Any]] = [row for path in paths or (Path(POLICIES),) for row in rule_rows(_governance(path))]
    if form == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        click.echo(table(rows) if rows else "no rules")


@command.command("init")
@click.argument("path", metavar="[PATH]", type=click.Path(path_type=Path), default=POLICIES)
def init(path: Path) -> None:
    """Write a first policy to PATH, a folder (policies/) or a YAML file, and a test beside it; never overwrites.

    Example: planner policy init
    """
    from planner.files import place
    from planner.policy.reading import ENDINGS, read_governance
    from planner.policy.starter import starter
    from planner.source import InvalidInput

    file = path if path.suffix.lower() in ENDINGS else path / FIRST
    files = starter(file)
    for there in files:
        if there.exists() or there.is_symlink():
            message = f"{there} is already there and stays as it is; name another file"
            raise InputError(message)
    own = {str(there): text.encode() for there, text in files.items()}
    (written,) = read_governance(own.items()).policies
    with contextlib.suppress(InvalidInput):  # what is wrong there already is told by whatever reads it
        for other in read_governance(_files(file.parent)).policies:
            if other.value.metadata.name == written.value.metadata.name:
                message = f"{other.file} has a policy called {written.value.metadata.name} already; name another file"
                raise InputError(message)
    try:
        place({Path(there): data for there, data in own.items()})
    except OSError as error:
        message = f"{file}: {error.strerror or error}"
        raise InputError(message) from error
    click.echo(f"wrote {' and '.join(map(str, files))}", err=True)
    click.echo(f"next: set its limits, then planner policy test {file.parent}", err=True)


def _print(outcomes: Sequence[Outcome]) -> None:
    """The table of outcomes, then what the verdicts of the unexpected ones say."""
    from planner.cli.tables import table
    from planner.source.excerpt import visible

    rows: list[dict[str, Any]] = [
        {
            "case": outcome.case,
            "rule": visible(outcome.rule),
            "expected": outcome.expected,
            "got": outcome.got,
            "": "" if outcome.ok else "differs",
        }
        for outcome in outcomes
    ]
    click.echo(table(rows))
    for outcome in outcomes:
        if outcome.ok:
            continue
        place = f"{visible(outcome.file)}:{outcome.line}"
        click.echo(
            f"{place}: {outcome.case}: expected {outcome.expected} of {visible(outcome.rule)}, got {outcome.got}"
        )
        for message in outcome.messages[:5]:
            click.echo(f"  {message}")


def _plain(outcome: Outcome) -> dict[str, Any]:
    return {
        "file": outcome.file,
        "line": outcome.line,
        "case": outcome.case,
        "rule": outcome.rule,
        "expected": outcome.expected,
        "got": outcome.got,
        "ok": outcome.ok,
        "messages": list(outcome.messages),
    }


def _governance(path: Path) -> Governance:
    """The governance of a folder, or of the folder that a file lies in with that file's tests alone."""
    from dataclasses import replace

    from planner.policy.reading import read_governance

    folder = path if path.is_dir() else path.parent
    if not path.exists():
        message = f"{path}: no such file or folder; policies lie in {POLICIES}/ unless you name another"
        raise InputError(message)
    governance = read_governance(_files(folder))
    if path.is_dir():
        return governance
    return replace(governance, tests=tuple(test for test in governance.tests if Path(test.file) == path))


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The YAML files below a folder, as they are named from here; hidden folders and links are left out."""
    from planner.policy.reading import ENDINGS
    from planner.source import MAX_BYTES

    seen = 0
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        seen += len(names)
        if seen > _LARGEST_FOLDER:
            message = f"{folder}: more than {_LARGEST_FOLDER:,} files; name the folder of the policies"
            raise InputError(message)
        for name in sorted(names):
            file = Path(where) / name
            if name.lower().endswith(ENDINGS) and file.is_file() and not file.is_symlink():
                try:
                    with file.open("rb") as opened:
                        yield str(file), opened.read(MAX_BYTES + 1)
                except OSError as error:
                    message = f"{file}: {error.strerror or error}"
                    raise InputError(message) from error


def _load(test: str, written: str) -> AnyPlan | Check:
    """The plan.json or check.json that a test names, by its path from the test; never outside its repository."""
    from pydantic import ValidationError

    from planner.outcome import Check
    from planner.report.reading import read_any_plan
    from planner.scenario.paths import OutsideError, below, scenario_root

    try:
        path = below(scenario_root(Path(test)), Path(test).parent, written)
    except OutsideError as error:
        message = f"{test}: {error}"
        raise InputError(message) from error
    try:
        is_check = path.is_file() and b'"kind": "Check"' in path.read_bytes()[:10_000].replace(b'":"', b'": "')
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise InputError(message) from error
    if not is_check:
        return read_any_plan(path)
    try:
        return Check.model_validate_json(path.read_bytes())
    except ValidationError as error:
        message = f"{path}: not a check of this version: {error.errors()[0]['msg']}; make it again with `planner check`"
        raise InputError(message) from error


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
