"""Several scenarios with one command: planned, written and told in their order, with a table at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.progress import BatchFollower, Follower, Screen
from planner.errors import ExitCode, worst

if TYPE_CHECKING:
    from planner.batch.order import Order
    from planner.batch.result import Done
    from planner.batch.running import Results
    from planner.choose.progress import Progress


@dataclass(frozen=True, slots=True)
class Engine:
    """Where scenarios are planned."""

    jobs: int = 1
    """Processes; 0 for one per core."""
    cluster: str | None = None
    """Address of a Dask scheduler, which then counts instead."""


def plan_batch(paths: Sequence[Path], order: Order, engine: Engine, *, opened: bool = False) -> ExitCode:
    """Plan scenarios; one that fails stops no other. The exit code is the worst. `opened`: the page that lists them."""
    from planner.batch.naming import clashes, names_of
    from planner.batch.result import refused

    names = names_of(paths, order.changes)
    clashing = clashes(paths, names, refresh=order.refresh)
    rest = [number for number in range(len(paths)) if number not in clashing]
    screen = Screen()
    printer = _Printer(order, screen, len(paths))
    try:
        for number, why in clashing.items():
            printer.take(number, refused(paths[number], names[number], why))
        if rest:
            mine, called = [paths[number] for number in rest], [names[number] for number in rest]
            with _results(mine, called, order, engine, screen, printer) as results:
                for place, done in results:
                    printer.take(rest[place], done)
    finally:
        screen.clear()
    code = printer.end()
    if opened:
        from planner.cli.opening import open_first

        open_first(printer.index)
    return code


@contextmanager
def _results(
    paths: Sequence[Path], names: Sequence[str], order: Order, engine: Engine, screen: Screen, printer: _Printer
) -> Iterator[Results]:
    """What becomes of the scenarios, as it comes."""
    from planner.batch.running import one_by_one, side_by_side

    follower, (before, _) = BatchFollower(len(paths), screen), printer.count

    def watch(running: Sequence[int]) -> None:
        done, failed = printer.count
        follower.done, follower.failed = done - before, failed - before
        follower.show([_shown(names[number], number) for number in running])

    if engine.cluster is not None:
        from planner.batch.connecting import connected

        with (
            connected(engine.cluster) as cluster,
            closing(cluster.results(paths, order, None if order.quiet else watch)) as found,
        ):
            yield found
        return
    workers = min(len(paths), engine.jobs or _cores())
    if workers > 1:
        made = side_by_side(paths, names, order, workers, None if order.quiet else watch)
    else:
        made = one_by_one(paths, order, None if order.quiet else partial(_follow, len(paths), screen))
    with closing(made) as found:
        yield found


def _follow(total: int, screen: Screen, number: int, name: str) -> Progress:
    return Follower(f"{number + 1}/{total} {name}" if total > 1 else name, screen)


def _cores() -> int:
    from planner.processes import cores

    return cores()


def _shown(name: str, number: int) -> str:
    """A name that was not checked yet, as a line of a terminal can hold it."""
    return name if 0 < len(name) <= 40 and name.isascii() and name.isprintable() else f"number {number + 1}"


class _Printer:
    """Writes files as they come and prints in the order of the scenarios, so that the same batch prints the same."""

    def __init__(self, order: Order, screen: Screen, total: int) -> None:
        self._order, self._screen, self._total = order, screen, total
        self._done: dict[int, Done] = {}
        self._printed = 0
        self._lists = order.form == "json" and order.several and not order.quiet
        self._results = 0
        self.index: list[Path] = []
        """The page that lists the batch, once it is written."""

    @property
    def count(self) -> tuple[int, int]:
        """Scenarios that are done, and those of them that failed."""
        failed = sum(one.code not in (ExitCode.OK, ExitCode.INFEASIBLE) for one in self._done.values())
        return len(self._done), failed

    def take(self, number: int, done: Done) -> None:
        """Write the files of a scenario, and print what can be printed in order."""
        self._done[number] = self._written(done)
        while (following := self._done.get(self._printed)) is not None:
            self._screen.clear()
            self._print(following)
            self._printed += 1

    def end(self) -> ExitCode:
        """Print what ends a batch; returns its exit code."""
        done = [self._done[number] for number in sorted(self._done)]
        if self._lists:
            click.echo("\n]" if self._results else "[]")
        self._write_index(done)
        if self._order.several and not self._order.quiet:
            from planner.batch.table import table

            # Beside JSON, whose reader expects nothing else, the table is a word on the work.
            click.echo(table(done, self._order.width), nl=False, err=self._order.form == "json")
        return worst(one.code for one in done)

    def _write_index(self, done: Sequence[Done]) -> None:
        """The page that lists the batch; what goes wrong with it is told and fails no plan."""
        from planner.batch.failing import failure
        from planner.batch.index import index_of
        from planner.files import place

        try:
            self.index = place(index_of(done, self._order))
        except Exception as error:  # every plan is written by now
            click.echo(f"the index is left out: {failure(error, debug=self._order.debug).text}", err=True)
            return
        if not self._order.quiet:
            for path in self.index:
                click.echo(f"wrote {path}", err=True)

    def _written(self, done: Done) -> Done:
        from dataclasses import replace

        from planner.batch.failing import failure
        from planner.files import place

        try:
            for contents in done.tray.contents:
                for path in place(contents):
                    if not self._order.quiet:
                        done.tray.tell(f"wrote {path}")
        except OSError as error:
            why = failure(error)
            done.tray.tell(why.text)
            done = replace(done, code=why.code, reason=why.reason, pick=None, member=None)
        done.tray.contents.clear()
        return done

    def _print(self, done: Done) -> None:
        words = [text for stream, text in done.tray.said if stream == "err"]
        if words and self._total > 1:
            from planner.source.excerpt import visible

            click.echo(f"== {f'{done.name}: ' if done.name else ''}{visible(str(done.path))}", err=True)
        for stream, text in done.tray.said:
            if stream == "err":
                click.echo(text, err=True, nl=False)
            elif self._lists:
                click.echo("[\n" if not self._results else ",\n", nl=False)
                click.echo(text.rstrip("\n"), nl=False)
                self._results += 1
            else:
                click.echo(text, nl=False)
                if self._order.several:
                    click.echo()
        done.tray.said.clear()
