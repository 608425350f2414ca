"""Run the GitHub Action on a change, here: `python -m tools.run_action --base main --head my-branch`.

Every step of .github/actions/plan/action.yml runs as a runner would run it, on a shallow clone in a temporary folder of
the merge that GitHub would make. Steps that use other actions are only named. Nothing is posted, unless --api-url says
to what.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.action_steps import Job, Result, run_action

ROOT = Path(__file__).resolve().parents[1]
ACTION = ROOT / ".github" / "actions" / "plan"
WHO = {
    "GIT_AUTHOR_NAME": "runner", "GIT_AUTHOR_EMAIL": "runner@example.com", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "runner", "GIT_COMMITTER_EMAIL": "runner@example.com",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
}  # fmt: skip
"""Who makes the merge: nobody in particular, by no settings of this machine."""


@dataclass(frozen=True)
class PullRequest:
    """A change as GitHub offers it for review."""

    origin: Path
    """A bare repository with the commits."""
    base: str
    head: str
    merge: str
    """Commits."""
    number: int = 7
    repository: str = "example/models"
    from_repository: str = "example/models"
    """Another one for a pull request from a fork."""

    @property
    def event(self) -> dict[str, Any]:
        """The part of GitHub's description that matters here."""
        sides = {"base": (self.base, self.repository), "head": (self.head, self.from_repository)}
        described = {side: {"sha": sha, "repo": {"full_name": name}} for side, (sha, name) in sides.items()}
        return {"action": "synchronize", "number": self.number, "pull_request": {"number": self.number, **described}}


def git(folder: Path, *words: str) -> str:
    """What git prints; its complaint ends the run."""
    done = subprocess.run(
        ["git", "-C", str(folder), *words],
        env={"PATH": _path(), **WHO}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"git {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


def _path() -> str:
    import os

    return os.environ["PATH"]


def pull_request(repository: Path, base: str, head: str, place: Path) -> PullRequest:
    """Merge head into base in a copy of the repository, as GitHub does before any check runs."""
    place.mkdir(parents=True, exist_ok=True)
    origin = place / "origin.git"
    git(place, "clone", "--quiet", "--bare", "--no-local", str(repository), str(origin))
    # What GitHub allows, and a shallow clone needs: to ask for a commit by its name.
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    base_commit, head_commit = (git(origin, "rev-parse", f"{name}^{{commit}}") for name in (base, head))
    tree = git(origin, "merge-tree", "--write-tree", base_commit, head_commit).splitlines()[0]
    merge = git(origin, "commit-tree", tree, "-p", base_commit, "-p", head_commit, "-m", f"Merge {head} into {base}")
    git(origin, "update-ref", "refs/pull/7/merge", merge)
    return PullRequest(origin, base_commit, head_commit, merge)


def check_out(change: PullRequest, place: Path) -> Path:
    """What actions/checkout leaves: the merge alone, without history."""
    place.mkdir(parents=True)
    git(place, "init", "--quiet")
    git(place, "remote", "add", "origin", change.origin.as_uri())
    git(place, "fetch", "--quiet", "--no-tags", "--depth=1", "origin", f"+{change.merge}:refs/remotes/pull/7/merge")
    git(place, "checkout", "--quiet", "--detach", "refs/remotes/pull/7/merge")
    return place


def run(
    change: PullRequest,
    inputs: dict[str, str],
    place: Path,
    action: Path = ACTION,
    **about: Any,  # noqa: ANN401 - of Job
) -> Result:
    """Check the change out below `place`, and run the action on it; `about` goes to the Job."""
    temp = place / "temp"
    temp.mkdir(parents=True)
    (temp / "event.json").write_text(json.dumps(change.event), "utf-8")
    workspace = check_out(change, place / "workspace")
    job = Job(workspace, temp, "pull_request", change.event, change.merge, change.repository, **about)
    return run_action(action, inputs, job)


def main() -> int:
    """Run it as told on the command line; the exit code is the action's."""
    parser = argparse.ArgumentParser(prog="python -m tools.run_action", description=__doc__)
    parser.add_argument("--repository", type=Path, default=Path(), help="a git repository (here)")
    parser.add_argument("--base", default="main", help="branch or commit that the change would be merged into")
    parser.add_argument("--head", default="HEAD", help="branch or commit of the change")
    parser.add_argument("--with", dest="inputs", action="append", default=[], metavar="INPUT=VALUE")
    parser.add_argument("--api-url", default="", help="where to post the comment; nothing is posted without")
    asked = parser.parse_args()
    inputs = {} if asked.api_url else {"comment": "false"}
    inputs |= dict(pair.partition("=")[::2] for pair in asked.inputs)
    place = Path(tempfile.mkdtemp(prefix="run-action-"))
    change = pull_request(asked.repository.resolve(), asked.base, asked.head, place)
    python = {"python-path": sys.executable}
    more = {"api_url": asked.api_url} if asked.api_url else {}
    result = run(change, inputs, place / "job", used={"python": python}, **more)
    print(result.log)
    for step in result.steps:
        if step.uses and step.outcome != "skipped":
            print(f"not run: {step.uses} with {step.given}")
    print("\n".join(f"{name}: {value}" for name, value in result.outputs.items()))
    report = Path(result.outputs["report-path"] or place / "none")
    if report.is_dir():
        print(f"reports: {shutil.copytree(report, place / 'reports')}")
    return result.code


if __name__ == "__main__":
    sys.exit(main())
