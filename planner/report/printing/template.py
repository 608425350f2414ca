"""Report templates: folders with a page, found by name or by path; one may build on another.

A folder holds `template.yaml` (what it is, all of it optional), `report.html.j2`, `report.md.j2`, `style.css`,
`paper.css` and `report.js`. What a folder lacks comes from the template it extends; styles add up.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from planner.errors import InputError
from planner.report.printers.takes import USUAL, WORDS, Takes
from planner.resources import SCHEMAS, TEMPLATES
from planner.source import Document, InvalidInput, Problem, read_document, schema_problems
from planner.source.refused import refused

PAGE: Final = "report.html.j2"
TEXT: Final = "report.md.j2"
MANIFEST: Final = "template.yaml"
SHARED: Final = "shared"
"""The folder of what every template may use; it is no template."""
KIND: Final = "ReportTemplate"
TITLE: Final = "Report template"
MOST_BYTES: Final = 512 * 1024
"""Size of a file of a template, at most."""
MOST_PLANS: Final = 5_000
"""Plans that one report prints at most."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]


class Manifest(BaseModel):
    """What a template is."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    summary: Annotated[str, StringConstraints(min_length=1, max_length=200)] = ""
    """What the report is for, in a sentence."""
    extends: Slug | None = None
    """The template it builds on, by its name, such as executive."""
    takes: Takes | None = None
    """What it prints: plan (one of fine-tuning), plans (several together), serving (one of serving), review (one of
    spend), portfolio (a plan of one) or case (a business case); left out, as what it extends, else plan."""
    most_plans: Annotated[int, Field(ge=1, le=MOST_PLANS)] | None = None
    """Of one that prints several plans, how many at most; left out, as what it extends, else 5,000."""
    spend: bool | None = None
    """Of one that prints several plans, whether it prints budgets and what was spent, for which policies are read."""
    logo: (
        Annotated[str, StringConstraints(pattern=r"^[\w][\w.-]*\.(svg|png|jpg|jpeg|webp)$", max_length=100)] | None
    ) = None
    """A picture in the same folder that stands at the top: svg, png, jpg or webp."""
    brand: Annotated[str, StringConstraints(min_length=1, max_length=80)] | None = None
    """Name that stands beside the logo, such as that of the company."""
    charts: Annotated[list[Slug], Field(max_length=50)] | None = None
    """Names of the charts that its page shows; left out, as what it extends, else all."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template, found: its own folder first, then those it builds on."""

    name: str
    folders: tuple[Path, ...]
    summary: str = ""
    takes: Takes = "plan"
    most_plans: int = MOST_PLANS
    spend: bool = False
    """Whether it prints budgets and what was spent."""
    logo: Path | None = None
    brand: str = ""
    charts: tuple[str, ...] | None = None
    """Names of the charts that its page shows; None for all."""

    def file(self, name: str) -> Path | None:
        """The nearest file of this name among its folders; None where none has it."""
        return next((path for folder in self.folders if (path := folder / name).is_file()), None)

    def forms(self) -> tuple[str, ...]:
        """What it can be printed as."""
        return (*(("html", "pdf") if self.file(PAGE) else ()), "md", "json")


def list_templates(roots: Sequence[Path] = ()) -> tuple[Template, ...]:
    """Templates by name: those in `roots`, which come first, and the planner's own; a link out of a root is none."""
    found = {name: folder for root in (TEMPLATES, *reversed(roots)) for name, folder in _in(root)}
    return tuple(template_at(folder) for _, folder in sorted(found.items()) if _stays(folder, folder.parent))


def find_template(asked: str, roots: Sequence[Path] = ()) -> Template:
    """The template of this name, or in the folder at this path; raises InputError where there is none."""
    if "/" in asked or "\\" in asked or asked in (".", ".."):
        folder = Path(asked)
        if not _holds_one(folder):
            message = f"{asked}: no template: a folder with {PAGE}, {TEXT} or {MANIFEST}"
            raise InputError(message)
        return template_at(folder)
    found = {name: folder for root in (TEMPLATES, *reversed(roots)) for name, folder in _in(root)}
    if asked not in found:
        message = f"unknown template {asked!r}; there is {', '.join(sorted(found)) or 'none'}, or name a folder: ./mine"
        raise InputError(message)
    _refuse_link(found[asked], found[asked].parent)
    return template_at(found[asked])


