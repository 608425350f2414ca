"""The steps of the action after its installation: `steps.py base|check|show|comment|verdict`.

Inputs come from environment variables, outputs go to the file $GITHUB_OUTPUT: as a runner does it, so that the same
steps run on any machine. Only the standard library, and nothing from the checkout, which strangers may have written.
"""

import base64
import html
import json
import math
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

ENV: Mapping[str, str] = os.environ
BAD_INPUT = 2
JUDGED = (0, 5)
"""Exit codes of the planner that are a verdict."""
ORDINARY = (0, 2, 3, 4, 5)
"""Those after which what it wrote is what it meant to write."""
MEANING = {
    2: "the change, a policy or an input cannot be used",
    3: "nothing feasible is left",
    4: "a price is missing or stale",
    5: "a policy, a budget or a missing approval denies this change",
    70: "the planner has a bug",
}
"""What exit codes of the planner mean."""
ANNOTATION = re.compile(r"::(error|warning|notice)( [^\r\n]*?)?::[^\r\n]*")
"""The only commands to the runner that are passed on."""
LARGEST_SUMMARY = 1_000_000
"""Bytes; GitHub drops a summary above 1 MiB whole."""
KEPT_LINES = 200
"""Last lines of the planner's output, for a comment where it wrote none."""
ELSEWHERE = "What the planner says is in the annotations and in the summary of the job."
NONE = "none"
CHOICES = {
    "fail-on": ("deny", "warn", "never"),
    "behaviour": ("update", "new", "delete-and-new", "hide-and-new"),
    "when": ("always", "on-change", "on-threshold"),
}


def fail(message: str) -> NoReturn:
    """End this step, and with it the job: what cannot be judged does not pass."""
    print(f"::error::{escaped(message)}")
    sys.exit(BAD_INPUT)


def escaped(text: str) -> str:
    """Text as a command to the runner carries it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def tell(**outputs: str) -> None:
    """Outputs of this step; `_` in a name stands for `-`."""
    lines = []
    for name, value in outputs.items():
        if "\n" in value or "\r" in value:
            fail(f"{name} would have several lines")
        lines.append(f"{name.replace('_', '-')}={value}\n")
    with Path(ENV["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.writelines(lines)


def given(name: str) -> str:
    """An input, by its name in action.yml; one of its choices where it has some."""
    value = ENV.get(f"INPUT_{name.upper().replace('-', '_')}", "").strip()
    if name in CHOICES and value not in CHOICES[name]:
        fail(f"the input {name} is {value!r}; it may be {', '.join(CHOICES[name])}")
    return value


def switched_on(name: str) -> bool:
    """An input that is true or false, and nothing else."""
    value = given(name)
    if value not in ("true", "false"):
        fail(f"the input {name} is {value!r}; it may be true or false")
    return value == "true"


def event() -> dict[str, Any]:
    """What started the workflow, as GitHub describes it; empty where nothing says."""
    path = ENV.get("GITHUB_EVENT_PATH", "")
    found = json.loads(Path(path).read_text("utf-8")) if path and Path(path).is_file() else {}
    return found if isinstance(found, dict) else {}


def at(data: object, *keys: str) -> Any:  # noqa: ANN401 - JSON
    """The value below these keys; None where one of them is missing."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


# base ---------------------------------------------------------------------------------------------------------------


