"""The action's and workflows' own files: pinned, least permissions, and an installation that trusts nothing."""

import os
import re
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from .checkout import ROOT, run, told

GITHUB = ROOT / ".github"
ACTION = GITHUB / "actions" / "plan"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
PINNED = re.compile(r"\S+@[0-9a-f]{40} # v\d+(\.\d+)*")


def read(path: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION / "action.yml"], ids=lambda path: path.name)
def test_every_action_is_pinned_by_commit_with_its_version(path: Path) -> None:
    used = re.findall(r"uses: (\S+[^\n]*)", path.read_text("utf-8"))
    assert used
    assert not [line for line in used if not line.startswith("./") and not PINNED.fullmatch(line)]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_code_of_a_pull_request_gets_a_token_that_can_write(path: Path) -> None:
    workflow = read(path)
    assert set(workflow[True]) <= {"push", "pull_request"}  # YAML reads `on` as true
    assert set(workflow["permissions"].values()) <= {"read"}
    for job in workflow["jobs"].values():
        writes = [scope for scope, level in job.get("permissions", {}).items() if level != "read"]
        ours = [step["uses"] for step in job["steps"] if str(step.get("uses", "")).startswith("./")]
        runs = [step["run"] for step in job["steps"] if "run" in step]
        assert not writes or (writes == ["pull-requests"] and ours == ["./judge/.github/actions/plan"] and not runs)
        for step in job["steps"]:
            if "actions/checkout@" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False


def test_the_judge_is_the_base() -> None:
    steps = read(GITHUB / "workflows" / "plan.yml")["jobs"]["judge"]["steps"]
    places = {step["with"]["path"]: step["with"].get("ref") for step in steps if "checkout" in step["uses"]}
    assert places == {"change": None, "judge": "${{ github.event.pull_request.base.ref }}"}
    assert steps[-1]["with"]["working-directory"] == "change"


def test_no_script_holds_an_expression() -> None:
    action = read(ACTION / "action.yml")
    assert action["runs"]["steps"]
    assert not [step["name"] for step in action["runs"]["steps"] if "${{" in step.get("run", "")]


def test_every_input_is_used_and_every_output_made() -> None:
    text = (ACTION / "action.yml").read_text("utf-8")
    action = read(ACTION / "action.yml")
    assert set(re.findall(r"\binputs\.([a-z-]+)", text)) == set(action["inputs"])
    made = {name for step in action["runs"]["steps"] for name in [step.get("id")] if name}
    for about in action["outputs"].values():
        assert re.findall(r"steps\.([a-z]+)\.", about["value"])[0] in made


def test_the_lock_of_the_action_is_part_of_the_lock() -> None:
    whole, part = (_pins(path / "requirements.lock") for path in (ROOT, ACTION))
    assert {"numpy", "weasyprint", "hatchling"} < set(part)
    assert "pytest" not in part
    assert {name: pin for name, pin in part.items() if whole.get(name) != pin} == {}, "run `make lock`"


