"""How a run ended, in the words of MLflow, Slurm, Kubernetes, W&B and people."""

from collections.abc import Mapping
from typing import Final

_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "ok": ("ok", "finished", "completed", "complete", "succeeded", "success", "successful", "done", "passed", "cd"),
    "failed": (
        "failed", "failure", "fail", "error", "errored", "crashed", "crash", "oom", "out_of_memory", "oomkilled",
        "node_fail", "boot_fail", "timeout", "timed_out", "deadline", "deadlineexceeded", "crashloopbackoff",
        "launch_failed", "imagepullbackoff", "diverged", "f", "to", "nf",
    ),
    "preempted": ("preempted", "preempting", "evicted", "interrupted", "spot_interrupted", "requeued", "preemption",
                  "spot_terminated", "pr"),
    "stopped": ("killed", "cancelled", "canceled", "stopped", "stopping", "aborted", "revoked", "early_stopped",
                "suspended", "terminated", "deleted", "ca"),
    "running": ("running", "pending", "scheduled", "queued", "starting", "active", "completing", "configuring",
                "started", "in_progress", "unscheduled", "r", "pd"),
}  # fmt: skip
_KNOWN: Final = {word: status for status, words in _WORDS.items() for word in words}


def status_of(written: str) -> str | None:
    """ok, failed, preempted, stopped or running; '' for nothing, None for a word that is not understood.

    Slurm writes `CANCELLED by 1000` and `CANCELLED+`; the first word counts.
    """
    word = "_".join(written.strip().lower().rstrip("+").replace("-", " ").split())
    if not word:
        return ""
    return _KNOWN.get(word) or _KNOWN.get(word.partition("_")[0])
