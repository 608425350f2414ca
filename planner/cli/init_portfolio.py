"""What `planner init --kind Portfolio` asks and writes: a first portfolio of the scenarios that lie there."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

QUESTIONS: Final = {
    "name": "Name of the portfolio",
    "jobs": "Scenarios of its jobs (FineTune or Serving), with commas, or none",
    "begins": "First day, such as 2026-12-01",
    "horizon": "How long is planned, such as 4 weeks",
    "budget": "Budget of a month for all jobs together, or none",
    "time_zone": "Time zone that days are counted in, such as Europe/Berlin",
}
NONE: Final = "none"
_LOOKED_AT: Final = 200
_MOST_JOBS: Final = 50
_JOBS: Final = ("FineTune", "Serving")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class PortfolioAnswers:
    """What a first portfolio says; each as a person writes it, files by their paths from the scenario."""

    name: str = "my-first-portfolio"
    jobs: str = NONE
    begins: str = "2026-01-01"
    horizon: str = "4 weeks"
    budget: str = NONE
    """Of a month."""
    time_zone: str = "UTC"


def defaults(name: str | None, folder: Path, today: str) -> PortfolioAnswers:
    """The answers where nobody says otherwise: scenarios that lie in the folder, or in one inside; it begins today."""
    found = scenarios_in(folder)
    jobs = ", ".join(found[:_MOST_JOBS]) or NONE
    answers = PortfolioAnswers(jobs=jobs, begins=today)
    return answers if name is None else PortfolioAnswers(name=name, jobs=jobs, begins=today)


def scenarios_in(folder: Path) -> list[str]:
    """FineTune and Serving scenarios without a fault that lie in a folder, or in one inside, by their paths from it."""
    return [path.relative_to(folder).as_posix() for path in _files(folder) if _readable(path)]


def jobs(answers: PortfolioAnswers, folder: Path, text: Callable[[str], str]) -> str:
    """The lines of `jobs`, texts as `text` writes them: one for each scenario, called after it.

    A service whose model is tuned by one of the others comes after that.
    """
    files = [name.strip() for name in answers.jobs.split(",") if name.strip()]
    if files in ([], [NONE]):
        return _INLINE
    said = [_said(folder / file) for file in files]
    names: list[str] = []
    for file, data in zip(files, said, strict=True):
        wanted = slug = _slug(_within(data, "metadata", "name") or Path(file).stem)
        number = 2
        while slug in names:
            slug, number = f"{wanted}-{number}", number + 1
        names.append(slug)
    where = {(folder / file).resolve(): name for file, name in zip(files, names, strict=True)}
    lines = []
    for file, name, data in zip(files, names, said, strict=True):
        lines += [f"  - name: {name}\n", f"    scenario: {text(file)}\n"]
        tuned = _within(data, "fine_tune", "scenario")
        first = None if tuned is None else where.get((folder / file).parent.joinpath(tuned).resolve())
        if first is not None and first != name:
            lines.append(f"    after: [{first}]                # which tunes the model that is served\n")
    return "".join(lines)


def budget_lines(answers: PortfolioAnswers, amount: Callable[[str], str]) -> str:
    """The block `budgets`; without one, what it would be."""
    if answers.budget.lower() == NONE:
        return "# budgets:\n#   - {amount: $5000}\n"
    return f"budgets:\n  - amount: {amount(answers.budget)}\n"


def day(answers: PortfolioAnswers, text: Callable[[str], str]) -> str:
    """The first day, as YAML takes it for text."""
    return answers.begins if _DAY.fullmatch(answers.begins) else text(answers.begins)


def days(answers: PortfolioAnswers) -> dict[str, str]:
    """The days that comments of the scenario name for an example: all lie after it begins, and in a horizon of 2 weeks.

    Of a first day that is none they are those of the answers' own default: `planner init` refuses such a file anyway.
    """
    try:
        first = dt.date.fromisoformat(answers.begins[:10])
    except ValueError:
        first = dt.date.fromisoformat(PortfolioAnswers().begins)
    after = {"earliest": 3, "closed": 5, "open": 7, "deadline": 10}
    try:
        named = {key: f"{first + dt.timedelta(days=count)}" for key, count in after.items()}
    except OverflowError:
        named = dict.fromkeys(after, f"{first}")
    return named | {"month": f"{first:%Y-%m}"}


def _files(folder: Path) -> Iterator[Path]:
    """Files that may be scenarios, sorted; nothing hidden, and no links."""
    looked = 0
    for here, folders, names in os.walk(folder):
        deep = len(Path(here).relative_to(folder).parts)
        folders[:] = sorted(each for each in folders if not each.startswith(".")) if deep < 1 else []
        for name in sorted(names):
            path = Path(here, name)
            if name.startswith(".") or path.is_symlink() or not name.lower().endswith((".yaml", ".yml")):
                continue
            looked += 1
            if looked > _LOOKED_AT:
                return
            yield path


def _said(path: Path) -> dict[str, Any]:
    """What a scenario that can be a job says once it is put together; nothing of what is no such one."""
    from planner.planning.reading import document_of
    from planner.scenario.compose import Composed, compose
    from planner.source import InvalidInput

    try:
        document = compose(document_of(path), path)
    except InvalidInput:
        return {}
    if not isinstance(document, Composed) or document.abstract or document.data.get("kind") not in _JOBS:
        return {}
    return dict(document.data)


def _readable(path: Path) -> bool:
    """Whether a file is a scenario that can be a job, with nothing wrong in it."""
    from planner.planning import read_any
    from planner.source import InvalidInput

    try:
        return bool(_said(path)) and bool(read_any(path))
    except InvalidInput:
        return False


def _within(data: dict[str, Any], block: str, key: str) -> str | None:
    """Text under a key of a block, where it is that."""
    found = data.get(block)
    value = found.get(key) if isinstance(found, dict) else None
    return value if isinstance(value, str) else None


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")[:60].strip("-._") or "job"


_INLINE: Final = """\
  - name: first-job
    inline:                          # instead of `scenario: file.yaml`: the scenario itself
      kind: FineTune
      models: [llama-3.1-8b]
      methods: [qlora, lora]
      dataset: {samples: 20k, tokens_per_sample: 500}
      hardware: {gpus: any, counts: [1, 2, 4, 8]}
