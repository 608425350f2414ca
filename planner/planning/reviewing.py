"""A SpendReview: its files found, what it names checked; and the review itself."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from planner.catalog.exchange import Rate, usd_per_unit
from planner.catalog.names import suggest
from planner.catalog.rows import Catalog
from planner.planning.ready import MAPPING, ReviewReady, Source, file_of, shown_path
from planner.planning.review_files import matching
from planner.planning.told import composition
from planner.scenario.compose import Composed
from planner.scenario.paths import scenario_root
from planner.scenario.spend_review import SpendReview
from planner.scenario.spend_rules import CHARGE_COLUMNS, DIMENSIONS
from planner.scenario.spend_sources import Bill, Deployments, GpuSamples, Requests, Runs
from planner.scenario.spend_sources import Source as Named
from planner.scenario.template_folder import template_folder
from planner.source import Document, InvalidInput, Problem
from planner.source import Path as Place
from planner.space.currency import check_currency
from planner.space.dataset_places import Found, NamedFileError
from planner.space.overlay.laying import Overlays

if TYPE_CHECKING:
    from planner.spend.review import Reviewed


@dataclass(slots=True)
class _Checking:
    """Problems of one scenario, as they are found."""

    document: Document
    source: Source
    root: Path
    problems: list[Problem]
    warnings: list[Problem]

    def complain(self, place: Place, message: str, hint: str | None = None) -> None:
        self.problems.append(self.document.problem("name", message, place, hint=hint))

    def warn(self, place: Place, message: str, hint: str | None = None) -> None:
        self.warnings.append(self.document.problem("shadowed", message, place, hint=hint, severity="warning"))

    def files(self, patterns: str | list[str], place: Place) -> list[Found]:
        """The files that are named at a place; what is wrong with one is told."""
        own = "." if isinstance(self.source, Mapping) else str(self.source)
        found: dict[Path, Found] = {}
        for number, pattern in enumerate([patterns] if isinstance(patterns, str) else patterns):
            at = place if isinstance(patterns, str) else (*place, number)
            home = self.document.file_at(at)
            try:
                for one in matching(pattern, home if Path(home).is_file() else own, self.root):
                    found[one.path] = one
            except NamedFileError as error:
                self.complain(at, error.message, error.hint)
        return list(found.values())


def read_review(
    source: Source, document: Document, scenario: SpendReview, overlays: Overlays, catalog: Catalog,
    today: datetime.date,
) -> ReviewReady:  # fmt: skip
    """The review with its files found; `today` counts where the scenario does not say as_of.

    Raises InvalidInput with every problem: files, days, time zone, currencies, dimensions and columns.
    """
    laid, lapsed = overlays.on(catalog)
    laid = _with_own_rates(laid, scenario, today)
    file = file_of(source)
    own_root = scenario_root(Path.cwd() / "-") if isinstance(source, Mapping) else scenario_root(file)
    told = document.warnings if isinstance(document, Composed) else ()
    checking = _Checking(document, source, own_root, [], [*told, *lapsed])
    texts = {**document.texts, **overlays.texts}
    templates = None
    try:
        templates = template_folder(scenario.templates, document, file)
    except InvalidInput as error:
        checking.problems += error.problems
    as_of = _day(scenario, today, checking)
    _check_zone(scenario, checking)
    check_currency(scenario, laid, checking.complain)
    for code in scenario.rates:
        if code == "USD" and scenario.rates[code] != 1.0:
            checking.complain(("rates", code), "one USD is 1 USD", "take it out")
    _check_names(scenario, checking)
    files = tuple(_source_files(scenario, checking))
    plans = _plans(scenario, checking)
    if checking.problems:
        raise InvalidInput([*checking.problems, *checking.warnings], texts)
    rates = {**usd_per_unit(laid.currencies), "USD": 1.0}
    path = MAPPING if isinstance(source, Mapping) else shown_path(Path(source))
    return ReviewReady(
        document, scenario, files, tuple(plans), as_of, rates, laid, tuple(checking.warnings), path, texts, templates,
        overlays,
    )  # fmt: skip


def _with_own_rates(catalog: Catalog, scenario: SpendReview, today: datetime.date) -> Catalog:
    """The catalog with the scenario's own rates, so that money is converted and shown by the same ones."""
    day = scenario.as_of or today.isoformat()
    own = {code: Rate(code, value, day, "the scenario's own rate") for code, value in scenario.rates.items()}
    return replace(catalog, currencies={**catalog.currencies, **own}) if own else catalog


def review_ready(ready: ReviewReady, tracking_uri: str | None = None) -> "Reviewed":
    """The review of a scenario that was read, and its file of rejected rows.

    Raises PlannerError: InputError where a source cannot be read, SetupError where a package is missing.
    """
    from planner.kinds.fine_tune import Origin
    from planner.planning.told import warning_text
    from planner.spend.review import Inputs, review
    from planner.version import __version__

    extends, changes = composition(ready.document)
    origin = Origin(ready.path, ready.document.digest, __version__, extends, changes)
    warnings = [warning_text(problem) for problem in ready.warnings]
    inputs = Inputs(
        ready.files, ready.plans, ready.as_of, ready.usd_per_unit, ready.catalog, origin, warnings, tracking_uri
    )
    return review(ready.scenario, inputs)


