"""Scenario and catalog → Plan: the only door to the planner for reports, commands and the Python API.

(The module is not called `plan` because the package's function of that name would hide it.)
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from planner.calibrate.scenario_overlay import calibrated
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog
from planner.kinds.reading import base_problems, typed
from planner.locking.choosing import BESIDE, Priced, Prices, price, since
from planner.outcome import LockReference
from planner.scenario.compose import Changes, Composed, compose, meaning
from planner.scenario.fine_tune import FineTune
from planner.scenario.paths import scenario_root
from planner.scenario.template_folder import absent_folder, template_folder
from planner.source import Document, InvalidInput, Problem, in_order, parse_document, read_document
from planner.source import Path as Place
from planner.space.contracts import under_contract
from planner.space.currency import check_currency, stale_rates
from planner.space.custom_models import extend_catalog, user_model_notes
from planner.space.dataset import Measured, measure
from planner.space.dataset_places import Places
from planner.space.offers import STALE_MONTHS
from planner.space.overlay.laying import Overlays, overlays_of
from planner.space.patterns import UNKNOWN_KEY
from planner.space.resolve import Space, resolve
from planner.version import __version__

if TYPE_CHECKING:
    from planner.choose.progress import Progress
    from planner.choose.storage import Keeping
    from planner.kinds.estimated import Estimate
    from planner.kinds.fine_tune import Origin
    from planner.kinds.single import Picks
    from planner.outcome import Plan
    from planner.outcome.why_not import WhyNot

Source = str | os.PathLike[str] | Mapping[str, Any]
MAPPING = "<mapping>"
NO_CHANGES = Changes()


@dataclass(frozen=True, slots=True)
class Ready:
    """A scenario that was read, checked and looked up in the catalog."""

    document: Document
    scenario: FineTune
    space: Space
    catalog: Catalog
    warnings: tuple[Problem, ...]
    path: str
    """The scenario's name in its plan."""
    texts: Mapping[str, str]
    """Of the files that warnings point into."""
    lock: LockReference | None = None
    """The lock whose prices count instead of the catalog's."""
    templates: Path | None = None
    """Folder of report templates that the scenario names; `missing_templates` says whether it is there."""
    overlays: Overlays | None = None
    """Those that the scenario names; their lines may have ended since the catalog's date."""


def read_scenario(
    source: Source,
    catalog: Catalog | None = None,
    changes: Changes = NO_CHANGES,
    price_max_age_months: float = STALE_MONTHS,
    calibration: Path | None = None,
    prices: Prices = BESIDE,
) -> Ready:
    """Read, put together, check and resolve a scenario; raises InvalidInput with every problem found.

    An overlay at `calibration` counts instead of the one that the scenario names. `prices` are by default those of the
    lock beside the scenario, where there is one.
    """
    written = _document(source)
    document = compose(written, Path(MAPPING if isinstance(source, Mapping) else source), changes)
    if isinstance(document, Composed) and document.abstract:
        message, hint = "is only a base for others", "plan a scenario that extends it, or take `abstract` out"
        raise InvalidInput([written.problem("abstract", message, ("abstract",), key=True, hint=hint)], written.texts)
    file = None if isinstance(source, Mapping) else Path(source)
    catalog = catalog or load_catalog()
    overlays = overlays_of(document, file or Path(MAPPING), catalog)
    scenario = typed(document, overlays.on(catalog).catalog, overlays.amounts_in)
    chosen = price(catalog, prices, file)
    ready = _resolved(source, document, scenario, chosen, overlays, price_max_age_months, calibration)
    lock = chosen.lock
    if not prices.beside or lock is None or lock.lock.scenario.digest != meaning(document):
        return ready
    # What came later was not there to choose, and must not move a decision that is locked.
    then = since(lock, ready.space.market.offers, ready.space.tuning.prices, chosen.catalog)
    if not (then.without or then.without_services):
        return ready
    chosen = replace(price(catalog, then, file), beside=chosen.beside)
    known = ready.space.measured
    return _resolved(source, document, scenario, chosen, overlays, price_max_age_months, calibration, known)


