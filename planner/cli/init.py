"""`planner init`: a first scenario, by asking on a terminal or from flags."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli.init_case import FORMS as CASE_FORMS
from planner.cli.init_case import QUESTIONS as CASE_QUESTIONS
from planner.cli.init_case import CaseAnswers, case_text
from planner.cli.init_case import defaults as case_defaults
from planner.cli.init_portfolio import QUESTIONS as PORTFOLIO_QUESTIONS
from planner.cli.init_portfolio import TEMPLATE as PORTFOLIO_TEMPLATE
from planner.cli.init_portfolio import PortfolioAnswers, budget_lines, day, days, jobs
from planner.cli.init_portfolio import defaults as portfolio_defaults
from planner.cli.init_review import QUESTIONS as REVIEW_QUESTIONS
from planner.cli.init_review import TEMPLATE as REVIEW_TEMPLATE
from planner.cli.init_review import ReviewAnswers
from planner.cli.init_review import defaults as review_defaults
from planner.cli.init_review import sources as review_sources
from planner.cli.init_serving import QUESTIONS as SERVING_QUESTIONS
from planner.cli.init_serving import TEMPLATE as SERVING_TEMPLATE
from planner.cli.init_serving import ServingAnswers
from planner.errors import InputError
from planner.units import parse_quantity

if TYPE_CHECKING:
    from planner.source import InvalidInput

FILE = "scenario.yaml"
_SIZE = re.compile(r"\s*\d[\d.,]*\s*[bBmMkK]?\s*")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a first scenario says; each as a person writes it."""

    name: str = "my-first-plan"
    model: str = "8B"
    """A model's id, or a size."""
    samples: str = "20k"
    tokens: str = "500"
    budget: str = "$200"
    deadline: str = "24 h"
    providers: str = "any"


QUESTIONS = {
    "name": "Name of the scenario",
    "model": "Model: a size such as 8B, or an id such as llama-3.1-8b",
    "samples": "Training examples",
    "tokens": "Tokens of an example, prompt and answer together, on average",
    "budget": "Budget, or none",
    "deadline": "Deadline, or none",
    "providers": "Providers, with commas, or any",
}
AnyAnswers = Answers | ServingAnswers | ReviewAnswers | PortfolioAnswers | CaseAnswers
SERVING = "Serving"
REVIEW = "SpendReview"
PORTFOLIO = "Portfolio"
CASE = "BusinessCase"
_QUESTIONS = {
    SERVING: SERVING_QUESTIONS,
    REVIEW: REVIEW_QUESTIONS,
    PORTFOLIO: PORTFOLIO_QUESTIONS,
    CASE: CASE_QUESTIONS,
}
_FILES = {
    REVIEW: "a review names its bills",
    PORTFOLIO: "a portfolio names its scenarios",
    CASE: "a case names its plans",
}
"""Kinds whose scenarios name files that lie there already."""
_COUNTS = ("samples", "tokens", "requests", "input_tokens", "output_tokens")
_KINDS = dict.fromkeys(_COUNTS, "count") | {"budget": "money", "deadline": "time", "horizon": "time"}


def _check(name: str, forms: Mapping[str, str], text: str) -> str:
    """An answer that a scenario may hold; raises BadParameter that says what is wrong with it."""
    text = text.strip()
    if name in forms and not (name in ("budget", "deadline") and text.lower() == "none"):
        try:
            parse_quantity(text, forms[name])
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint=_option(name)) from error
    if not text:
        message = "is empty"
        raise click.BadParameter(message, param_hint=_option(name))
    return text


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


@click.command("init")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), default=FILE)
@click.option("--kind", type=click.Choice(["FineTune", SERVING, REVIEW, PORTFOLIO, CASE]), default="FineTune",
              show_default=True,
              help="Tune a model, serve one, review what was spent, plan many jobs, reckon a case.")  # fmt: skip