def template_at(folder: Path) -> Template:
    """The template in a folder; raises InputError or InvalidInput where its manifest is broken."""
    document, manifest = _manifest(folder)
    base = None
    if manifest.extends is not None:
        builtin = {name: other for name, other in _in(TEMPLATES) if other != folder}
        if document is not None and manifest.extends not in builtin:
            message = f"no template {manifest.extends!r}"
            hint = f"there is {', '.join(builtin) or 'none'}"
            raise InvalidInput([document.problem("name", message, ("extends",), hint=hint)], document.texts)
        base = template_at(builtin[manifest.extends])
    folders = (folder, *(base.folders if base else ()))
    if not any((one / name).is_file() for one in folders for name in (PAGE, TEXT)):
        message = f"{folder}: no page: a template has {PAGE} or {TEXT}, or extends another in {MANIFEST}"
        raise InputError(message)
    charts = tuple(manifest.charts) if manifest.charts is not None else base.charts if base else None
    return Template(
        name=folder.resolve().name,
        folders=folders,
        summary=manifest.summary or (base.summary if base else ""),
        takes=manifest.takes or (base.takes if base else "plan"),
        most_plans=manifest.most_plans or (base.most_plans if base else MOST_PLANS),
        spend=manifest.spend if manifest.spend is not None else base is not None and base.spend,
        logo=folder / manifest.logo if manifest.logo else base.logo if base else None,
        brand=manifest.brand or (base.brand if base else ""),
        charts=charts,
    )


def fitting(template: Template, takes: Takes) -> Template:
    """The template that prints such a plan under the name that was asked for; raises InputError where there is none.

    Of the planner's own `technical` and `executive` print plans of fine-tuning; asked for of a serving plan these names
    mean `serving` and `serving-executive`, and so on for other kinds.
    """
    if template.takes == takes:
        return template
    own = template.folders[0].parent == TEMPLATES
    if own and template.name in USUAL.get(takes, {}):
        return template_at(TEMPLATES / USUAL[takes][template.name])
    message = f"template {template.name} prints {WORDS[template.takes]}, and this is {WORDS[takes]}"
    fits = [other.name for other in list_templates() if other.takes == takes]
    message += f"; {WORDS[takes]} is printed by {', '.join(fits)}"
    raise InputError(message)


@cache
def manifest_schema() -> dict[str, Any]:
    """The committed JSON Schema of template.yaml."""
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{KIND}.schema.json").read_text("utf-8"))
    return schema


def _manifest(folder: Path) -> tuple[Document | None, Manifest]:
    path = folder / MANIFEST
    if not path.is_file():
        return None, Manifest()
    _refuse_link(path, folder)
    document = read_document(path, str(path))
    if problems := [*schema_problems(document, manifest_schema()), *_logo_problems(document, folder)]:
        raise InvalidInput(problems, document.texts)
    try:
        return document, Manifest.model_validate(document.data)
    except ValidationError as error:
        raise InvalidInput(refused(document, error.errors()), document.texts) from None


def _logo_problems(document: Document, folder: Path) -> Iterator[Problem]:
    """A logo that is not there, told together with all else that is wrong in the manifest."""
    named = document.data.get("logo") if isinstance(document.data, dict) else None
    if isinstance(named, str) and Path(named).name == named and not (folder / named).is_file():
        message = f"no file {named!r} beside {MANIFEST}"
        yield document.problem("name", message, ("logo",), hint="a logo is a picture in the template's own folder")


def _stays(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _refuse_link(path: Path, folder: Path) -> None:
    if not _stays(path, folder):
        message = f"is a link that leads out of {folder}"
        raise InvalidInput([Problem("unreadable", message, str(path), hint="a template is files of one folder")], {})


def _in(root: Path) -> Iterator[tuple[str, Path]]:
    """Name and folder of every template right below a folder."""
    if root.is_dir():
        for folder in sorted(root.iterdir()):
            if _NAME.fullmatch(folder.name) and folder.name != SHARED and _holds_one(folder):
                yield folder.name, folder


def _holds_one(folder: Path) -> bool:
    return any((folder / name).is_file() for name in (PAGE, TEXT, MANIFEST))