def git(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run git in the checkout; it never asks for a password."""
    return subprocess.run(
        ["git", *words], env={**ENV, "GIT_TERMINAL_PROMPT": "0", **env}, capture_output=True, text=True, check=False
    )


def commit_of(revision: str) -> str:
    """The commit that a revision names here; empty where it names none."""
    found = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return found.stdout.strip() if found.returncode == 0 else ""


def merged_into() -> str:
    """First parent of the merge that GitHub made of the pull request; empty where something else is checked out.

    The event's base lags behind when the target branch moves on; this parent is what the merge was tried on. Only
    GitHub's own merge counts: it is the commit that the event names.
    """
    if commit_of("HEAD") != ENV.get("GITHUB_SHA", ""):
        return ""
    lines = git("cat-file", "commit", "HEAD").stdout.partition("\n\n")[0].splitlines()
    parents = [line.removeprefix("parent ") for line in lines if line.startswith("parent ")]
    return parents[0] if len(parents) == 2 and parents[1] == at(event(), "pull_request", "head", "sha") else ""


def default_base() -> str:
    """The revision that this event compares with."""
    what = event()
    if at(what, "pull_request"):
        return merged_into() or str(at(what, "pull_request", "base", "sha") or "")
    before = str(at(what, "merge_group", "base_sha") or at(what, "before") or "")
    return before if before.strip("0") else ""


def fetched(revision: str, wanted: str) -> str:
    """The commit of a revision of `origin` that the clone lacks, had by fetching `wanted`; fails where it cannot."""
    shallow = git("rev-parse", "--is-shallow-repository").stdout.strip() == "true"
    # Two deep, the merge that GitHub made brings its parents along, and git knows that they are related.
    depth = [f"--depth={1 if wanted == revision else 2}"] if shallow else []
    words = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", *depth, "--", "origin"]
    words.append(wanted.removeprefix("origin/"))
    done = git(*words)
    if done.returncode and given("token"):
        # A checkout without persisted credentials; the token goes by the environment, where `ps` does not show it.
        login = base64.b64encode(f"x-access-token:{given('token')}".encode()).decode()
        server = ENV.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/")
        done = git(
            *words,
            GIT_CONFIG_COUNT="1",
            GIT_CONFIG_KEY_0=f"http.{server}/.extraheader",
            GIT_CONFIG_VALUE_0=f"AUTHORIZATION: basic {login}",
        )
    if done.returncode:
        fail(f"the base {revision} is not in this clone and cannot be fetched: {done.stderr.strip()[-500:]}")
    return commit_of(revision) or (commit_of("FETCH_HEAD") if wanted == revision else "")


def base() -> int:
    """Find the commit to compare with, and fetch it where the clone is shallow."""
    wanted = given("base") or default_base()
    if wanted == NONE:
        print("no base: all scenarios count as new, and are judged by the policies of the checkout")
        tell(base="")
        return 0
    if not wanted:
        fail("this event has no base; set the input base to a revision, or to none")
    if wanted.startswith("-"):
        fail(f"{wanted!r} is no revision")
    commit = commit_of(wanted) or fetched(wanted, ENV["GITHUB_SHA"] if wanted == merged_into() else wanted)
    if not commit:
        fail(f"the base {wanted} is no commit")
    print(f"base: {commit}")
    tell(base=commit)
    return 0


# check --------------------------------------------------------------------------------------------------------------


def check_words(out: Path) -> list[str]:
    """The command, word by word: no shell reads it."""
    words = [ENV["PLANNER"], "check", f"--out={out}", f"--fail-on={given('fail-on')}"]
    if base_commit := ENV.get("BASE", ""):
        words.append(f"--base={base_commit}")
    words += [f"--{name}={given(name)}" for name in ("policies", "decision", "outputs") if given(name)]
    words += [f"--{name}" for name in ("approval-required", "notify") if switched_on(name)]
    paths = [line.strip() for line in given("paths").splitlines() if line.strip()]
    return [*words, "--", *paths]


def run_quietly(words: Sequence[str], env: Mapping[str, str]) -> tuple[int, str]:
    """Run a command whose output the runner must not take for commands to itself; its exit code and last lines."""
    token = secrets.token_hex(32)
    kept: deque[str] = deque(maxlen=KEPT_LINES)
    print(f"::stop-commands::{token}", flush=True)
    try:
        with subprocess.Popen(
            words, env=dict(env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", errors="replace",
        ) as process:  # fmt: skip
            assert process.stdout is not None
            for line in process.stdout:
                kept.append(line[:2000])
                print(line, end="", flush=True)
    except OSError as error:
        print(error, flush=True)
        return 127, str(error)
    finally:
        print(f"\n::{token}::", flush=True)
    return process.returncode, "".join(kept)


def figures(checked: dict[str, Any]) -> dict[str, str]:
    """Outputs of the action, from check.json; a sum that lacks a scenario is `unknown`, never less."""
    total = at(checked, "difference", "totals", "all")
    cost = {} if at(total, "unknown") else at(total, "delta", "cost_usd")
    results = [at(verdict, "result") for verdict in at(checked, "judgement", "verdicts") or []]
    changes = [at(scenario, "change") for scenario in at(checked, "difference", "scenarios") or []]
    return {
        "result": str(at(checked, "judgement", "result")),
        "cost_before_usd": number(at(cost, "before")),
        "cost_after_usd": number(at(cost, "after")),
        "cost_delta_usd": number(at(cost, "total")),
        "scenarios_changed": str(sum(change != "unchanged" for change in changes)),
        "denied": str(results.count("deny")),
        "warned": str(results.count("warn")),
    }


def number(value: object) -> str:
    """A figure as an output carries it."""
    known = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return f"{value:.2f}" if known else "unknown"


def check() -> int:
    """Run `planner check`, keep its exit code for the verdict, and tell what it found."""
    out = Path(tempfile.mkdtemp(prefix="planner-check-", dir=ENV["RUNNER_TEMP"]))
    code, said = run_quietly(check_words(out), ENV)
    found = {"result": "error"}
    try:
        if code in ORDINARY:
            found = figures(json.loads((out / "check.json").read_text("utf-8")))
    except (OSError, ValueError) as error:
        # An exit code alone is no verdict: without its reasons the change was not judged.
        if code in JUDGED:
            print(f"::error::planner check ended with {code} and left no check.json: {escaped(str(error))}")
            code = 70
    if code not in JUDGED:
        found["result"] = "error"
    comment_path = out / "comment.md"
    if code not in ORDINARY or not comment_path.is_file():
        comment_path.write_text("" if code in JUDGED else not_judged(code, said), "utf-8")
    tell(code=str(code), report_path=str(out), comment_path=str(comment_path), **found)
    return 0


def not_judged(code: int, said: str) -> str:
    """The comment where the planner wrote none; inside `<pre>` nothing is markup, and nobody is mentioned."""
    reason = MEANING.get(code, f"it ended with {code}")
    text = html.escape(said.strip(), quote=False)
    return f"### The planner could not judge this change\n\nExit code {code}: {reason}.\n\n<pre>{text}</pre>\n"


# show, comment, verdict -----------------------------------------------------------------------------------------------


def show() -> int:
    """Annotations to the log, the comment's text to the job's summary."""
    out = Path(ENV["REPORT"])
    annotations = out / "annotations.txt"
    if annotations.is_file():
        for line in annotations.read_text("utf-8", errors="replace").split("\n"):
            if ANNOTATION.fullmatch(line):
                print(line)
    text = (out / "comment.md").read_text("utf-8", errors="replace")
    with Path(ENV["GITHUB_STEP_SUMMARY"]).open("ab") as file:
        file.write(cut(text, LARGEST_SUMMARY).encode() + b"\n")
    return 0


def cut(text: str, most: int) -> str:
    """Text of at most so many bytes, cut after a whole line."""
    data = text.encode()
    if len(data) <= most:
        return text
    note = "\n\n*(cut: too long for a summary; the artifact has all of it)*\n"
    whole = data[: most - len(note.encode())].rpartition(b"\n")[0]
    return whole.decode("utf-8", errors="ignore") + note


def comment() -> int:
    """Post the comment, where there is a pull request that we may write to; its exit code goes to the verdict."""
    pull = at(event(), "pull_request")
    number_of_it = at(pull, "number")
    here = at(pull, "base", "repo", "full_name")
    if not (isinstance(number_of_it, int) and isinstance(here, str)):
        print("no comment: this event is no pull request")
    elif at(pull, "head", "repo", "full_name") != here:
        print(f"::notice::No comment: a pull request from a fork has no permission to write. {ELSEWHERE}")
    else:
        return _post(here, number_of_it)
    tell(code="0")
    return 0


def _post(repository: str, number_of_it: int) -> int:
    words = [ENV["PLANNER"], "comment", f"--repo={repository}", f"--pull-request={number_of_it}"]
    words += [f"--{name}={given(name)}" for name in ("behaviour", "tag")]
    words += [f"--api-url={ENV['GITHUB_API_URL']}"] if ENV.get("GITHUB_API_URL") else []
    report = Path(ENV["REPORT"])
    if int(ENV["CODE"]) in JUDGED:
        words += [f"--when={given('when')}", "--", str(report / "check.json")]
    else:
        words += [f"--body-file={report / 'comment.md'}"]
    kept = {name: value for name, value in ENV.items() if name != "INPUT_TOKEN"}
    code, said = run_quietly(words, {**kept, "GITHUB_TOKEN": given("token")})
    if code and "GITHUB_TOKEN may not do this" in said:
        print(f"::notice::No comment: the token may not write (permission pull-requests: write). {ELSEWHERE}")
        code = 0
    tell(code=str(code))
    return 0


def verdict() -> int:
    """The exit code of the check; where that is 0, of the comment that could not be posted."""
    code = int(ENV["CODE"])
    if code:
        print(f"::error::planner check: {MEANING.get(code, f'it ended with {code}')} (exit code {code})")
        return code
    posted = int(ENV.get("COMMENT_CODE") or 0)
    if posted:
        print("::error::The check passed, but the comment could not be posted; the log of that step says why")
    return posted


STEPS: dict[str, Callable[[], int]] = {
    "base": base, "check": check, "show": show, "comment": comment, "verdict": verdict,
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(STEPS[sys.argv[1]]())
