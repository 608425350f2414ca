"""Plans kept between runs, by the content of all that they rest on; never trusted across versions of the planner."""

import contextlib
import hashlib
import json
import platform
import zlib
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from planner.files import place
from planner.outcome import AnyPlan
from planner.outcome.any_plan import parse_plan
from planner.version import __version__

MOST_ENTRIES: Final = 2000
"""Plans that are kept; the ones not used for longest go first."""
MOST_BYTES: Final = 64 * 2**20
"""Bytes of a plan; more is no plan of ours."""
LIBRARIES: Final = ("numpy", "scipy", "optuna", "moocore", "pydantic", "tokenizers")
"""What figures are computed or counted with."""
_ENDING: Final = ".plan"


@cache
def code_digest() -> str:
    """SHA-256 over the planner and the libraries that its numbers come from.

    Of its files size and time count beside the version: in a checkout code changes before versions do.
    """
    versions = [__version__, platform.python_version(), *map(_version, LIBRARIES)]
    state = hashlib.sha256(" ".join(versions).encode())
    root = Path(__file__).resolve().parents[1]
    for path in sorted(root.rglob("*.py")):
        about = path.stat()
        state.update(f"{path.relative_to(root)}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    return state.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return f"no {name}"


def key_of(*parts: str) -> str:
    """The name of an entry: what the plan rests on, the planner itself first."""
    return hashlib.sha256("\0".join((code_digest(), *parts)).encode("utf-8", "surrogateescape")).hexdigest()


@dataclass
class PlanCache:
    """A folder of plans; without a folder nothing is kept."""

    folder: Path | None
    notes: list[str] = field(default_factory=list)
    """What went wrong, once: a cache that cannot be written stops nothing."""
    hits: int = 0
    misses: int = 0

    def get(self, *keys: str) -> AnyPlan | None:
        """The plan of the first of these keys that has one; None where none has, or it is damaged."""
        found = next((plan for key in keys if (plan := self._read(key)) is not None), None)
        if found is None:
            self.misses += 1
        else:
            self.hits += 1
        return found

    def put(self, key: str, plan: AnyPlan) -> None:
        """Keep a plan. Two runs may write the same one at a time: each moves a whole file into place."""
        if self.folder is None:
            return
        payload = zlib.compress(plan.model_dump_json().encode(), 1)
        head = json.dumps({"key": key, "code": code_digest(), "sha256": hashlib.sha256(payload).hexdigest()})
        try:
            place({self.folder / f"{key}{_ENDING}": head.encode() + b"\n" + payload})
        except OSError as error:
            self._note(f"the plan cache {self.folder} cannot be written ({error.strerror}); plans are made anew")

    def prune(self) -> None:
        """Take out the oldest entries beyond the limit."""
        if self.folder is None:
            return
        with contextlib.suppress(OSError):
            kept = sorted(self.folder.glob(f"*{_ENDING}"), key=lambda path: path.stat().st_mtime, reverse=True)
            for path in kept[MOST_ENTRIES:]:
                path.unlink(missing_ok=True)

    def _read(self, key: str) -> AnyPlan | None:
        if self.folder is None:
            return None
        path = self.folder / f"{key}{_ENDING}"
        try:
            head, _, payload = path.read_bytes().partition(b"\n")
            about = json.loads(head)
            whole = (about["key"], about["code"], about["sha256"])
            if whole != (key, code_digest(), hashlib.sha256(payload).hexdigest()):
                return None
            unpack = zlib.decompressobj()
            text = unpack.decompress(payload, MOST_BYTES)
            if unpack.unconsumed_tail:
                return None
            plan = parse_plan(text)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, zlib.error, ValidationError):
            self._note(f"{path.name} in the plan cache is damaged and was passed over")
            return None
        with contextlib.suppress(OSError):
            path.touch()
        return plan

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)
