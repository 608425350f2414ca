"""Other estimators beside ours on the rows each could express, as Markdown to commit."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.benchmarks.peer_scores import UNDER, WITHIN

_TITLES = {"memory": "Peak memory per GPU", "throughput": "Tokens per second and GPU"}
_HEAD = """# Other estimators on the same rows

Every row that an estimator can express, and our estimate of exactly those rows by constants that their publishers took
no part in. Written by `make bench-peers ARGS="--heavy --markdown FILE"`; every reason why a row could not be expressed
is in what that command prints.
"""


def summary(figures: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]) -> str:
    """All peers that ran, one table a quantity; names by module."""
    lines = [_HEAD]
    for what, peers in figures.items():
        under = f" {UNDER:.0%} or more too low |" if what == "memory" else ""
        fits = " out of memory caught | fitting passed |" if what == "memory" else ""
        lines += [
            f"## {_TITLES[what]}\n",
            f"| estimator | rows | median error | mean error | within ±{WITHIN[what]:.0%} |{under}{fits}",
            "|---|---:|---:|---:|---:|" + "---:|" * (3 if what == "memory" else 0),
        ]
        for module, found in peers.items():
            if "errors" in found:
                lines += _lines(what, names[module], found)
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _lines(what: str, name: str, found: Mapping[str, Any]) -> Iterable[str]:
    for who, score in found["errors"].get("all", {}).items():
        title = who.replace("peer", name) if who != "ours" else "*ours, on the same rows*"
        cells = [str(score["n"]), *(f"{score[key]:.1%}" for key in ("median_ape", "mape", "within"))]
        if what == "memory":
            fits = found["fits"].get(who, {})
            cells += [
                f"{score['under']:.1%}",
                _share(fits, "oom_caught", "oom"),
                _share(fits, "fitting_passed", "fitting"),
            ]
        yield f"| {title} | {' | '.join(cells)} |"


def _share(counts: Mapping[str, int], part: str, whole: str) -> str:
    return f"{counts[part]} of {counts[whole]}" if counts.get(whole) else ""
