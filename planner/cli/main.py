"""`planner`: finds the verb, runs it, and turns what happened into an exit code."""

import logging
import os
import signal
import sys
from typing import NoReturn

import click

from planner import __version__
from planner.cli.environment import epilog, read_settings, start_logging
from planner.cli.verbs import Verbs
from planner.errors import ExitCode

VERBS = {
    "plan": "planner.cli.plan",
    "search-worker": "planner.cli.search_worker",
    "validate": "planner.cli.validate",
    "report": "planner.cli.report",
    "export": "planner.cli.export",
    "budget": "planner.cli.budget",
    "explain": "planner.cli.explain",
    "estimate": "planner.cli.estimate",
    "traffic": "planner.cli.traffic",
    "gpus": "planner.cli.gpus",
    "lock": "planner.cli.lock",
    "diff": "planner.cli.diff",
    "check": "planner.cli.check",
    "calibrate": "planner.cli.calibrate",
    "policy": "planner.cli.policy",
    "list": "planner.cli.listing",
    "prices": "planner.cli.prices",
    "tokens": "planner.cli.tokens",
    "schema": "planner.cli.schema",
    "comment": "planner.cli.comment",
    "notify": "planner.cli.notify",
    "init": "planner.cli.init",
    "demo": "planner.cli.demo",
}
"""Verb → module with a click command called `command`. Modules are imported only when their verb is used or listed."""


@click.group(
    cls=Verbs,
    verbs=VERBS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=epilog(),
)
@click.version_option(__version__, "--version", "-V", prog_name="planner", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Plan what it costs, how long it takes and how good it gets to fine-tune a language model.

    Example: planner plan scenarios/support-bot.yaml
    """
    settings = read_settings()
    start_logging(settings)
    context.obj = settings


def main() -> NoReturn:
    """Run the command line; every expected failure has its exit code, anything else is a bug of ours (70)."""
    code: int = ExitCode.BUG
    # A job that is cancelled still takes its temporary files away.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        result = cli.main(standalone_mode=False)
        code = result if isinstance(result, int) else ExitCode.OK
    except click.ClickException as error:
        error.show()
        code = ExitCode.BAD_INPUT
    except (click.Abort, KeyboardInterrupt) as stop:
        click.echo("interrupted; nothing half-written was left", err=True)
        # What was interrupted says by a note what of it is kept.
        for note in getattr(stop.__cause__ or stop, "__notes__", ()):
            click.echo(note, err=True)
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`planner … | head`): not an error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.OK
    except Exception as error:
        code = _tell(error)
    sys.exit(code)


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _tell(error: Exception) -> ExitCode:
    from planner.batch.failing import failure

    why = failure(
        error,
        color=sys.stderr.isatty() and not os.environ.get("NO_COLOR"),
        debug=logging.getLogger("planner").isEnabledFor(logging.DEBUG),
    )
    click.echo(why.text, err=True)
    return why.code


if __name__ == "__main__":
    main()
