"""A template and its values → the text of a page, in Jinja's sandbox."""

import base64
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from planner.errors import InputError
from planner.report.printing.github_markdown import inert, stamp
from planner.report.printing.template import MOST_BYTES, PAGE, SHARED, Template
from planner.resources import TEMPLATES

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment

STYLE: Final = "style.css"
PAPER_STYLE: Final = "paper.css"
SCRIPT: Final = "report.js"
MOST_TEXT: Final = 64 * 2**20
"""Characters that a page may have: no loop of a template fills the memory."""
_LOGO_BYTES: Final = 200 * 1024
_MEDIA: Final = {".svg": "svg+xml", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}


def fill(template: Template, *, page: str = PAGE, **values: Any) -> str:  # noqa: ANN401
    """A page of this template; an undefined name or a broken template is the user's to mend, with its line."""
    from jinja2 import TemplateError, UndefinedError

    from planner.report.printing.undefined import told

    brand = {"logo": logo(template), "brand": template.brand}
    environment = _environment(template, inert if page.endswith(".md.j2") else None, {*brand, *values})
    parts, length = [], 0
    try:
        for part in environment.get_template(page).generate(**brand, **values):
            parts.append(part)
            length += len(part)
            if length > MOST_TEXT:
                message = f"{template.name}/{page}: prints more than {MOST_TEXT // 2**20} Mi characters"
                raise InputError(message)
    except UndefinedError as error:
        line = _line(error, template)
        message = f"{_place(error, template, page)}: {told(error.message or 'an undefined name', line)}"
        raise InputError(message) from error
    except TemplateError as error:
        message = f"{_place(error, template, page)}: {error.message or type(error).__name__}"
        raise InputError(message) from error
    except (RecursionError, MemoryError) as error:
        message = (
            f"{_place(error, template, page)}: {type(error).__name__}: it calls itself without end, or holds too much"
        )
        raise InputError(message) from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        message = f"{_place(error, template, page)}: {type(error).__name__}: {error}"
        raise InputError(message) from error
    return "".join(parts)


def _environment(
    template: Template, escape: Callable[[str], str] | None, names: Collection[str]
) -> "Environment":  # fmt: skip
    """Everything that a page prints is HTML-escaped; or made safe by `escape`, which has to leave no tag."""
    from jinja2 import ChoiceLoader, FunctionLoader
    from markupsafe import Markup

    from planner.report.printing.sandbox import Sandbox
    from planner.report.printing.undefined import undefined_of

    def safe(value: Any) -> Any:  # noqa: ANN401 - any value that a template prints
        return Markup(escape(value)) if escape and type(value) is str else value

    loaders: list[BaseLoader] = [FunctionLoader(_reading(folder)) for folder in template.folders]
    environment = Sandbox(
        loader=ChoiceLoader([*loaders, FunctionLoader(_reading(TEMPLATES))]),
        autoescape=True,
        finalize=safe,
        undefined=undefined_of(names),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    if escape is not None:
        environment.filters["stamp"] = lambda text: Markup(stamp(text))
    return environment


Loaded = tuple[str, str, Callable[[], bool]] | None


def _reading(folder: Path) -> Callable[[str], Loaded]:
    """A loader of the files below a folder, links resolved: none leads out of it."""
    root = folder.resolve()

    def load(name: str) -> Loaded:
        path = (root / name).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            return None
        return _text(path), str(path), lambda: True

    return load


def _text(path: Path) -> str:
    if path.stat().st_size > MOST_BYTES:
        message = f"{path}: larger than {MOST_BYTES // 1024} KiB, which is too much for a file of a template"
        raise InputError(message)
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        message = f"{path}: no UTF-8 text"
        raise InputError(message) from error


def _place(error: Exception, template: Template, page: str) -> str:
    """`technical/report.html.j2:12`, from the error itself or from the innermost template frame."""
    name, line = getattr(error, "name", None), getattr(error, "lineno", None)
    shown = f"{template.name}/{name or page}"
    for root, file, number in _frames(error, template):
        shown, line = str(file.relative_to(root if root == TEMPLATES.resolve() else root.parent)), number
    return shown + (f":{line}" if line else "")


def _line(error: Exception, template: Template) -> str:
    """The text of the innermost template's line that raised it; empty where there is none."""
    for _, file, number in reversed(list(_frames(error, template))):
        lines = _text(file).splitlines()
        return lines[number - 1] if number <= len(lines) else ""
    return ""


def _frames(error: Exception, template: Template) -> Iterator[tuple[Path, Path, int]]:
    """(root, file, line) of every frame that is a template's, the outermost first."""
    roots = [folder.resolve() for folder in template.folders] + [TEMPLATES.resolve()]
    traceback = error.__traceback__
    while traceback is not None:
        file = Path(traceback.tb_frame.f_code.co_filename)
        root = next((root for root in roots if file.is_relative_to(root)), None)
        if root is not None and file.suffix == ".j2":
            yield root, file, traceback.tb_lineno
        traceback = traceback.tb_next


def added(template: Template, name: str) -> str:
    """The files of this name of the template, the shared one first, then from the furthest it builds on to its own.

    Scripts are the planner's own alone: a page that is handed on runs no code of a template's author.
    """
    folders = [TEMPLATES / SHARED, *reversed(template.folders)]
    if name == SCRIPT:
        folders = [folder for folder in folders if folder.parent == TEMPLATES]
    return "\n".join(text for folder in folders if (text := read(folder, name)))


def read(folder: Path, name: str) -> str:
    """A text file of a template's folder, empty where it has none; no link leads out of it."""
    found = _reading(folder)(name)
    return "" if found is None else found[0]


def logo(template: Template) -> str:
    """The template's logo as a data: address, empty where it has none; raises InputError where it cannot be used."""
    if template.logo is None:
        return ""
    path = template.logo.resolve()
    try:
        inside = path.is_relative_to(template.logo.parent.resolve())
        content = path.read_bytes() if inside and path.stat().st_size <= _LOGO_BYTES else None
    except OSError as error:
        message = f"{template.logo}: {error.strerror or error}"
        raise InputError(message) from error
    if content is None:
        message = f"{template.logo}: a logo is a file of the template's folder, of at most {_LOGO_BYTES // 1024} KiB"
        raise InputError(message)
    kind = _MEDIA[path.suffix.lower()]
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def markup(parts: Mapping[str, str]) -> dict[str, Any]:
    """Text that is markup already, by name: only our own charts, never a name that a user gave."""
    from markupsafe import Markup

    return {name: Markup(text) for name, text in parts.items()}
