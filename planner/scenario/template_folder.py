"""Where the report templates of a scenario's own lie: a folder below the root of its repository."""

from pathlib import Path as FilePath

from planner.scenario.paths import OutsideError, below, scenario_root
from planner.source import Document, InvalidInput, Path, Problem

PLACE: Path = ("templates",)


def template_folder(written: str | None, document: Document, scenario: FilePath) -> FilePath | None:
    """The folder that `templates` names, be it there or not; raises InvalidInput where it leads out of the repository.

    A comparison with an earlier commit has only files that plans rest on, so that the folder may be missing there.
    """
    if written is None:
        return None
    home = FilePath(document.file_at(PLACE))
    try:
        return below(scenario_root(scenario), (home if home.is_file() else scenario).parent, written)
    except OutsideError as error:
        hint = "templates lie below the root of the scenario's repository; links are followed first"
        raise InvalidInput([document.problem("name", str(error), PLACE, hint=hint)], document.texts) from None


def absent_folder(folder: FilePath | None, document: Document) -> Problem | None:
    """What is wrong with a folder that has no templates to give; None where it is one, or none is named."""
    if folder is None or folder.is_dir():
        return None
    message = "names a file, not a folder of templates" if folder.exists() else "names no folder that there is"
    hint = "a folder with a folder for each template in it; the path starts at the file that names it"
    return document.problem("name", message, PLACE, hint=hint)