def _pins(lock: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """Name → version and hashes; markers differ, since fewer packages ask."""
    blocks = re.findall(r"^(\S+?)==(\S+)([^\n]*(?:\n    --hash=\S+[^\n]*)+)", lock.read_text("utf-8"), re.MULTILINE)
    return {name: (version, frozenset(re.findall(r"sha256:\w+", rest))) for name, version, rest in blocks}


FAKE_PYTHON = """\
#!/bin/sh
echo "$PWD: $*" >>"{log}"
case "$*" in *"-m venv env") mkdir -p env/bin; cp "$0" env/bin/python ;; esac
case "$*" in *weasyprint*) exit {pango} ;; *{broken}*) exit 1 ;; esac
"""


class TestInstall:
    """The script, with a Python that only notes what it is asked for."""

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        shutil.copytree(ACTION, tmp_path / "source" / ".github" / "actions" / "plan")
        (tmp_path / "source" / "planner").mkdir()
        (tmp_path / "source" / "pyproject.toml").touch()
        (tmp_path / "source" / "tools").symlink_to(ROOT / "tools")
        for name in ("temp dir", "change"):
            (tmp_path / name).mkdir()
        return tmp_path

    def install(self, place: Path, broken: str = "nothing breaks", pango: int = 0, **env: str) -> tuple[int, str, str]:
        python = place / "python"
        python.write_text(FAKE_PYTHON.format(log=place / "log", broken=broken.replace(" ", r"\ "), pango=pango))
        python.chmod(python.stat().st_mode | stat.S_IXUSR)
        (place / "output").write_text("")
        script = place / "source" / ".github" / "actions" / "plan" / "install.sh"
        done = run(
            ["bash", script], place / "change", PYTHON=str(python), RUNNER_TEMP=str(place / "temp dir"),
            GITHUB_OUTPUT=str(place / "output"), **env,
        )  # fmt: skip
        log = (place / "log").read_text() if (place / "log").exists() else ""
        return done.returncode, told(done), log

    def test_it_takes_the_source_beside_the_action_by_the_lock(self, place: Path) -> None:
        code, said, log = self.install(place, INPUT_OUTPUTS="html")
        assert code == 0, said
        (made,) = (place / "temp dir").iterdir()
        outputs = dict(line.split("=", 1) for line in (place / "output").read_text().splitlines())
        assert outputs == {"planner": f"{made}/env/bin/planner", "python": f"{made}/env/bin/python"}
        steps = [line for line in log.splitlines() if "-m" in line]
        assert all(line.startswith(f"{made}: -I ") for line in steps), "not where the change lies, and isolated"
        venv, dependencies, planner = steps
        assert venv.endswith("-I -m venv env")
        lock = place / "source" / ".github" / "actions" / "plan" / "requirements.lock"
        assert "--no-deps" in dependencies
        assert dependencies.endswith(f"--require-hashes --requirement {lock}")
        assert "--no-deps" in planner
        assert planner.endswith(f"--no-build-isolation {place}/source")

    @pytest.mark.parametrize("broken", ["--require-hashes", "--no-build-isolation", "venv env"])
    def test_it_stops_where_something_fails(self, place: Path, broken: str) -> None:
        code, _, _ = self.install(place, broken=broken)
        assert code != 0
        assert (place / "output").read_text() == ""

    @pytest.mark.parametrize("may", [True, False])
    def test_what_pdf_needs_is_installed_or_missed_aloud(self, place: Path, may: bool) -> None:
        programs = place / "bin"
        programs.mkdir()
        for name, does in {"sudo": f'echo "$*" >>"{place}/sudo"; exit {int(not may)}', "apt-get": "exit 1"}.items():
            (programs / name).write_text(f"#!/bin/sh\n{does}\n")
            (programs / name).chmod(0o755)
        code, said, _ = self.install(place, pango=1, INPUT_OUTPUTS="pdf", PATH=f"{programs}:{os.environ['PATH']}")
        assert code == 0, said
        asked = (place / "sudo").read_text().splitlines()
        assert asked[0] == "-n true"
        assert any("apt-get install" in line and "libpango" in line for line in asked) is may
        assert ("::notice::this runner has no Pango, so there is no PDF" in said) is not may

    def test_it_says_where_it_cannot_be_used(self, place: Path) -> None:
        (place / "source" / "pyproject.toml").unlink()
        code, said, _ = self.install(place)
        assert code == 2
        assert "::error::this action installs the planner from the repository it lies in" in said

    def test_it_needs_a_python_of_today(self, place: Path) -> None:
        code, said, _ = self.install(place, broken="version_info")
        assert code == 2
        assert "::error::needs Python 3.11 or newer" in said

    def test_a_planner_of_ones_own_is_not_installed(self, place: Path) -> None:
        code, said, log = self.install(place, INPUT_PLANNER="sh")
        assert code == 0, said
        assert "pip" not in log
        assert f"planner={shutil.which('sh')}\n" in (place / "output").read_text()