@click.option("--name", help="Short name; the folder of the report is called after it.")
@click.option("--model", help="A size such as 8B, or a model's id.")
@click.option("--samples", help="Training examples, such as 20k.")
@click.option("--tokens", help="Mean tokens of an example.")
@click.option("--requests", help="Serving, case: requests a month, such as 2M.")
@click.option("--input-tokens", help="Serving: mean input tokens of a request.")
@click.option("--output-tokens", help="Serving: mean output tokens of an answer.")
@click.option("--bills", help="Review: FOCUS exports with commas, such as 'exports/*.parquet'; default: those found.")
@click.option("--runs", help="Review: logs of training runs, or none; default: those found.")
@click.option("--request-logs", help="Review: logs of requests, or none; default: those found.")
@click.option("--tag", help="Review: tag that names the team on charges.")
@click.option("--time-zone", help="Review, portfolio: time zone that days are counted in.")
@click.option("--jobs", help="Portfolio: scenarios of its jobs with commas, or none; default: those found.")
@click.option("--begins", help="Portfolio: first day, such as 2026-12-01; default: today.")
@click.option("--horizon", help="Portfolio, case: how far is planned, such as 4 weeks or 3 years.")
@click.option("--discount-rate", help="Case: what money costs by the year, such as 10 %.")
@click.option("--plans", help="Case: scenarios that supply costs with commas, or none; default: those found.")
@click.option("--budget", help="Most it may cost, such as $200, or none; of all other kinds each month.")
@click.option("--deadline", help="Longest wait, such as 24 h, or none.")
@click.option("--providers", help="Providers with commas, or any.")
@click.option("-y", "--yes", is_flag=True, help="Ask nothing; take the default of whatever no option says.")
def command(file: Path, kind: str, yes: bool, **given: str | None) -> None:
    """Write a first scenario to FILE (scenario.yaml), with a word on every part of it; never overwrites.

    On a terminal it asks for what no option says; elsewhere, and with --yes, it takes the defaults.

    Example: planner init --model 8B --samples 20k --tokens 500 --budget '$200' --deadline '24 h' --yes

    Example: planner init chat.yaml --kind Serving --model 8B --requests 2M --input-tokens 900 --output-tokens 200 --yes

    Example: planner init spend.yaml --kind SpendReview --bills 'exports/*.csv' --tag team --budget '$20,000' --yes

    Example: planner init month.yaml --kind Portfolio --begins 2026-12-01 --horizon '4 weeks' --budget '$5000' --yes

    Example: planner init case.yaml --kind BusinessCase --horizon '3 years' --discount-rate '10 %' --requests 2M --yes
    """
    _refuse_existing(file)
    questions = _QUESTIONS.get(kind, QUESTIONS)
    _refuse_other(kind, [name for name, value in given.items() if value is not None and name not in questions])
    defaults = _defaults(kind, file)
    forms = CASE_FORMS if kind == CASE else _KINDS
    asks = sys.stdin.isatty() and not yes
    found: dict[str, str] = {}
    for name, question in questions.items():
        default = getattr(defaults, name)
        written = given[name]
        if written is None and asks:
            written = click.prompt(question, default=default, value_proc=partial(_check, name, forms))
        found[name] = _check(name, forms, default if written is None else written)
    text = scenario_text(type(defaults)(**found), file)
    if kind in _FILES:
        _validate_there(text, file, _FILES[kind])
    else:
        _validate(text, file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        message = f"{file}: {error.strerror or error}"
        raise InputError(message) from error
    click.echo(f"wrote {file}", err=True)
    click.echo(f"next: planner plan {file}", err=True)


def _defaults(kind: str, file: Path) -> AnyAnswers:
    """The answers that nobody gave, named after the file."""
    name = None if file.name == FILE else _slug(file.stem)
    if kind == REVIEW:
        return review_defaults(name, file.parent)
    if kind == CASE:
        return case_defaults(name, file.parent)
    if kind == PORTFOLIO:
        from planner.cli.prices_edge import today

        return portfolio_defaults(name, file.parent, today())
    answers = ServingAnswers if kind == SERVING else Answers
    return answers() if name is None else answers(name=name)


def _refuse_other(kind: str, names: list[str]) -> None:
    if names:
        message = f"{', '.join(map(_option, names))}: a scenario of the kind {kind} says no such thing"
        raise click.UsageError(message)


def _refuse_existing(file: Path) -> None:
    if file.exists() or file.is_symlink():
        message = f"{file} is already there and stays as it is; name another file"
        raise InputError(message)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")[:64] or Answers().name


def _validate(text: str, file: Path) -> None:
    """Refuse answers that make no valid scenario, told as for any scenario, before anything is written."""
    import yaml

    from planner.planning import read_any
    from planner.source import InvalidInput

    try:
        read_any(yaml.safe_load(text))
    except InvalidInput as error:
        raise _not_written(file, error) from error


def _validate_there(text: str, file: Path, names: str) -> None:
    """The same for what names files, which are looked for from where it will lie: from a file of another name there."""
    from tempfile import NamedTemporaryFile

    from planner.planning import read_ready, remarks_of
    from planner.source import InvalidInput

    if not file.parent.is_dir():
        message = f"{file.parent} is no folder; {names} by their paths from there: make it first"
        raise InputError(message)
    try:
        with NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, prefix=".", suffix=".yaml") as opened:
            opened.write(text)
            opened.flush()
            told, texts = remarks_of(read_ready(Path(opened.name)))
        if broken := [problem for problem in told if problem.severity == "error"]:
            raise InvalidInput(broken, texts)
    except InvalidInput as error:
        raise _not_written(file, error) from error
    except OSError as error:
        message = f"{file}: {error.strerror or error}"
        raise InputError(message) from error