def _day(scenario: SpendReview, today: datetime.date, checking: _Checking) -> datetime.date:
    """The day that everything is looked at from; a month that starts on it or later is told."""
    as_of = today
    if scenario.as_of is not None:
        try:
            as_of = datetime.date.fromisoformat(scenario.as_of)
        except ValueError:
            checking.complain(("as_of",), f"{scenario.as_of} is no day of the calendar")
    if scenario.month is not None and f"{scenario.month}-01" >= as_of.isoformat():
        checking.complain(("month",), f"{scenario.month} has not begun on {as_of}", "see `as_of`")
    return as_of


def _check_zone(scenario: SpendReview, checking: _Checking) -> None:
    if scenario.time_zone == "UTC":
        return
    known = available_timezones() - {"localtime"}  # which is another one on each machine
    if scenario.time_zone not in known:
        near = suggest(scenario.time_zone, sorted(known))
        hint = f"did you mean {near!r}?" if near else "as in Europe/Berlin, America/New_York, UTC"
        checking.complain(("time_zone",), f"there is no time zone {scenario.time_zone!r}", hint)


def _check_names(scenario: SpendReview, checking: _Checking) -> None:
    """Dimensions and columns that rules, budgets and the rest name."""
    own = tuple(name for name in scenario.attribution.dimensions if name not in DIMENSIONS)
    dimensions = (*DIMENSIONS, *own)
    columns = (*dimensions, *CHARGE_COLUMNS)

    def check(name: str, among: tuple[str, ...], place: Place, *, key: bool = False) -> None:
        if name in among:
            return
        near = suggest(name, among)
        what = "a dimension" if among is dimensions else "a dimension or a column of the bill"
        hint = f"did you mean {near!r}?" if near else f"there are: {', '.join(among)}"
        checking.problems.append(checking.document.problem("name", f"{name} is not {what}", place, key=key, hint=hint))

    for number, rule in enumerate(scenario.attribution.rules):
        place: Place = ("attribution", "rules", number)
        check(rule.by, dimensions, (*place, "by"))
        for name in rule.where or {}:
            check(name, columns, (*place, "where", name), key=True)
    conditions = {
        "budgets": [budget.where for budget in scenario.budgets],
        "kpis": [kpi.where for kpi in scenario.kpis],
    }
    for key, wheres in conditions.items():
        for number, where in enumerate(wheres):
            for name in where or {}:
                check(name, columns, (key, number, "where", name), key=True)
    for number, name in enumerate(scenario.anomalies.by):
        check(name, columns, ("anomalies", "by", number))
    check(scenario.forecast.by, dimensions, ("forecast", "by"))


def _source_files(scenario: SpendReview, checking: _Checking) -> list[tuple[str, Named, tuple[Found, ...]]]:
    """Name, source and files of each; an MLflow experiment has none."""
    found, taken, counted = [], set[str](), dict[Path, str]()
    for number, source in enumerate(scenario.sources):
        key, patterns = _named_by(source)
        place: Place = ("sources", number, key)
        name = source.name or key.replace("_", "-")
        if name in taken and source.name is not None:
            checking.complain(("sources", number, "name"), f"another source is called {name}")
        while name in taken:
            name = f"{key.replace('_', '-')}-{number + 1}"
        taken.add(name)
        files = [] if key == "mlflow" else checking.files(patterns, place)
        if isinstance(source, Bill | Requests):
            # Within a source what several files have counts once; sources do not know of each other.
            for one in files:
                if (other := counted.setdefault(one.path, name)) != name:
                    checking.complain(place, f"{one.shown} is a file of the source {other} too and would count twice")
        found.append((name, source, tuple(files)))
    return found


def _named_by(source: Named) -> tuple[str, str | list[str]]:
    """The key that says what a source is, and its value."""
    match source:
        case Bill():
            return "focus", source.focus
        case Runs():
            return ("runs", source.runs) if source.runs is not None else ("mlflow", source.mlflow or "")
        case Requests():
            return "requests", source.requests
        case GpuSamples():
            return "gpu_samples", source.gpu_samples
        case Deployments():
            return "deployments", source.deployments


def _plans(scenario: SpendReview, checking: _Checking) -> list[Found]:
    """The plan.json files that are named; a folder stands for the one in it, and one that is not there is told."""
    found: dict[Path, Found] = {}
    own = "." if isinstance(checking.source, Mapping) else str(checking.source)
    for number, pattern in enumerate(scenario.plans):
        place: Place = ("plans", number)
        home = checking.document.file_at(place)
        beside = home if Path(home).is_file() else own
        tried = [pattern] if pattern.endswith(".json") else [f"{pattern.rstrip('/')}/plan.json"]
        try:
            for one in (file for each in tried for file in matching(each, beside, checking.root)):
                found[one.path] = one
        except NamedFileError as error:
            checking.warn(place, f"{error.message}, so that no run is held against it", error.hint)
    return list(found.values())
