"""The peers, each in an environment of its own: found by listing `peer_runs/`, installed once, asked in one process."""

import importlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Protocol, cast

from tests.benchmarks.peer_questions import Question

HERE: Final = Path(__file__).resolve().parent
FOLDER: Final = HERE / "peer_runs"
CACHE: Final = HERE.parents[1] / ".venv-peers"
FIGURE: Final = {"memory": "gib", "throughput": "tokens_per_s_per_gpu"}
"""What is asked, and the key of the answer: GiB per GPU, tokens/s per GPU."""
_LIMIT_S: Final = 900
_OFFLINE: Final = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}

Answer = dict[str, Any]
"""`gib` (with `card_gib` where the peer compares another figure with the card), `tokens_per_s_per_gpu`, or `reason`."""


class Peer(Protocol):
    """A module of `peer_runs/`. It imports the peer inside `answerer` only, since we read it without the peer."""

    NAME: str
    """As printed."""
    INSTALLS: tuple[tuple[str, ...], ...]
    """Arguments of `pip install`, one call each, with pinned versions; none for a rule that needs no package."""
    HEAVY: bool
    """Pulls in torch; asked with `--heavy` only."""
    ANSWERS: tuple[str, ...]
    """`memory`, `throughput` or both."""
    answerer: Callable[[], Callable[[Mapping[str, Any]], Answer]]
    """Loads the peer and gives what answers one question; NotImplementedError says why one cannot be asked."""


def peers() -> dict[str, Peer]:
    """Every peer by the name of its file."""
    names = sorted(path.stem for path in FOLDER.glob("*.py"))
    return {name: cast("Peer", importlib.import_module(f"tests.benchmarks.peer_runs.{name}")) for name in names}


def ask(peer_file: Path, python: Path | str, questions: Sequence[Question]) -> dict[int, Answer]:
    """The peer's answer by question id. What a broken process left unanswered has that as its reason."""
    lines = "".join(json.dumps(asdict(question)) + "\n" for question in questions)
    command = [str(python), "-I", str(HERE / "peer_inside.py"), str(peer_file)]
    try:
        done = subprocess.run(
            command, input=lines.encode(), capture_output=True, check=False, timeout=_LIMIT_S, env=os.environ | _OFFLINE
        )
        output, ended = done.stdout, f"the peer's process ended with {done.returncode}"
        if done.returncode:
            print(f"{peer_file.stem}: {done.stderr.decode(errors='replace').strip()[-500:]}", file=sys.stderr)
    except subprocess.TimeoutExpired as expired:
        output, ended = expired.stdout or b"", f"the peer had not answered after {_LIMIT_S} s"
    whole = [line for line in output.splitlines(keepends=True) if line.endswith(b"\n")]
    answers = {found.pop("id"): found for found in map(json.loads, whole)}
    return {question.id: answers.get(question.id, {"reason": ended}) for question in questions}


def environment(name: str, peer: Peer, folder: Path) -> Path | str:
    """The Python that the peer lives in, installed at first use; its error when that fails."""
    if not peer.INSTALLS:
        return Path(sys.executable)
    place = folder / name
    python, stamp = place / "bin" / "python", place / "installed.json"
    wanted = json.dumps(peer.INSTALLS)
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return python
    print(f"installing {peer.NAME} …", file=sys.stderr)
    venv.create(place, with_pip=True, clear=True)
    for words in peer.INSTALLS:
        done = subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", *words],
            capture_output=True, text=True, check=False, env=os.environ | {"DS_BUILD_OPS": "0"},
        )  # fmt: skip
        if done.returncode:
            return f"not installed: {(done.stderr.strip().splitlines() or ['pip failed'])[-1][:200]}"
    stamp.write_text(wanted, "utf-8")
    return python
