"""Runs the steps of a composite action as a runner does: inputs, conditions, outputs, exit codes, commands in the log.

Steps that use another action are not run but recorded, with what they were given.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tools.action_expressions import Contexts, fill, holds

_COMMAND = re.compile(r"::(?P<name>[a-z-]+)(?: (?P<properties>[^:]*(?::(?!:)[^:]*)*))?::(?P<message>.*)")
_FROM_HERE = ("PATH", "HOME", "LANG", "TZ", "TMPDIR")
"""Variables of this machine that steps may see: a runner's steps see none of a developer's."""


@dataclass(frozen=True)
class Command:
    """A line of the log that the runner obeys."""

    name: str
    """error, warning, notice, group …"""
    properties: dict[str, str]
    message: str


@dataclass(frozen=True)
class Step:
    """What became of one step."""

    name: str
    uses: str
    given: dict[str, str]
    """Inputs of an action that it uses."""
    outcome: str
    """success, failure or skipped, before continue-on-error."""
    code: int
    log: str
    outputs: dict[str, str]
    ignored: bool = False
    """Whether the action goes on after its failure (continue-on-error)."""


@dataclass
class Job:
    """Where an action runs."""

    workspace: Path
    temp: Path
    """$RUNNER_TEMP; files of the runner itself lie here too."""
    event_name: str
    event: Mapping[str, Any]
    sha: str
    repository: str
    api_url: str = "http://127.0.0.1:9"
    server_url: str = "http://127.0.0.1:9"
    token: str = "a-token"
    env: dict[str, str] = field(default_factory=dict)
    """Variables of the job."""
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    """Outputs of steps that use another action, by id."""


@dataclass(frozen=True)
class Result:
    """What became of the action."""

    steps: list[Step]
    outputs: dict[str, str]
    summary: str

    @property
    def code(self) -> int:
        """Exit code of the step that failed; 0 where none did."""
        return next((step.code for step in self.steps if step.code and not step.ignored), 0)

    @property
    def log(self) -> str:
        """All that the steps printed."""
        return "".join(f"--- {step.name}: {step.outcome}\n{step.log}" for step in self.steps)

    @property
    def commands(self) -> list[Command]:
        """What the runner was told by lines of the log."""
        return [command for step in self.steps for command in commands(step.log)]

    def step(self, name: str) -> Step:
        """A step by its name."""
        return next(step for step in self.steps if step.name == name)


def run_action(action: Path, inputs: Mapping[str, str], job: Job) -> Result:
    """Run every step of the action in this folder."""
    written = yaml.safe_load((action / "action.yml").read_text("utf-8"))
    unknown = set(inputs) - set(written["inputs"])
    if unknown:
        message = f"the action has no input {', '.join(sorted(unknown))}"
        raise ValueError(message)
    summary = job.temp / "summary.md"
    summary.touch()
    github = {
        "token": job.token, "workspace": str(job.workspace), "action_path": str(action), "repository": job.repository,
        "event_name": job.event_name, "event": job.event, "sha": job.sha, "api_url": job.api_url,
    }  # fmt: skip
    values: dict[str, Any] = {"github": github, "runner": {"temp": str(job.temp), "os": "Linux"}, "steps": {}}
    values["inputs"] = {
        name: inputs.get(name, fill(str(about.get("default", "")), Contexts(values)))
        for name, about in written["inputs"].items()
    }
    steps: list[Step] = []
    failed = False
    for number, about in enumerate(written["runs"]["steps"]):
        contexts = Contexts(values, failed)
        step = _run_step(about, action, job, contexts, number)
        steps.append(step)
        failed |= step.outcome == "failure" and not step.ignored
        if "id" in about:
            conclusion = "success" if step.ignored and step.outcome == "failure" else step.outcome
            values["steps"][about["id"]] = {
                "outputs": step.outputs, "outcome": step.outcome, "conclusion": conclusion,
            }  # fmt: skip
    outputs = {
        name: fill(about["value"], Contexts(values, failed)) for name, about in written.get("outputs", {}).items()
    }
    return Result(steps, outputs, summary.read_text("utf-8"))


def _run_step(about: Mapping[str, Any], action: Path, job: Job, contexts: Contexts, number: int) -> Step:
    name = str(about.get("name") or about.get("uses") or about["run"])
    uses = str(about.get("uses", ""))
    if not holds(str(about.get("if", "success()")), contexts):
        return Step(name, uses, {}, "skipped", 0, "", {})
    if uses:
        given = {key: fill(_written(value), contexts) for key, value in about.get("with", {}).items()}
        return Step(name, uses, given, "success", 0, "", job.used.get(about.get("id", ""), {}))
    if about.get("shell") != "bash":
        message = f"{name}: a composite step needs a shell, and only bash is covered"
        raise ValueError(message)
    script, output = job.temp / f"step-{number}.sh", job.temp / f"output-{number}"
    script.write_text(fill(about["run"], contexts), "utf-8")
    for file in (output, job.temp / "env", job.temp / "path"):
        file.touch()
    env = {name: os.environ[name] for name in _FROM_HERE if name in os.environ}
    env |= job.env | _variables(action, job, output)
    env |= {key: fill(_written(value), contexts) for key, value in about.get("env", {}).items()}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
        cwd=job.workspace / fill(about.get("working-directory", "."), contexts), env=env,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False,
    )  # fmt: skip
    outcome = "failure" if done.returncode else "success"
    ignored = bool(about.get("continue-on-error"))
    return Step(name, "", {}, outcome, done.returncode, done.stdout, _outputs(output.read_text("utf-8")), ignored)


def _written(value: object) -> str:
    """A value of YAML as its author wrote it, booleans in small letters."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _variables(action: Path, job: Job, output: Path) -> dict[str, str]:
    event = job.temp / "event.json"
    return {
        "CI": "true", "GITHUB_ACTIONS": "true", "RUNNER_OS": "Linux", "RUNNER_TEMP": str(job.temp),
        "GITHUB_WORKSPACE": str(job.workspace), "GITHUB_ACTION_PATH": str(action), "GITHUB_EVENT_PATH": str(event),
        "GITHUB_EVENT_NAME": job.event_name, "GITHUB_SHA": job.sha, "GITHUB_REPOSITORY": job.repository,
        "GITHUB_API_URL": job.api_url, "GITHUB_SERVER_URL": job.server_url, "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(job.temp / "summary.md"),
        "GITHUB_ENV": str(job.temp / "env"), "GITHUB_PATH": str(job.temp / "path"),
    }  # fmt: skip


def _outputs(text: str) -> dict[str, str]:
    """What a step wrote to $GITHUB_OUTPUT, one `name=value` on each line."""
    found = {}
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        if not sign or "<<" in name:
            message = f"this output is not covered: {line!r}"
            raise ValueError(message)
        found[name] = value
    return found


def commands(log: str) -> list[Command]:
    """Lines of a log that a runner obeys; between stop-commands and its token it obeys none."""
    found, resume = [], ""
    for line in log.splitlines():
        if resume:
            resume = "" if line == f"::{resume}::" else resume
        elif match := _COMMAND.match(line.lstrip()):
            if match["name"] == "stop-commands":
                resume = match["message"]
            else:
                pairs = (pair.partition("=") for pair in (match["properties"] or "").split(",") if pair)
                found.append(
                    Command(match["name"], {k.strip(): _plain(v) for k, _, v in pairs}, _plain(match["message"]))
                )
    return found


def _plain(text: str) -> str:
    """A value or message without its escapes."""
    for escape, character in {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}.items():
        text = text.replace(escape, character)
    return text