def _resolved(
    source: Source,
    document: Document,
    scenario: FineTune,
    chosen: Priced,
    overlays: Overlays,
    price_max_age_months: float,
    calibration: Path | None,
    known: Measured | None = None,
) -> Ready:
    """The scenario looked up in a catalog with the prices chosen for it; `known` is what its dataset's file holds."""
    catalog, lapsed = overlays.on(chosen.catalog)
    problems: list[Problem] = []
    told = document.warnings if isinstance(document, Composed) else ()
    warnings = [*told, *chosen.warnings, *lapsed]

    def complain(path: Place, message: str, hint: str | None) -> None:
        key = (bool(path) and path[0] == "axes" and len(path) == 2) or message.startswith(UNKNOWN_KEY)
        problems.append(document.problem("name", message, path, key=key, hint=hint))

    def warn(path: Place, message: str, hint: str | None) -> None:
        warnings.append(document.problem("shadowed", message, path, key=True, hint=hint, severity="warning"))

    file = Path(MAPPING if isinstance(source, Mapping) else source)
    broken: list[Problem] = []
    texts = {**document.texts, **overlays.texts}
    try:
        catalog, remarks = calibrated(catalog, scenario.calibration, document, file, calibration, chosen.catalog.digest)
        warnings += remarks
    except InvalidInput as error:
        broken += error.problems
        texts |= error.texts
    templates = None
    try:
        templates = template_folder(scenario.templates, document, file)
    except InvalidInput as error:
        broken += error.problems
    catalog = extend_catalog(
        scenario, catalog, lambda place: Path(document.file_at(place)).parent, scenario_root(file), complain
    )
    catalog = under_contract(scenario, catalog)
    measured = known or measure(scenario.dataset, _places(document, source), complain, broken)
    check_currency(scenario, catalog, complain)
    space = resolve(scenario, catalog, complain, warn, measured, price_max_age_months, _laid_over(document))
    if space is None or problems or broken:
        raise InvalidInput([*problems, *broken, *warnings], texts)
    path = MAPPING if isinstance(source, Mapping) else shown_path(Path(source))
    lock = chosen.reference(None if isinstance(source, Mapping) else scenario_root(file))
    return Ready(document, scenario, space, catalog, tuple(warnings), path, texts, lock, templates, overlays)


def _laid_over(document: Document) -> Callable[[Place, Place], bool]:
    """Whether what is at one place was laid over what is at another: by a file that extends it, or by an option."""
    homes = document.homes if isinstance(document, Composed) else {}
    return lambda place, below: homes.get(place, 0) > homes.get(below, 0)


def check_scenario(
    source: Source,
    catalog: Catalog | None = None,
    changes: Changes = NO_CHANGES,
    price_max_age_months: float = STALE_MONTHS,
) -> tuple[list[Problem], Mapping[str, str]]:
    """Every problem and warning of a scenario, and the texts they point into.

    Without changes every override is tried in turn. A base for others (`abstract: true`) is checked as far as it goes.
    """
    file = Path(MAPPING if isinstance(source, Mapping) else source)
    try:
        document = compose(_document(source), file, changes)
        if isinstance(document, Composed) and document.abstract:
            return _base_problems(document, catalog or load_catalog(), file)
    except InvalidInput as error:
        return list(error.problems), error.texts
    names = document.overrides if isinstance(document, Composed) else ()
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    variants = [] if changes.overrides else [replace(changes, overrides=(name,)) for name in names]
    for each in (changes, *variants):
        try:
            ready = read_scenario(source, catalog, each, price_max_age_months)
        except InvalidInput as error:
            problems += _new(error.problems, problems, each if each is not changes else None)
            texts |= error.texts
        else:
            found = [*ready.warnings, *missing_templates(ready)]
            problems += _new(found, problems, each if each is not changes else None)
            texts |= ready.texts
    return in_order(problems), texts


def missing_templates(ready: Ready) -> list[Problem]:
    """What is wrong with the folder of templates that a scenario names; plans do without it, reports do not."""
    problem = absent_folder(ready.templates, ready.document)
    return [] if problem is None else [problem]


def _new(found: Iterable[Problem], known: Sequence[Problem], variant: Changes | None) -> list[Problem]:
    """Problems that are not known yet, each told with the override it shows under."""
    if variant is None:
        return list(found)
    told = f" (with --override {variant.overrides[-1]})"
    return [replace(one, message=f"{one.message}{told}") for one in found if one not in known]


def _base_problems(document: Composed, catalog: Catalog, file: Path) -> tuple[list[Problem], Mapping[str, str]]:
    overlays = overlays_of(document, file, catalog)
    catalog, warnings = overlays.on(catalog)
    return [*base_problems(document, catalog), *document.warnings, *warnings], overlays.texts


def plan_ready(
    ready: Ready, progress: "Progress | None" = None, *, brief: bool = False, keeping: "Keeping | None" = None
) -> "Plan":
    """The plan of a scenario that was read; a brief one has the same front and decisions, and little else.

    A sampled search is kept where `keeping` says; `keep_search` makes one.
    """
    from planner.kinds.fine_tune import plan_fine_tune

    plan = plan_fine_tune(
        ready.scenario, ready.space, ready.catalog, _origin(ready), _warnings(ready), progress, brief=brief,
        keeping=keeping,
    )  # fmt: skip
    return plan if ready.lock is None else plan.model_copy(update={"lock": ready.lock})


def keep_search(
    ready: Ready, place: str, tell: "Callable[[str], None]", *, must_exist: bool = False, joins: bool = False
) -> "Keeping | None":
    """Where to keep the search of a scenario: a SQLite file, or the URL of a database; None where nothing is sampled.

    Raises InputError where its sampler cannot be kept.
    """
    from planner.choose.storage import Keeping, refuse_sampler
    from planner.kinds.keeping import study_name

    if ready.space.way == "exact":
        return None
    refuse_sampler(ready.scenario.search.sampler)
    name = study_name(ready.scenario, ready.space, ready.catalog, __version__)
    return Keeping(place, name, must_exist, joins, tell)


