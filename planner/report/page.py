"""ReportData + a template folder → the text of a page, in Jinja's sandbox."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from planner.errors import InputError
from planner.report.data import ReportData
from planner.resources import TEMPLATES

PAGE: Final = "report.html.j2"
STYLE: Final = "style.css"
PAPER_STYLE: Final = "paper.css"
SCRIPT: Final = "report.js"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")


def list_templates() -> tuple[str, ...]:
    """Names of the templates: the folders that hold a page."""
    if not TEMPLATES.is_dir():
        return ()
    return tuple(sorted(path.name for path in TEMPLATES.iterdir() if (path / PAGE).is_file()))


def template_folder(name: str) -> Path:
    """The folder of a template, by its name."""
    if _NAME.fullmatch(name) is None or name not in list_templates():
        message = f"unknown template {name!r}; there is {', '.join(list_templates()) or 'none'}"
        raise InputError(message)
    return TEMPLATES / name


def fill(folder: Path, data: ReportData | None, *, page: str = PAGE, **values: Any) -> str:  # noqa: ANN401
    """A page of this template; an undefined name or a broken template is the user's to mend, with its line."""
    from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    try:
        return environment.get_template(page).render(report=data, **values)
    except TemplateError as error:
        message = f"{_place(error, folder, page)}: {error.message or type(error).__name__}"
        raise InputError(message) from error


def _place(error: Exception, folder: Path, page: str) -> str:
    """`technical/report.html.j2:12`, from the error itself or from the innermost template frame."""
    name, line = getattr(error, "name", None), getattr(error, "lineno", None)
    traceback = error.__traceback__
    while traceback is not None:
        file = Path(traceback.tb_frame.f_code.co_filename)
        if file.parent == folder:
            name, line = file.name, traceback.tb_lineno
        traceback = traceback.tb_next
    return f"{folder.name}/{name or page}" + (f":{line}" if line else "")


def read(folder: Path, name: str) -> str:
    """A text file of a template, empty where the template has none."""
    path = folder / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def markup(parts: Mapping[str, str]) -> dict[str, Any]:
    """Text that is markup already, by name: only our own charts, never a name that a user gave."""
    from markupsafe import Markup

    return {name: Markup(text) for name, text in parts.items()}
