"""The checkout under test, and how commands are run in and outside of it."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def run(command: Sequence[str | Path], cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command with this environment's programs first; output captured, exit code left to the caller."""
    return subprocess.run(command, cwd=cwd, env=environment(env), capture_output=True, text=True, check=False)


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a reader at a shell, without what pytest and make leave in ours."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "MAKE", "MFLAGS", "PYTHONPATH"))}
    return {**kept, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **extra}


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make in the checkout."""
    return run(["make", "--no-print-directory", *arguments], ROOT)


def told(result: subprocess.CompletedProcess[str]) -> str:
    """All that a command said, for the message of a failing test."""
    return f"$ {' '.join(map(str, result.args))}\nexit code {result.returncode}\n{result.stdout}{result.stderr}"