def join_search(ready: Ready, keeping: "Keeping", worker: int, progress: "Progress | None" = None) -> tuple[int, str]:
    """Help a search that another process leads; returns how many points this one tried, and why it ended.

    `worker` sets its random numbers apart from those of other workers.
    """
    from planner.kinds.searching import build_problem, help_search

    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    return help_search(problem, ready.scenario, keeping, worker, progress)


def estimate_ready(ready: Ready, picks: "Picks") -> "Estimate":
    """The estimate of the one configuration that a scenario and the picks leave."""
    from planner.kinds.single import estimate_fine_tune

    warnings = _warnings(ready, families=False)
    return estimate_fine_tune(ready.scenario, ready.space, ready.catalog, _origin(ready), warnings, picks)


def why_not_ready(ready: Ready, plan: "Plan", asked: str) -> "WhyNot":
    """Why the configuration that is asked about, in words or by its id, is not what a plan of the scenario chose."""
    from planner.kinds.searching import build_problem
    from planner.kinds.why_not import why_not

    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    return why_not(problem, ready.scenario, ready.catalog, plan, asked)


def estimate_scenario(
    source: Source,
    *,
    calibration: Path | None = None,
    **picks: Any,  # noqa: ANN401 - the fields of Picks
) -> "Estimate":
    """Read a scenario and estimate the one configuration that it and the picks leave."""
    from planner.kinds.single import Picks

    return estimate_ready(read_scenario(source, calibration=calibration), Picks(**picks))


def _origin(ready: Ready) -> "Origin":
    from planner.kinds.fine_tune import Origin

    return Origin(ready.path, ready.document.digest, __version__, *_composition(ready.document))


def _warnings(ready: Ready, *, families: bool = True) -> list[str]:
    warnings = [warning_text(problem) for problem in ready.warnings]
    if families:
        warnings += [f"{name} stands for {', '.join(ids)}" for name, ids in ready.space.families.items()]
    if ready.lock is not None and ready.lock.services is None and ready.space.tuning.prices:
        warnings.append(f"{ready.lock.file} holds no prices of managed services: those of the catalog count")
    considered = {ready.catalog.models[m].id for m in ready.space.recipes.models.tolist()}
    warnings += stale_rates(ready.scenario, ready.catalog, ready.space.market.stale_months)
    return warnings + user_model_notes(ready.catalog, considered)


def warning_text(problem: Problem) -> str:
    """A warning of a scenario as its plan says it: the place, unless the message starts with it, and the message."""
    return problem.message if problem.message.startswith(problem.at) else f"{problem.at}: {problem.message}"


def _composition(document: Document) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The files a scenario extends, and what the command line changed, as the plan names them."""
    if not isinstance(document, Composed):
        return (), ()
    return tuple(shown_path(base) for base in document.bases), tuple(document.changes.words)


def plan_scenario(source: Source, *, calibration: Path | None = None, progress: "Progress | None" = None) -> "Plan":
    """Read and plan a scenario."""
    return plan_ready(read_scenario(source, calibration=calibration), progress)


def refuse_candidates(ready: Ready, path: Path, sample: int | None = None) -> None:
    """Raise InputError where the candidates of a scenario cannot be written to `path`: too many, or another ending."""
    from planner.kinds.writing import refuse_candidates as refuse

    refuse(ready.space, path, sample)


def write_candidates(ready: Ready, path: Path, sample: int | None = None) -> Path:
    """Write every combination of a scenario, flat and unpruned, as CSV or Parquet by the file's ending.

    With continuous axes the search is run once more, with the same seed, and the points it tried follow the grid.
    """
    from planner.kinds.searching import build_problem, search_problem
    from planner.kinds.writing import write_candidates as write

    refuse_candidates(ready, path, sample)
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    if problem.space.way != "exact":
        problem, _, _ = search_problem(problem, ready.scenario)
    return write(problem, path, sample)


def _document(source: Source) -> Document:
    if isinstance(source, Mapping):
        text = yaml.safe_dump(json.loads(json.dumps(dict(source))), sort_keys=False, allow_unicode=True)
        return parse_document(text.encode(), MAPPING)
    return read_document(Path(source), os.fspath(source))


def _places(document: Document, source: Source) -> Places:
    """Where files named in the scenario are looked for: beside the file that names them, or else the scenario's."""
    own = "." if isinstance(source, Mapping) else os.fspath(source)

    def home(key: str) -> str:
        file = document.file_at(("dataset", key))
        return file if Path(file).is_file() else own

    return Places(home, scenario_root(Path.cwd() / "-" if isinstance(source, Mapping) else Path(source)))


def shown_path(path: Path) -> str:
    """A scenario's name in plans: relative to its repository's root, so that the folder it lies in changes nothing."""
    return path.resolve().relative_to(scenario_root(path)).as_posix()
