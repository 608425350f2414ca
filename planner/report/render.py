"""A plan rendered into a folder: report.html, report.pdf, summary.md; all of it or nothing."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Literal, get_args

from planner.errors import InputError, SetupError
from planner.outcome import Plan
from planner.report.charts import Chart
from planner.report.data import ReportData
from planner.report.gather import report_data
from planner.report.html import html, vega_bundle
from planner.report.markdown import markdown
from planner.report.page import list_templates, template_folder
from planner.report.pdf import load, pdf
from planner.report.pictures import draw, pictures

__all__ = ["FILES", "Output", "list_templates", "place", "render"]

Output = Literal["html", "pdf", "md"]
FILES: Final[Mapping[str, str]] = {"html": "report.html", "pdf": "report.pdf", "md": "summary.md"}


def render(plan: Plan, template: str, out: Path, outputs: Sequence[Output]) -> tuple[list[Path], list[str]]:
    """Write the outputs into `out`; returns the files written and notes on what was left out, and why.

    Every file is made before the first is moved into place. A missing PDF or chart package is a note as long as
    something else was asked for.
    """
    unknown = [name for name in outputs if name not in get_args(Output)]
    if unknown:
        message = f"unknown output {unknown[0]!r}; choose from {', '.join(FILES)}"
        raise InputError(message)
    contents, notes = contents_of(report_data(plan), template_folder(template), tuple(dict.fromkeys(outputs)))
    if "pdf" in outputs and "pdf" not in contents and (out / FILES["pdf"]).exists():
        notes.append(f"{out / FILES['pdf']} is from an earlier run")
    return place({out / FILES[name]: content for name, content in contents.items()}), notes


def contents_of(data: ReportData, folder: Path, outputs: tuple[Output, ...]) -> tuple[dict[str, bytes], list[str]]:
    """Output → its bytes, and notes; what is slow to load is loaded while something else is worked on."""
    notes: list[str] = []
    made: dict[str, bytes] = {}
    with ThreadPoolExecutor(max_workers=1) as pool:
        if "pdf" in outputs:
            pool.submit(load)
        drawn, svg = _charts(data, notes) if {"html", "pdf"} & set(outputs) else ((), {})
        told = tuple(notes)
        if drawn and "html" in outputs:
            pool.submit(vega_bundle)
        if "pdf" in outputs:
            try:
                made["pdf"] = pdf(data, folder, svg, told)
            except SetupError as error:
                if set(outputs) == {"pdf"}:
                    raise
                notes.append(str(error))
    if "html" in outputs:
        made["html"] = html(data, folder, drawn, svg, told).encode()
    if "md" in outputs:
        made["md"] = markdown(data).encode()
    return {name: made[name] for name in outputs if name in made}, notes


def _charts(data: ReportData, notes: list[str]) -> tuple[tuple[Chart, ...], Mapping[str, str]]:
    try:
        drawn = draw(data)
    except SetupError as error:
        notes.append(str(error))
        return (), {}
    return drawn, pictures(drawn)


def place(contents: Mapping[Path, bytes]) -> list[Path]:
    """Write everything beside its place under a temporary name, then move it all there."""
    waiting: list[tuple[Path, Path]] = []
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            waiting.append((Path(name), path))
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(0o644)
        for temporary, path in waiting:
            temporary.replace(path)
    finally:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)
    return [path for _, path in waiting]