"""
TEMPLATE: Final = """\
# yaml-language-server: $schema={schema}
#
# Written by `planner init --kind Portfolio`. `planner plan` plans all jobs together, `planner validate` says what is
# wrong here or in a job's scenario, and `planner schema Portfolio > Portfolio.schema.json` makes the file from which
# editors complete its keys.
api_version: planner/v1
kind: Portfolio

metadata:
  name: {name}

begins: {begins}
horizon: {horizon}
time_zone: {time_zone}

# Each job is a FineTune or Serving scenario, and runs in one of the configurations on the front of its plan. Of each:
#   team: research                 # whose budget pays; left out, the team of its scenario
#   value: $3000                   # what it is worth that it runs; with `optional: true` it may be left out
#   deadline: {deadline}           # `hard: true` keeps it whatever it costs; else late_per_day: $200
#   earliest: {earliest}           # does not start before
#   after: [another-job]           # waits for others to end
#   runs_for: 2 weeks              # of a service; left out, until the end
#   change: {{train.epochs: 2}}      # values of the scenario that differ here
jobs:
{jobs}
# teams:
#   - {{name: research, weight: 2, budgets: [{{amount: $2000}}, {{amount: $3000, month: {month}}}]}}

# For all jobs together, of each month; `whole: true` is for all months in one.
{budgets}
# GPUs that may be held at a time; of one provider, region or tier where it says so.
# quotas:
#   - {{gpu: h100, gpus: 8}}

# only_one:
#   - {{name: licence, jobs: [one-job, another-job]}}

# blackouts:
#   - {{begins: {closed}, ends: {open}, why: nobody is on call}}

# The plan says what would change if one of these were down.
# outages:
#   - {{provider: aws}}

objective:
  quality_point: $10               # what a point of quality of a job is worth; left out, the cheapest will do
  late_per_day: $100

solver:
  slot_hours: 4                    # starts lie on multiples of it
  gap: 0.01                        # proven distance to the best that is near enough
"""
