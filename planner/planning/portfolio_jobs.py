"""The scenarios of a portfolio's jobs: found, or cut out of the portfolio's own file, and read like any other."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from planner.catalog.rows import Catalog
from planner.locking.choosing import BESIDE, CATALOG, Prices
from planner.planning.portfolio_inline import Parts, inline_document, parts_of
from planner.planning.reading import read_any
from planner.planning.ready import MAPPING, AnyReady, JobReady, Source, shown_path
from planner.scenario.compose import Changes, compose
from planner.scenario.portfolio import Portfolio
from planner.scenario.portfolio_jobs import PortfolioJob
from planner.source import Document, InvalidInput, Problem, read_document
from planner.source import Path as Place
from planner.source.places import dotted
from planner.space.dataset_places import NamedFileError, find_named
from planner.space.portfolio.remarks import Checking

JOB_KINDS: Final = "FineTune or Serving"

_PATH: Final = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")

Key = tuple[str, tuple[str, ...], str]
"""What a job's scenario is: its file or its own text, variants, changes."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A scenario as it was read, for all jobs that name it."""

    ready: AnyReady | None
    path: str
    problems: tuple[Problem, ...]
    texts: Mapping[str, str]
    kind: Literal["FineTune", "Serving"]
    team: str
    digest: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the scenarios of jobs, each once."""

    source: Source
    document: Document
    own: str
    """The portfolio's file, as the user knows it."""
    root: Path
    """Nothing outside of it is read."""
    catalog: Catalog
    price_max_age_months: float
    prices: Prices
    checking: Checking
    known: dict[Key, _Read | None] = field(default_factory=dict)
    """None where it is no scenario of a job, which is told at each that names it."""

    def jobs(self, scenario: Portfolio) -> tuple[JobReady, ...]:
        """The jobs as written; one whose scenario is no scenario of a job is a problem of the portfolio."""
        inline = parts_of(self.document)
        found = []
        for number, job in enumerate(scenario.jobs):
            read = self._job(number, job, inline.get(number, ({}, {})))
            if read is None:
                continue
            team = job.team or read.team or scenario.metadata.team or ""
            found.append(
                JobReady(job.name, read.ready, read.path, read.problems, read.texts, read.kind, team, read.digest)
            )
        return tuple(found)

    def _job(self, number: int, job: PortfolioJob, parts: Parts) -> _Read | None:
        place: Place
        if wrong := [name for name in job.change if not _PATH.fullmatch(name)]:
            for name in wrong:
                place = ("jobs", number, "change", name)
                self.checking.complain(place, f"{name!r} is no dotted path", "write for example train.epochs: 2")
            return None
        changed = json.dumps(dict(job.change), sort_keys=True, default=str)
        if job.inline is not None:
            written = json.dumps(dict(job.inline), sort_keys=True, default=str)
            key: Key = f"inline {written}", tuple(job.variant), changed
            if (read := self.known.get(key)) is None:
                document = inline_document(self.document, ("jobs", number, "inline"), job, parts)
                read = self.known[key] = self._inline(number, job, document)
            return read
        place = ("jobs", number, "scenario")
        try:
            file = find_named(job.scenario or "", self._home(place), self.root)
        except NamedFileError as error:
            self.checking.complain(place, error.message, error.hint)
            return None
        key = str(file.path), tuple(job.variant), changed
        if (read := self.known.get(key)) is None:
            read = self.known[key] = self._file(number, job, Path(file.shown))
        return read

    def _home(self, place: Place) -> str:
        """The file that a name is written in, from which it is looked for."""
        home = self.document.file_at(place)
        return home if Path(home).is_file() else self.own

    def _file(self, number: int, job: PortfolioJob, file: Path) -> _Read | None:
        try:
            written = read_document(file, str(file))
        except InvalidInput as error:
            return _Read(None, shown_path(file), error.problems, error.texts, "FineTune", "", "")
        own = BESIDE if self.prices.beside else CATALOG
        return self._read(number, job, file, written, own, shown_path(file))

    def _inline(self, number: int, job: PortfolioJob, written: Document) -> _Read | None:
        place: Place = ("jobs", number, "inline")
        home = self._home(place)
        source: Source = self.source if isinstance(self.source, Mapping) else Path(home)
        path = MAPPING if isinstance(source, Mapping) else shown_path(Path(home))
        return self._read(number, job, source, written, CATALOG, f"{path}#jobs/{job.name}")

    def _read(
        self, number: int, job: PortfolioJob, source: Source, written: Document, prices: Prices, path: str
    ) -> _Read | None:
        changes = changes_of(job)
        kind, team, digest = _said(written, source, changes)
        try:
            ready = read_any(source, self.catalog, changes, self.price_max_age_months, None, prices, written=written)
        except InvalidInput as error:
            if refusal := next((one for one in error.problems if _refuses(one)), None):
                self._refuse(number, job, refusal)
                return None
            return _Read(None, path, self._placed(error.problems, number, job), error.texts, kind, team, digest)
        told = self._placed(ready.warnings, number, job)
        return _Read(replace(ready, path=path, warnings=told), path, told, ready.texts, kind, team, digest)

    def _refuse(self, number: int, job: PortfolioJob, refusal: Problem) -> None:
        """Tell that what a job names is none of its scenarios."""
        key, what = ("scenario", repr(job.scenario)) if job.inline is None else ("inline", "this")
        if refusal.code == "abstract":
            self.checking.complain(("jobs", number, key), f"{what} {refusal.message}", refusal.hint)
            return
        message = f"{what} is no scenario of a job: {refusal.message}"
        self.checking.complain(("jobs", number, key), message, f"jobs are scenarios of the kind {JOB_KINDS}")

    def _placed(self, problems: tuple[Problem, ...], number: int, job: PortfolioJob) -> tuple[Problem, ...]:
        """A scenario's problems; those of what the portfolio writes itself, where it writes it."""
        return tuple(self._one_placed(problem, number, job) for problem in problems)

    def _one_placed(self, problem: Problem, number: int, job: PortfolioJob) -> Problem:
        for k, name in enumerate(job.variant):
            if problem.file == f"--override {name}":
                return self._here(problem, ("jobs", number, "variant", k))
        for name, value in job.change.items():
            if problem.file == f"--set {_assignment(name, value)}":
                # What is missing of the whole scenario is told at what was laid on it last.
                whole: Place = ("jobs", number, "scenario" if job.inline is None else "inline")
                mine = not problem.at or problem.at.startswith(name.partition(".")[0])
                return self._here(problem, ("jobs", number, "change", name) if mine else whole)
        place: Place = ("jobs", number, "inline")
        if job.inline is not None and problem.file == self.document.file_at(place):
            return replace(problem, at=".".join(filter(None, (dotted(place), problem.at))))
        return problem

    def _here(self, problem: Problem, place: Place) -> Problem:
        """A problem of what a job changes, at the place where it does."""
        span = self.document.span(place, key=problem.code == "unknown-key")
        return replace(problem, file=self.document.file_at(place), span=span, at=dotted(place))


