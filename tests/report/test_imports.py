"""Reports read the plan and nothing behind it, and load what is heavy only when it is needed."""

import ast
import subprocess
import sys
from pathlib import Path

from planner.report import render

FOLDER = Path(render.__file__).parent
ALLOWED = {
    "outcome", "units", "errors", "resources", "files", "decision_names", "card_names", "kind_names", "late", "report",
}  # fmt: skip
BESIDES = {
    "reading.py": {"version"},  # which planner made a plan that this one cannot read
    "review/cents.py": {"spend"},  # amounts are rounded as the statements of a review are
    "changes/annotations.py": {"source"},  # how a workflow command is escaped stands once, where problems use it too
    "printing/template.py": {"source"},  # template.yaml is a document of the user, read as every other
}


def test_reports_import_the_plan_and_nothing_behind_it() -> None:
    for path in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            inner = {name.split(".")[1] for name in names if name.startswith("planner.")}
            allowed = ALLOWED | BESIDES.get(path.relative_to(FOLDER).as_posix(), set())
            assert inner <= allowed, f"{path.name} imports {inner - allowed}"


def test_the_heavy_packages_come_late() -> None:
    code = (
        "import sys, planner.report.render, planner.report.sections.text\n"
        "print(*{'altair', 'vl_convert', 'weasyprint', 'jinja2'} & set(sys.modules))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=FOLDER.parents[1]
    )
    assert told.stdout.strip() == ""
