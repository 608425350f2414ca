"""The overlay that a scenario or the command line names: found, read and laid on the catalog."""

from pathlib import Path

from planner.calibrate.laying import overlaid
from planner.calibrate.reading import read_overlay
from planner.catalog.rows import Catalog
from planner.scenario.paths import scenario_root
from planner.source import Document, InvalidInput, Problem
from planner.space.dataset_places import Found, NamedFileError, find_named

PLACE = ("calibration",)


def calibrated(
    catalog: Catalog, written: str | None, document: Document, scenario: Path, given: Path | None, listed_digest: str
) -> tuple[Catalog, list[Problem]]:
    """The catalog with the overlay on it, and warnings; unchanged where neither scenario nor command line names one.

    `written` stands in the scenario and leads no further than the root of its repository; `given` was typed by the
    user, counts more, and may lie anywhere. `listed_digest` is that of the catalog before any private price was laid on
    it, which is what runs are compared with. Raises InvalidInput with every problem of the file.
    """
    if given is not None:
        found = Found(given, str(given), given.name)
    elif written is not None:
        found = _named(written, document, scenario)
    else:
        return catalog, []
    overlay, digest = read_overlay(found.path, found.shown, catalog)
    warnings = []
    if overlay.catalog.digest != listed_digest:
        message = (
            f"{found.shown} was made with another catalog, as of {overlay.catalog.as_of}: "
            "what it calls before is no longer what stands there"
        )
        hint = "make it again: planner calibrate RUNS"
        warnings.append(document.problem("calibration", message, PLACE, key=True, hint=hint, severity="warning"))
    return overlaid(catalog, overlay, found.name, digest), warnings


def _named(written: str, document: Document, scenario: Path) -> Found:
    home = document.file_at(PLACE)
    try:
        return find_named(written, home if Path(home).is_file() else str(scenario), scenario_root(scenario))
    except NamedFileError as error:
        raise InvalidInput([document.problem("name", error.message, PLACE, hint=error.hint)], document.texts) from None
