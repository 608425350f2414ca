"""What people install: the wheel, built from the sdist, used far from the checkout, without the network."""

import shutil
import sys
import sysconfig
from pathlib import Path

import pytest

from planner import __version__
from tests.project.checkout import ROOT, run, told

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("wheel")]  # one worker, so that it is built once


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; a .pth lends it the locked dependencies, no editable install."""
    place = tmp_path_factory.mktemp("wheel")
    built = run([sys.executable, "-m", "build", "--no-isolation", "--outdir", place / "dist", ROOT], place)
    assert built.returncode == 0, told(built)
    (wheel,) = (place / "dist").glob("*.whl")
    (_sdist,) = (place / "dist").glob("*.tar.gz")

    made = run([sys.executable, "-m", "venv", "--without-pip", place / "env"], place)
    assert made.returncode == 0, told(made)
    python = place / "env" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    put = run([*pip, "install", "--no-index", "--no-deps", str(wheel)], place)
    assert put.returncode == 0, told(put)
    (library,) = (place / "env" / "lib").glob("python3*/site-packages")
    (library / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n")
    shutil.copytree(ROOT / "scenarios", place / "scenarios")
    return place


def _planner(place: Path, *arguments: str, exits: int = 0) -> str:
    result = run([place / "env" / "bin" / "planner", *arguments], place)
    assert result.returncode == exits, told(result)
    return result.stdout


def test_the_wheel_is_what_runs(installed: Path) -> None:
    where = run([installed / "env" / "bin" / "python", "-c", "import planner; print(planner.__file__)"], installed)
    assert where.stdout.startswith(str(installed)), told(where)
    assert __version__ in _planner(installed, "--version")


def test_the_wheel_knows_its_schemas(installed: Path) -> None:
    assert _planner(installed, "schema", "FineTune") == (ROOT / "schemas" / "FineTune.schema.json").read_text("utf-8")


def test_the_wheel_validates(installed: Path) -> None:
    _planner(installed, "validate", "scenarios/support-bot.yaml")


def test_the_wheel_plans_and_finds_its_templates(installed: Path) -> None:
    _planner(installed, "plan", "scenarios/support-bot.yaml", "-o", "out", "--outputs", "html,md")
    assert {path.name for path in (installed / "out").iterdir()} >= {"plan.json", "report.html", "summary.md"}
