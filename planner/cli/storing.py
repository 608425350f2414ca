"""Options that keep a sampled search: `--storage`, and for going on with one `--resume`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from planner.choose.storage import Keeping
    from planner.planning import Readied


def storing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --storage and --resume to a command."""
    command = click.option(
        "--resume",
        is_flag=True,
        help="Go on with the search that --storage holds; without one there it is an error. The plan is then not the "
        "same bytes as of one sitting: its front is within 0.5 % of the hypervolume, and figures of the search itself "
        "(stored, generations, hypervolume by generation) differ.",
    )(command)
    return click.option(
        "--storage",
        metavar="FILE|URL",
        help="Keep a sampled search in this SQLite file, or in a team's database (postgresql://...), as it goes: "
        "stopped, it can be resumed, and `planner search-worker` can join it.",
    )(command)


def kept(ready: Readied, storage: str | None, usual: str | None, *, resume: bool, quiet: bool) -> Keeping | None:
    """Where the search of a scenario is kept: in `storage` if given, else in the `usual` one of the environment.

    None where it is not, or where nothing is sampled, which is said where a storage was given.
    """
    from planner.planning import Ready, keep_search

    def tell(text: str) -> None:
        if not quiet:
            click.echo(text, err=True)

    if not isinstance(ready, Ready):
        if storage is not None or resume:
            how = "is searched exactly" if ready.scenario.kind == "Serving" else "searches nothing"
            message = f"{ready.path} is a {ready.scenario.kind}, which {how}; --storage is for sampled searches"
            raise click.UsageError(message)
        return None
    place = storage or usual
    if place is None:
        if resume:
            message = "--resume goes with --storage"
            raise click.UsageError(message)
        return None
    keeping = keep_search(ready, place, tell, must_exist=resume)
    if keeping is None and resume:
        message = f"{ready.path} is searched exactly: there is nothing to resume"
        raise click.UsageError(message)
    if keeping is None and storage is not None:
        tell(f"{ready.path} is searched exactly: nothing is kept in {storage}")
    return keeping
