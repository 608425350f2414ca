"""Calls of the command line, for the tests beside this file and others."""

import contextlib
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

from planner.cli.main import main

SMALL = """\
api_version: planner/v1
kind: FineTune
metadata: {name: small}
models: [qwen2.5-7b, llama-3.1-8b]
methods: [lora, qlora]
dataset: {samples: 20k, tokens_per_sample: {mean: 400, p95: 1200}}
hardware: {gpus: [l40s, a100-80gb], counts: [1, 2], tiers: [on_demand]}
quality: {task: general}
constraints: {max_cost: $100, deadline: 24 h}
"""


def run(*words: str | Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A call in this process: what is imported once serves them all."""
    out, err = io.StringIO(), io.StringIO()
    asked = ["planner", *map(str, words)]
    handler = signal.getsignal(signal.SIGTERM)
    with (
        contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err),
        patch.object(sys, "argv", asked), patch.dict(os.environ, env),
    ):  # fmt: skip
        try:
            main()
        except SystemExit as end:
            return subprocess.CompletedProcess(asked, int(end.code or 0), out.getvalue(), err.getvalue())
        finally:
            signal.signal(signal.SIGTERM, handler)


def run_apart(*words: str | Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A call as a shell makes it, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "planner.cli.main", *map(str, words)],
        cwd=cwd, capture_output=True, text=True, check=False, env=os.environ | env,
    )  # fmt: skip
