"""Other estimators and ours on exactly the same published rows: errors side by side, and what a peer cannot express.

`python -m tests.benchmarks.peers [--only PEER] [--heavy] [--what memory] [--json FILE]`. Each peer is installed from
the package index at first use, into an environment of its own, and answers without the network. Rows are those of
`measurements/`; nothing is asserted. To add a peer, add a module to `peer_runs/`.
"""

import argparse
import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks.own_predictions import Ours, held_out, ours
from tests.benchmarks.peer_environments import CACHE, FIGURE, FOLDER, HERE, Peer, ask, environment, peers
from tests.benchmarks.peer_rows import Case, cases, catalog_gpus, read_rows
from tests.benchmarks.peer_scores import UNDER, WITHIN, FitScore, Score, compare
from tests.benchmarks.peer_summary import summary

_WIDEST = 100


def table(peer: str, what: str, found: Mapping[str, Any]) -> Iterable[str]:
    """The lines that show one peer's figures beside ours."""
    yield f"\n{peer}, {what}: answers {found['answered']} of {found['rows']} rows"
    if left := found["answered"] - found["compared"]:
        yield f"  {left} of them ours does not answer; they are in no figure below"
    bar, under = f"in ±{WITHIN[what]:.0%}", f">{UNDER:.0%} under" if what == "memory" else ""
    yield f"  {'rows':12} {'by':38} {'n':>5} {'median':>8} {'MAPE':>8} {'bias':>7} {bar:>9} {under:>11}".rstrip()
    for group, lines in found["errors"].items():
        for who, errors in lines.items():
            s = Score(**errors)
            share = f"{s.under:11.1%}" if under else ""
            yield (
                f"  {group:12} {who.replace('peer', peer):38} {s.n:5} {s.median_ape:8.1%} {s.mape:8.1%} {s.bias:+7.2f}"
                f" {s.within:9.1%} {share}"
            ).rstrip()
    for who, counts in found["fits"].items():
        f = FitScore(**counts)
        yield (
            f"  {'fits':12} {who.replace('peer', peer):38} caught {_share(f.oom_caught, f.oom)} that ran out of memory,"
            f" passed {_share(f.fitting_passed, f.fitting)} that fitted"
        )
    for who, given in (("", found["reasons"]), (" by ours", found["our_reasons"])):
        for reason, count in given:
            yield f"  {count:5} not answered{who}: {reason[:_WIDEST]}"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.0%})" if whole else "none"


def run(
    what: str, name: str, peer: Peer, rows: list[Case], predicted: Ours, folder: Path
) -> dict[str, Any]:  # fmt: skip
    """Install and ask one peer, print its table, and give its figures and answers."""
    python = environment(name, peer, folder)
    if isinstance(python, str):
        print(f"\n{peer.NAME}, {what}: {python}")
        return {"not_available": python}
    answers = ask(FOLDER / f"{name}.py", python, [case.question for case in rows if case.question])
    answers |= {case.place: {"reason": case.unasked} for case in rows if not case.question}
    found = compare(what, rows, answers, predicted)
    print("\n".join(table(peer.NAME, what, found)), flush=True)
    return found | {
        "by_row": [
            {"row": case.place, "measured": case.measured, "fits": case.fits, "peer": answers[case.place],
             "ours": predicted.get(case.place)}
            for case in rows
        ]
    }  # fmt: skip


def main() -> None:
    """Ask every peer that was chosen, about both quantities unless one was."""
    known = peers()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=known, action="append", metavar="PEER", help=", ".join(known))
    parser.add_argument("--heavy", action="store_true", help="also peers that need torch (CPU wheels, 1 GB each)")
    parser.add_argument("--what", choices=FIGURE, action="append", help="default: both")
    parser.add_argument("--rows", type=Path, default=HERE / "measurements", help="folder of the measurement files")
    parser.add_argument("--environments", type=Path, default=CACHE, help="where peers live; default .venv-peers")
    parser.add_argument("--fitted", action="store_true", help="ours as released, not with a row's publisher held out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure and every answer")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="also write the main figures as a page")
    given = parser.parse_args()
    chosen = [name for name in known if (name in given.only if given.only else given.heavy or not known[name].HEAVY)]
    figures: dict[str, dict[str, Any]] = {}
    for what in given.what or FIGURE:
        file = (given.rows / f"{what}.csv").resolve()
        rows = cases(read_rows(file), what, catalog_gpus())
        if given.fitted:
            with tempfile.TemporaryDirectory() as folder:
                predicted = ours(file, what, Path(folder) / "ours.csv")
        else:
            predicted = held_out(what, given.rows.resolve())
        if isinstance(predicted, str):
            print(f"\n{what}: ours is not available: {predicted}")
            predicted = {}
        figures[what] = {
            name: run(what, name, known[name], rows, predicted, given.environments)
            for name in chosen
            if what in known[name].ANSWERS
        }
    if given.markdown:
        given.markdown.write_text(summary(figures, {name: peer.NAME for name, peer in known.items()}), "utf-8")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
