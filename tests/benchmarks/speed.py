"""How long users wait: cold start, validate, plan, report. Prints medians, and ratios to a bare interpreter in one run.

The PDF is also held against WeasyPrint alone, which is given the finished page and its charts: what no order of work
and no second process can take away.

Nothing is asserted: machines differ. `python tests/benchmarks/speed.py --json FILE` also writes the figures.
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLANNER = [sys.executable, "-m", "planner.cli.main"]
EXAMPLE = "scenarios/support-bot.yaml"


def seconds(command: list[str], runs: int) -> list[float]:
    """Wall-clock seconds of each run, one warm-up run not counted."""
    found = []
    for run in range(runs + 1):
        start = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)} failed with {done.returncode}:\n{done.stderr.decode()}")
        if run:
            found.append(time.perf_counter() - start)
    return found


ALONE = """
import gc, json, sys
gc.disable()
from planner.report.printing.layout import laid_out
page, charts = json.load(open(sys.argv[1]))
laid_out(page, charts.__getitem__)
"""


def finished_page(plan: Path, file: Path) -> None:
    """Write the page of paper of this plan and its charts, as WeasyPrint is given them."""
    from planner.report.charts.pictures import draw, pictures
    from planner.report.gather import report_data
    from planner.report.printing.pdf import paper_page
    from planner.report.printing.template import find_template
    from planner.report.reading import read_plan

    data, template = report_data(read_plan(plan)), find_template("technical")
    charts = pictures(draw(data, template.charts))
    file.write_text(json.dumps([paper_page(data, template, charts), dict(charts)]), "utf-8")


def main() -> None:
    """Measure every case and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    plan = [*PLANNER, "plan", EXAMPLE, "-q", "-o", str(folder)]
    subprocess.run([*plan, "--outputs", "none"], cwd=ROOT, check=True)
    page = folder / "page.json"
    finished_page(folder, page)
    report, alone = "planner report, PDF", "WeasyPrint alone, the same page"
    cases = {
        "bare interpreter": [sys.executable, "-c", "pass"],
        "planner --help": [*PLANNER, "--help"],
        "planner validate": [*PLANNER, "validate", EXAMPLE],
        "planner plan, plan.json only": [*plan, "--outputs", "none"],
        "planner plan, HTML": [*plan, "--outputs", "html"],
        "planner plan, HTML, PDF and summary": plan,
        report: [*PLANNER, "report", str(folder), "-f", "pdf", "-q"],
        alone: [sys.executable, "-c", ALONE, str(page)],
    }
    try:
        figures = {name: seconds(command, given.runs) for name, command in cases.items()}
    finally:
        shutil.rmtree(folder)
    base = statistics.median(figures["bare interpreter"])
    print(f"{'':36} {'median s':>9} {'min':>7} {'max':>7} {'x bare':>7}")
    for name, runs in figures.items():
        median = statistics.median(runs)
        print(f"{name:36} {median:9.3f} {min(runs):7.3f} {max(runs):7.3f} {median / base:7.1f}")
    print(f"{report} / {alone}: {statistics.median(figures[report]) / statistics.median(figures[alone]):.2f}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process: {peak:,.0f} MiB; {given.runs} runs each, one warm-up")
    if given.json:
        given.json.write_text(json.dumps({"seconds": figures, "peak_mib": peak}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
