"""Write reports/samples/: what each scenario's reports look like, all of them side by side, and an index.

`write_samples.py [--out FOLDER] [NAME...]` plans the scenarios of these names, all of them without a name; only then
they are compared too. HTML reports are left out: they carry a third-party script, which is not committed here.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from planner.files import place
from planner.gate.chances import chances_of
from planner.outcome import Plan
from planner.planning import outcome_of, read_ready
from planner.report.charts.pictures import draw, on_white, pictures
from planner.report.printers import Asked, printer_of
from planner.report.render import FILES, Output, render
from planner.report.sections.markdown import escape
from planner.report.several.collection import chosen_of, collection, member_of

if TYPE_CHECKING:
    from planner.outcome.any_plan import Outcome
    from planner.report.data.printed import Printed

ROOT = Path(__file__).resolve().parents[1]
SAMPLES, SCENARIOS = ROOT / "reports" / "samples", ROOT / "scenarios"
PRINTED: tuple[tuple[str, tuple[Output, ...]], ...] = (("technical", ("pdf", "md")), ("executive", ("pdf",)))
"""Templates, and what each scenario is printed as by them."""
PICTURES = {
    "front": "the front",
    "models": "quality against cost, the best of each model",
    "break-even": "what a month costs against its requests, rented and by an API",
    "portfolio-gantt": "who runs what, and when",
    "case-returns": "what the options return, up to each month",
    "case-tornado": "what the decision hangs on",
    "review-days": "spend by day and team, what is odd in it, and where it goes",
}
"""Charts that stand in the index as pictures, with what they show."""
TOGETHER = "compare"
"""Template, and folder, of all scenarios side by side."""
OTHERS = {"accuracy": "how far the estimates hold against published measurements"}
"""Folders that something else writes (`make accuracy-page`), with what they show."""
LARGEST = 1_500_000
"""Bytes of the largest file that may be committed."""
INTRO = """# Sample reports

Made by `make reports` from the scenarios in [scenarios/](../../scenarios); the same planner gives the same bytes. Each
has its page for who decides (executive) and all that is behind it (technical). The HTML report is not here, since it
carries a third-party script: `make plan SCENARIO=…` writes it.
"""


def scenarios() -> dict[str, Path]:
    """Name → file of every worked scenario: by kind, those that tune first."""
    folders = (SCENARIOS, *(SCENARIOS / kind for kind in ("serving", "portfolio", "business-case", "spend")))
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def write_sample(name: str, plan: "Outcome", samples: Path = SAMPLES) -> list[Path]:
    """Write the sample of a plan into the folder of its scenario's name."""
    folder, written = samples / name, list[Path]()
    for template, outputs in PRINTED:
        names = FILES if template == "technical" else {form: f"{template}.{form}" for form in FILES}
        files, notes = render(plan, template, folder, outputs, names=names)
        if notes:
            sys.exit("; ".join(notes))
        written += files
    data: Printed = printer_of(plan).data(plan, Asked())
    return written + _pictures(data, tuple(PICTURES), folder)


def write_together(plans: Sequence[Plan], samples: Path = SAMPLES) -> list[Path]:
    """Write the sample that holds all plans side by side."""
    found = collection([member_of(plan) for plan in plans], chances_of([chosen_of(plan, None)[1] for plan in plans]))
    folder = samples / TOGETHER
    written, notes = render(found, TOGETHER, folder, ("pdf",), names={form: f"report.{form}" for form in FILES})
    if notes:
        sys.exit("; ".join(notes))
    return written + _pictures(found, ("plans",), folder)


def _pictures(data: "Printed", names: tuple[str, ...], folder: Path) -> list[Path]:
    drawn = pictures(draw(data, names))
    return place({folder / f"{name}.svg": on_white(svg).encode() for name, svg in drawn.items()})


def index(samples: Path = SAMPLES) -> str:
    """The page that shows every sample: headline, pictures and links, read from the samples themselves."""
    parts = [INTRO]
    together = samples / TOGETHER
    if (together / "plans.svg").exists():
        parts.append("## All of them side by side\n")
        parts.append(f"![What each plan recommends: cost against time]({TOGETHER}/plans.svg)\n")
        parts.append(f"[compare, PDF]({TOGETHER}/report.pdf)\n")
    for summary in sorted(samples.glob("*/summary.md")):
        name = summary.parent.name
        title, headline, *_ = summary.read_text("utf-8").split("\n\n")
        files = [("executive, PDF", "executive.pdf"), ("technical, PDF", "report.pdf"), ("summary", "summary.md")]
        links = [f"[{says}]({name}/{file})" for says, file in files if (summary.parent / file).exists()]
        links.append(f"[scenario](../../{_place(name)})")
        parts.append(f"## {title.removeprefix('# ').partition(':')[0]}\n\n{headline}\n")
        for picture, shows in PICTURES.items():
            if (summary.parent / f"{picture}.svg").exists():
                parts.append(f"![{escape(name)}: {shows}]({name}/{picture}.svg)\n")
        parts.append(f"{' · '.join(links)}\n")
    beside = [f"[{name}]({name}/index.html): {says}" for name, says in OTHERS.items() if (samples / name).is_dir()]
    if beside:
        parts.append(f"## Beside the samples\n\n{'; '.join(beside)}.\n")
    return "\n".join(parts)


def _place(name: str) -> str:
    """The scenario's file from the root; of a name that has none, where it would be."""
    return scenarios().get(name, SCENARIOS / f"{name}.yaml").relative_to(ROOT).as_posix()


def main(words: Sequence[str]) -> int:
    """Write the samples of these names, or of all; 1 where a file is too large."""
    known = scenarios()
    parser = argparse.ArgumentParser(description="Write reports/samples/ from scenarios/.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}; default: all")
    parser.add_argument("--out", type=Path, default=SAMPLES, help="folder to write to; default: reports/samples")
    asked = parser.parse_args(words)
    unknown = [name for name in asked.names if name not in known]
    if unknown:
        sys.exit(f"no scenario {unknown[0]!r}; there is {', '.join(known)}")
    samples: Path = asked.out
    if samples == SAMPLES:
        for folder in samples.glob("*/"):
            if folder.name not in {*known, *OTHERS, TOGETHER}:
                shutil.rmtree(folder)
    plans: list[Plan] = []
    for name in asked.names or known:
        plan = outcome_of(read_ready(known[name]))
        plans += [plan] if isinstance(plan, Plan) else []
        _tell(write_sample(name, plan, samples), samples)
    if not asked.names:
        _tell(write_together(plans, samples), samples)
    place({samples / "README.md": index(samples).encode()})
    large = [path for path in samples.rglob("*") if path.is_file() and path.stat().st_size > LARGEST]
    for path in large:
        print(f"{path.relative_to(samples)} is larger than {LARGEST / 1e6:g} MB", file=sys.stderr)
    return int(bool(large))


def _tell(written: Sequence[Path], samples: Path) -> None:
    for path in written:
        print(f"wrote {path.relative_to(samples)} ({path.stat().st_size / 1000:,.0f} kB)", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
