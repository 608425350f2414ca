"""`planner validate` on a catalog overlay: checked as what it is, alone or in a folder, warnings at their place."""

from pathlib import Path

from planner.errors import ExitCode
from tests.cli.calls import SMALL, run

OVERLAY = """\
api_version: planner/v1
kind: CatalogOverlay
metadata: {name: acme}
discounts:
  - {provider: aws, percent: 12, until: 2026-06-30}
"""


def test_a_whole_one_is_another_document(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(OVERLAY)
    (tmp_path / "small.yaml").write_text(f"{SMALL}overlays: [acme.yaml]\n")
    done = run("validate", tmp_path, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout == "1 scenario and 1 other document valid\n"
    assert "acme.yaml:5:41: warning: overlay acme: the discount at aws ended on 2026-06-30" in done.stderr


def test_a_broken_one_is_told_at_its_place(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(OVERLAY.replace("aws", "awz"))
    done = run("validate", "acme.yaml", cwd=tmp_path)
    assert done.returncode == ExitCode.BAD_INPUT
    assert "acme.yaml:5:16: unknown provider 'awz'" in done.stderr
    assert "did you mean 'aws'?" in done.stderr