def changes_of(job: PortfolioJob) -> Changes:
    """What a job lays on its scenario, as the command line would."""
    return Changes(tuple(job.variant), tuple(_assignment(name, value) for name, value in job.change.items()))


def _assignment(name: str, value: Any) -> str:  # noqa: ANN401 - any YAML value
    return f"{name}={json.dumps(value, ensure_ascii=False, default=str)}"


def _said(written: Document, source: Source, changes: Changes) -> tuple[Literal["FineTune", "Serving"], str, str]:
    """Kind, team and digest that a scenario says, whatever is wrong with the rest of it."""
    file = Path("-") if isinstance(source, Mapping) else Path(source)
    try:
        document = compose(written, file, changes)
    except InvalidInput:
        document = written
    data = document.data if isinstance(document.data, dict) else {}
    metadata = data.get("metadata")
    team = metadata.get("team") if isinstance(metadata, dict) else None
    return (
        "Serving" if data.get("kind") == "Serving" else "FineTune",
        team if isinstance(team, str) else "",
        document.digest,
    )


def _refuses(problem: Problem) -> bool:
    """Whether a problem says that the document is no scenario of a job, and not that something in it is wrong."""
    return problem.severity == "error" and (problem.code, problem.at) in {("kind", "kind"), ("abstract", "abstract")}
