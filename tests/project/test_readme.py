"""Every command in the README is run: what a reader types is what was tried.

In a ```console block each line that starts with `$ ` is a command; `# exits 3` after it says which exit code
it should have (else 0). `planner` really runs, in order, in a copy of scenarios/, policies/ and measured rows that is
a repository of its own, all committed on its `main`; `make` only says what it would do, since the tests are inside
`make test`.
"""

import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.project.checkout import ROOT, make, run, told
from tests.revision.repositories import make_repository

BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXITS = re.compile(r"#.*?\bexits (\d+)")
RUN = {"planner", "python", "cat", "head", "ls", "mkdir"}
FOR_A_PERSON = {"git", "cd", "open", "xdg-open", "pip"}
"""Commands that fetch, move or show: nothing of ours to try."""


@dataclass(frozen=True)
class Command:
    """A line of the README."""

    line: int
    text: str
    exits: int


def commands(readme: str) -> list[Command]:
    """The commands of all console blocks, joined where a line ends with a backslash."""
    found = []
    for block in BLOCK.finditer(readme):
        first = readme.count("\n", 0, block.start(1)) + 1
        text = block[1].replace("\\\n", "  ")
        for offset, line in enumerate(text.split("\n")):
            if line.startswith("$ "):
                exits = EXITS.search(line)
                found.append(Command(first + offset, line[2:].strip(), int(exits[1]) if exits else 0))
    return found


def test_commands_are_found_with_their_exit_codes() -> None:
    readme = "x\n```console\n$ planner plan a.yaml  # dear: exits 3\nsaid\n$ make test\n```\n```yaml\n$ no\n```"
    assert commands(readme) == [
        Command(3, "planner plan a.yaml  # dear: exits 3", 3),
        Command(5, "make test", 0),
    ]


@pytest.mark.real
def test_every_command_in_the_readme_works(tmp_path: Path) -> None:
    for folder in ("scenarios", "policies", "tests/benchmarks/measurements"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    make_repository(tmp_path).commit({})
    wanted = commands((ROOT / "README.md").read_text("utf-8"))
    assert wanted, "the README shows no command"
    failures = [said for command in wanted if (said := _try(command, tmp_path))]
    assert not failures, "\n\n".join(failures)


def _try(command: Command, place: Path) -> str | None:
    """Run one command; what went wrong, or None."""
    at = f"README.md:{command.line}: {command.text}"
    words = shlex.split(command.text, comments=True)
    name = words[0]
    if name in FOR_A_PERSON:
        return None
    if name == "make":
        scenarios = [word.removeprefix("SCENARIO=") for word in words if word.startswith("SCENARIO=")]
        missing = [path for path in scenarios if not (ROOT / path).is_file()]
        result = make("-n", *words[1:])
        return None if result.returncode == 0 and not missing else f"{at}\n{missing}\n{told(result)}"
    if name not in RUN:
        return f"{at}\nthis test does not know {name!r}: put it in RUN or FOR_A_PERSON"
    result = run(["sh", "-c", command.text], place)
    if result.returncode == command.exits:
        return None
    return f"{at}\nshould exit {command.exits}\n{told(result)}"


@pytest.mark.parametrize(
    ("text", "works"),
    [("make test", True), ("make tset", False), ("git clone somewhere", True), ("planer plan x", False)],
)
def test_a_mistyped_command_is_noticed(text: str, works: bool, tmp_path: Path) -> None:
    assert (_try(Command(1, text, 0), tmp_path) is None) is works