def _not_written(file: Path, error: InvalidInput) -> InputError:
    lines = [f"{p.at}: {p.message}" + (f"; {p.hint}" if p.hint else "") for p in error.problems]
    return InputError(f"{file} is not written: " + "\n  ".join(lines))


def _text(text: str) -> str:
    """Text as YAML reads it back, whatever it holds."""
    import yaml

    return str(yaml.safe_dump(text, width=1000, allow_unicode=text.isprintable())).removesuffix("...\n").strip()


def _amount(text: str) -> str:
    """An amount: a number stays one."""
    return text if text.isdecimal() else _text(text)


def _models(model: str) -> str:
    if not _SIZE.fullmatch(model):
        return f"models:\n  - {_text(model)}\n"
    size = parse_quantity(model.strip(), "count")
    low, high = (f"{size * factor / 1e9:.3g}B" for factor in (0.75, 1.25))
    return f"models:\n  - where:\n      min_params: {low}\n      max_params: {high}\n"


def scenario_text(a: AnyAnswers, file: Path) -> str:
    """The scenario, with a word on every part of it."""
    if isinstance(a, ReviewAnswers):
        return _review_text(a, file)
    if isinstance(a, CaseAnswers):
        return case_text(a, file.parent, _schema(file, CASE), _amount)
    if isinstance(a, PortfolioAnswers):
        return PORTFOLIO_TEMPLATE.format(
            schema=_schema(file, PORTFOLIO), name=_text(a.name), begins=day(a, _text), horizon=_text(a.horizon),
            time_zone=_text(a.time_zone), jobs=jobs(a, file.parent, _text), budgets=budget_lines(a, _amount),
            **days(a),
        )  # fmt: skip
    if isinstance(a, ServingAnswers):
        kind, template, limits = SERVING, SERVING_TEMPLATE, {"max_cost_per_month": a.budget}
    else:
        kind, template, limits = "FineTune", _TEMPLATE, {"max_cost": a.budget, "deadline": a.deadline}
    lines = [f"  {key}: {_amount(value)}" for key, value in limits.items() if value.lower() != "none"]
    constraints = "constraints:\n" + "\n".join(lines) if lines else "constraints: {}"
    names: Any = [name.strip() for name in a.providers.split(",") if name.strip()]
    providers = "any" if a.providers.lower() == "any" else f"[{', '.join(map(_text, names))}]"
    counts = {name: _amount(getattr(a, name)) for name in _COUNTS if hasattr(a, name)}
    return template.format(
        schema=_schema(file, kind), name=_text(a.name), models=_models(a.model),
        providers=providers, constraints=constraints, **counts,
    )  # fmt: skip


def _review_text(a: ReviewAnswers, file: Path) -> str:
    amount = "$20,000" if a.budget.lower() == "none" else a.budget
    budget = f"budgets:\n  - name: everything\n    amount: {_amount(amount)}\n"
    if a.budget.lower() == "none":
        budget = "".join(f"# {line}\n" for line in budget.splitlines())
    return REVIEW_TEMPLATE.format(
        schema=_schema(file, REVIEW), name=_text(a.name), time_zone=_text(a.time_zone), tag=_text(a.tag),
        sources=review_sources(a, file.parent, _text), budgets=budget,
    )  # fmt: skip


def _schema(file: Path, kind: str) -> str:
    """Where editors find the schema: in the checkout that the file lies in, else beside the file."""
    import os

    from planner.resources import ROOT, SCHEMAS

    folder = file.parent.resolve()
    if not folder.is_relative_to(ROOT):
        return f"{kind}.schema.json"
    return Path(os.path.relpath(SCHEMAS / f"{kind}.schema.json", folder)).as_posix()


_TEMPLATE = """\
# yaml-language-server: $schema={schema}
#
# Written by `planner init`. `planner plan` plans it, `planner validate` says what is wrong with it, and
# `planner schema FineTune > FineTune.schema.json` makes the file from which editors complete its keys.
# Plural keys list alternatives, all of which are tried; singular keys take one value.
api_version: planner/v1
kind: FineTune

metadata:
  name: {name}

# Ids of the catalog (`planner list models`), or requirements that any model may meet.
{models}
# How to train: full, lora, qlora … (`planner list methods`).
methods: [qlora, lora]

# Numbers now; a file of your data instead (`file: train.jsonl`) measures all of it.
dataset:
  samples: {samples}
  tokens_per_sample: {tokens}      # mean; {{mean: 500, p95: 1500}} is better

train:
  epochs: 3

# Single values to sweep: what does half of the data cost in quality?
axes:
  dataset.share: [0.5, 1.0]

hardware:
  gpus: any
  counts: [1, 2, 4, 8]
  providers: {providers}
  tiers: [on_demand]               # add spot to see what it saves

quality:
  task: general

# A configuration that breaks a limit is not on the front; the plan says how many did.
{constraints}

objectives: [cost, time, quality]
"""
