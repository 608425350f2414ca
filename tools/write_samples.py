"""Write reports/samples/: for each scenario its summary, PDF and picture of the front, and an index of them all.

`write_samples.py [NAME...]` plans the scenarios of these names, all of them without a name. The HTML report is left
out: it carries a third-party script, which is not committed here.
"""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from planner.files import place
from planner.planning import plan_scenario
from planner.report.gather import report_data
from planner.report.markdown import escape
from planner.report.pictures import draw, on_white, pictures
from planner.report.render import render

ROOT = Path(__file__).resolve().parents[1]
SAMPLES, SCENARIOS = ROOT / "reports" / "samples", ROOT / "scenarios"
TEMPLATE = "technical"
OTHERS = {"accuracy": "how far the estimates hold against published measurements"}
"""Folders that something else writes (`make accuracy-page`), with what they show."""
LARGEST = 1_500_000
"""Bytes of the largest file that may be committed."""
INTRO = """# Sample reports

Made by `make reports` from the scenarios in [scenarios/](../../scenarios); the same planner gives the same bytes. The
HTML report beside each is not here, since it carries a third-party script: `make plan SCENARIO=…` writes it.
"""


def scenarios() -> dict[str, Path]:
    """Name → file of every worked scenario."""
    return {path.stem: path for path in sorted(SCENARIOS.glob("*.yaml"))}


def write_sample(path: Path) -> list[Path]:
    """Plan one scenario and write its sample; the name of the folder is that of the file."""
    plan = plan_scenario(path)
    folder = SAMPLES / path.stem
    written, notes = render(plan, TEMPLATE, folder, ("pdf", "md"))
    if notes:
        sys.exit("; ".join(notes))
    data = report_data(plan)
    front = pictures(tuple(chart for chart in draw(data) if chart.name == "front"))
    return written + place({folder / "front.svg": on_white(front["front"]).encode()} if front else {})


def index() -> str:
    """The page that shows every sample: headline, picture and links, read from the samples themselves."""
    parts = [INTRO]
    for summary in sorted(SAMPLES.glob("*/summary.md")):
        name = summary.parent.name
        title, headline, *_ = summary.read_text("utf-8").split("\n\n")
        links = f"[PDF]({name}/report.pdf) · [summary]({name}/summary.md) · [scenario](../../scenarios/{name}.yaml)"
        parts.append(f"## {title.removeprefix('# ').partition(':')[0]}\n\n{headline}\n")
        if (summary.parent / "front.svg").exists():
            parts.append(f"![{escape(name)}: cost against time, quality as colour]({name}/front.svg)\n")
        parts.append(f"{links}\n")
    beside = [f"[{name}]({name}/index.html): {says}" for name, says in OTHERS.items() if (SAMPLES / name).is_dir()]
    if beside:
        parts.append(f"## Beside the samples\n\n{'; '.join(beside)}.\n")
    return "\n".join(parts)


def main(names: Sequence[str]) -> int:
    """Write the samples of these names, or of all; 1 where a file is too large."""
    known = scenarios()
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"no scenario {unknown[0]!r}; there is {', '.join(known)}")
    for folder in SAMPLES.glob("*/"):
        if folder.name not in known and folder.name not in OTHERS:
            shutil.rmtree(folder)
    for name in names or known:
        for path in write_sample(known[name]):
            print(f"wrote {path.relative_to(ROOT)} ({path.stat().st_size / 1000:,.0f} kB)", flush=True)
    place({SAMPLES / "README.md": index().encode()})
    large = [path for path in SAMPLES.rglob("*") if path.is_file() and path.stat().st_size > LARGEST]
    for path in large:
        print(f"{path.relative_to(ROOT)} is larger than {LARGEST / 1e6:g} MB", file=sys.stderr)
    return int(bool(large))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
