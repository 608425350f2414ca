"""What a plan's bytes rest on beside scenario and catalog: this planner, and the libraries that it computes with."""

import hashlib
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from planner.version import __version__

LIBRARIES: Final = ("numpy", "scipy", "optuna", "moocore", "pydantic")
ABSENT: Final = "absent"


@cache
def build() -> Mapping[str, str]:
    """Part → version; `code` is a digest over the planner's own files, since in a checkout code changes first."""
    parts = {"python": ".".join(platform.python_version_tuple()[:2]), "planner": __version__}
    return parts | {name: _version(name) for name in LIBRARIES} | {"code": _code_digest()}


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """What differs between two builds, in words; empty where nothing does."""
    return ", ".join(
        f"{name} {there.get(name, ABSENT)} instead of {here[name]}" for name in here if there.get(name) != here[name]
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ABSENT


def _code_digest() -> str:
    root = Path(__file__).resolve().parents[1]
    state = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        state.update(f"{path.relative_to(root).as_posix()}\0".encode())
        state.update(path.read_bytes())
    return state.hexdigest()[:12]
