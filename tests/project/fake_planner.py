"""A `planner` that does as it is told and notes how it was called: for tests of what calls it."""

import json
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planner.outcome.difference import Delta, Difference, Place, Revision, ScenarioDifference, Total, Totals
from planner.outcome.verdict import Check, Judgement, Result, Verdict

SCRIPT = """\
#!{python}
import json, os, pathlib, sys
told = json.loads(pathlib.Path({told!r}).read_text())[sys.argv[1]]
note = {{"words": sys.argv[1:], "env": dict(os.environ), "cwd": os.getcwd()}}
with open({calls!r}, "a") as file:
    file.write(json.dumps(note) + "\\n")
for word in sys.argv[: sys.argv.index("--") if "--" in sys.argv else None]:
    if word.startswith("--out="):
        for name, text in told.get("files", {{}}).items():
            (pathlib.Path(word[6:]) / name).write_text(text)
print(told.get("says", ""), flush=True)
sys.exit(told["code"])
"""


@dataclass(frozen=True)
class Call:
    """One call of it."""

    words: list[str]
    env: dict[str, str]
    cwd: str

    def option(self, name: str) -> str | None:
        """The value of `--name=value`; None where it was not given."""
        return next((word.partition("=")[2] for word in self.words if word.startswith(f"--{name}=")), None)


@dataclass
class FakePlanner:
    """The program, and what each of its verbs does."""

    folder: Path
    verbs: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def program(self) -> Path:
        return self.folder / "planner"

    def does(self, verb: str, code: int, says: str = "", files: dict[str, str] | None = None) -> "FakePlanner":
        """Let a verb end with this code, print this, and leave these files in the folder of --out."""
        self.verbs[verb] = {"code": code, "says": says, "files": files or {}}
        told = self.folder / "told.json"
        told.write_text(json.dumps(self.verbs))
        self.program.write_text(
            SCRIPT.format(python=sys.executable, told=str(told), calls=str(self.folder / "calls.jsonl"))
        )
        self.program.chmod(self.program.stat().st_mode | stat.S_IXUSR)
        return self

    def calls(self, verb: str) -> list[Call]:
        """How a verb was called."""
        noted = self.folder / "calls.jsonl"
        found = [Call(**json.loads(line)) for line in noted.read_text().splitlines()] if noted.exists() else []
        return [call for call in found if call.words[0] == verb]


def check(*results: Result, before: float | None = 120.0, after: float | None = 151.5) -> Check:
    """A check of one changed scenario, with a verdict of each result."""
    total = None if before is None or after is None else after - before
    cost = Delta(before=before, after=after, planner=None, prices=None, scenario=total, total=total)
    place = Place(file="policies/budget.yaml", line=4)
    verdicts = [
        Verdict(
            policy="budget", rule="most", severity="deny", result=result, subject="a.yaml", message="m", place=place
        )
        for result in results
    ]
    worst = "deny" if "deny" in results else "warn" if "warn" in results else "pass"
    difference = Difference(
        base=Revision(name="base"),
        head=Revision(name="working tree"),
        planner="1",
        scenarios=[ScenarioDifference(path="a.yaml", name="a", change="changed", before=None, after=None)],
        totals=Totals(all=Total(scenarios=1, delta={"cost_usd": cost})),
    )
    return Check(difference=difference, judgement=Judgement(result=worst, verdicts=verdicts))


def files(checked: Check, annotations: str = "", comment: str = "the comment\n") -> dict[str, str]:
    """What `planner check --out` leaves."""
    return {"check.json": checked.model_dump_json(), "annotations.txt": annotations, "comment.md": comment}
