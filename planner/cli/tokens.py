"""`planner tokens`: what the tokens of prompts are spent on, and what sending fewer of them would save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.environment import Settings
from planner.cli.tables import FORMATS

if TYPE_CHECKING:
    from planner.prompts.counting import Counter
    from planner.prompts.money import Bill


@click.command("tokens")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--tokenizer", metavar="FILE", type=click.Path(path_type=Path), help="tokenizer.json to count with.")
@click.option("--model", metavar="PROVIDER/MODEL", help="API whose prices count: planner list apis.")
@click.option("--requests-per-month", "requests", metavar="N", help="Requests in a month, such as 100k.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to print it."
)
@click.pass_context
def command(
    context: click.Context, file: Path, tokenizer: Path | None, model: str | None, requests: str | None, form: str
) -> None:
    """Count the tokens of the prompts in FILE, find what repeats, and compute what shorter prompts would save.

    FILE is JSON lines (messages, prompt and completion, input and output, or text), a text, or a folder of either.
    Every option is done to the prompts, which are counted again; money is that of the API named.

    Example: planner tokens prompts.jsonl --model openai/gpt-4.1-mini --requests-per-month 100k
    """
    from planner.cli.tables import as_json
    from planner.cli.tokens_text import as_data, as_text
    from planner.prompts.measuring import measure

    bill = _bill(context.ensure_object(Settings), model, requests)
    measured = measure(file, _counter(tokenizer))
    if form == "json":
        click.echo(as_json(as_data(measured, bill)))
    else:
        click.echo(as_text(measured, bill, form))


def _counter(tokenizer: Path | None) -> Counter:
    """Counts with the tokenizer that is named, else by bytes."""
    from planner.errors import InputError
    from planner.prompts.counting import Counter
    from planner.space.dataset_places import NamedFileError
    from planner.space.dataset_tokens import from_bytes, with_tokenizer

    if tokenizer is None:
        return Counter(from_bytes, exact=False)
    if not tokenizer.is_file():
        message = f"{tokenizer}: no such file; name the tokenizer.json that is published beside the model"
        raise InputError(message)
    try:
        return Counter(with_tokenizer(tokenizer, str(tokenizer)), exact=True)
    except NamedFileError as error:
        message = f"{error.message}; {error.hint}" if error.hint else error.message
        raise InputError(message) from None


def _bill(settings: Settings, model: str | None, requests: str | None) -> Bill | None:
    """The API and the number of requests that money is computed with."""
    from planner.catalog.apis import api_hint, find_apis
    from planner.prompts.money import Bill
    from planner.units import parse_quantity

    number = float("nan")
    if requests is not None:
        if model is None:
            message = "--requests-per-month needs prices: --model PROVIDER/MODEL"
            raise click.UsageError(message)
        try:
            number = parse_quantity(requests, "count")
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--requests-per-month") from None
    if model is None:
        return None
    catalog = settings.load_catalog(None)
    found = find_apis(catalog, model)
    if len(found) == 1:
        return Bill(found[0], number)
    said = "is the model of several providers" if found else "is no model of an API"
    message = f"{model!r} {said}; {api_hint(catalog, model)}"
    raise click.BadParameter(message, param_hint="--model")
