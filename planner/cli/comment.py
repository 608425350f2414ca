"""`planner comment`: put what a check found on a pull request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from planner.hosts.comments import Behaviour, Published, Text
    from planner.hosts.marker import Marker
    from planner.outcome import Check

BEHAVIOURS = {
    "update": "edit the newest comment of ours, or post the first one",
    "new": "post one each time",
    "delete-and-new": "post one, then delete ours of before",
    "hide-and-new": "post one, then hide ours of before as outdated",
}
DRY = "Comment not posted (--dry-run)"


@click.command("comment")
@click.argument("check", metavar="[CHECK.json]", required=False, type=click.Path(path_type=Path))
@click.option("--repo", metavar="OWNER/NAME", envvar="GITHUB_REPOSITORY", required=True, help="The repository.")
@click.option("--pull-request", "number", metavar="N", type=click.IntRange(1, 2**31), required=True, help="Its number.")
@click.option(
    "--behaviour",
    type=click.Choice(list(BEHAVIOURS)),
    default="update",
    show_default=True,
    help="; ".join(f"{name}: {text}" for name, text in BEHAVIOURS.items()) + ".",
)
@click.option(
    "--when",
    type=click.Choice(["always", "on-change", "on-threshold"]),
    default="always",
    show_default=True,
    help="No first comment where nothing changed, or where every rule passes and no budget reaches an alert level. "
    "A comment that is there is brought up to date all the same.",
)
@click.option("--tag", default="planner", show_default=True, help="Tells comments of several checks apart.")
@click.option("--body-file", type=click.Path(path_type=Path, dir_okay=False), help="Post this markdown instead.")
@click.option(
    "--api-url", envvar="GITHUB_API_URL", default="https://api.github.com", show_default=True, help="The API."
)
@click.option("--soft", is_flag=True, help="Exit 0 with a warning where GitHub does not take the comment.")
@click.option("--dry-run", is_flag=True, help="Ask GitHub nothing; print what would be posted.")
def command(
    check: Path | None, repo: str, number: int, behaviour: Behaviour, when: str, tag: str, body_file: Path | None,
    api_url: str, soft: bool, dry_run: bool,
) -> int:  # fmt: skip
    """Put what CHECK.json says on a pull request, as a comment.

    The token comes from GITHUB_TOKEN. Only comments that the token's own account wrote with our tag are ever edited,
    deleted or hidden, and never one that a later check wrote. Exit 2 where GitHub does not take the comment.

    Example: planner comment reports/check.json --repo acme/models --pull-request 12 --dry-run
    """
    import time

    from planner.hosts.marker import TAG, Marker
    from planner.hosts.reading import read_check
    from planner.http.failure import HostError

    if not TAG.fullmatch(tag):
        message = "up to 63 letters, digits, dots, dashes and underscores, the first a letter or digit"
        raise click.BadParameter(message, param_hint="--tag")
    source = check or body_file
    if source is None:
        message = "name a CHECK.json, or a --body-file"
        raise click.UsageError(message)
    if check is None and when != "always":
        message = f"--when {when} needs a CHECK.json to look at"
        raise click.UsageError(message)
    read = None if check is None else read_check(check)
    text = _text(read, body_file)
    marker = Marker(tag, _valid_at(source, time.time()))
    quiet = read is not None and _quiet(read, when)
    if dry_run:
        _dry_run(f"{repo}#{number}", text, marker, behaviour, quiet=quiet)
        return 0
    try:
        _tell(_publish(repo, number, api_url, text, marker, behaviour, quiet=quiet), marker)
    except HostError as error:
        if not soft:
            raise
        click.echo(f"warning: no comment: {error}", err=True)
    return 0


def _text(check: Check | None, body_file: Path | None) -> Text:
    """What writes the comment within a limit."""
    if body_file is not None:
        from planner.hosts.cutting import cut
        from planner.hosts.reading import read_text

        written = read_text(body_file)
        return lambda limit: cut(written, limit)
    assert check is not None
    from planner.report.changes.comment import comment_body

    return lambda limit: comment_body(check, limit)


def _valid_at(source: Path, now: float) -> float:
    """When what the comment says was found: when its file was written, in whole seconds."""
    file = source / "check.json" if source.is_dir() else source
    return float(int(min(now, file.stat().st_mtime)))


def _quiet(check: Check, when: str) -> bool:
    from planner.report.changes.difference_facts import nothing_changed

    if when == "on-change":
        return bool(nothing_changed(check.difference, None))
    judged = check.judgement
    return when == "on-threshold" and judged.result == "pass" and not any(budget.crossed for budget in judged.budgets)


def _publish(
    repo: str, number: int, api_url: str, text: Text, marker: Marker, behaviour: Behaviour, *, quiet: bool
) -> Published:  # fmt: skip
    import time

    from planner.errors import InputError
    from planner.hosts.comments import publish
    from planner.hosts.github import GitHub
    from planner.http.addresses import AddressError, read_address
    from planner.http.failure import PermissionMissingError
    from planner.http.transport import Clock, Transport

    token = os.environ.get("GITHUB_TOKEN", "").strip()
    if not token:
        message = "GITHUB_TOKEN is not set (secrets are empty in pull requests from forks)"
        raise PermissionMissingError(message)
    try:
        api = read_address(api_url)
    except AddressError as error:
        message = f"--api-url {error}"
        raise InputError(message) from None
    host = GitHub(Transport(Clock(time.time, time.sleep)), api, token, repo, number)
    return publish(host, text, marker, behaviour, time.time(), quiet=quiet)


def _tell(published: Published, marker: Marker) -> None:
    """The result on stdout, what should be known besides on stderr."""
    from planner.hosts.plain import plain

    told = {
        "created": "comment posted",
        "updated": "comment updated",
        "unchanged": "comment left as it is: it says the same already",
        "newer": "comment left as it is: a later check wrote it",
        "quiet": "no comment: nothing to tell that asks for a first one",
    }[published.deed]
    click.echo(f"{told}: {plain(published.url)}" if published.url else told)
    if published.deleted or published.hidden:
        done = f"{published.deleted} deleted" if published.deleted else f"{published.hidden} hidden"
        click.echo(f"comments of before: {done}", err=True)
    if published.author_unknown:
        click.echo("note: GitHub does not say whose token this is; comments of before are left alone", err=True)
    elif published.foreign:
        several = "comments" if published.foreign > 1 else "comment"
        click.echo(
            f"note: {published.foreign} {several} with the tag {marker.tag} by another account; left alone, since "
            "anyone can copy it",
            err=True,
        )


def _dry_run(name: str, text: Text, marker: Marker, behaviour: Behaviour, *, quiet: bool) -> None:
    from planner.hosts.comments import fitted
    from planner.hosts.plain import for_log, plain

    only = "; there is nothing that asks for a first one" if quiet else ""
    click.echo(f"{plain(name)}, tag {marker.tag}: {BEHAVIOURS[behaviour]}{only}", err=True)
    click.echo(for_log(fitted(text, marker)))
    click.echo(DRY, err=True)
