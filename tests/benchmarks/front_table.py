"""How long the table of a long front takes to sort and to filter in headless Chromium: `python -m … [ROWS]`.

Each figure is from the event until the page is laid out, in milliseconds: the median and the longest of ten.
"""

import statistics
import sys
import tempfile
from pathlib import Path

from planner.report.render import render
from tests.report.browser import browser
from tests.report.sample_plan import large_plan

ROWS = 5_000
TIMES = 10
TIMED = f"""(async () => {{
  const buttons = document.querySelectorAll('#front-table th button');
  const box = document.querySelector('[data-filter=front-table]');
  const type = words => () => {{ box.value = words; box.dispatchEvent(new Event('input')); }};
  const rest = () => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
  const told = {{}};
  const time = async (name, act) => {{
    await rest();
    const start = performance.now();
    act();
    document.body.offsetHeight;
    (told[name] ||= []).push(performance.now() - start);
  }};
  for (let n = 0; n < {TIMES}; n++) {{
    await time('sort by time', () => buttons[5].click());
    await time('sort by machine', () => buttons[2].click());
    await time('filter: qwen', type('qwen'));
    await time('filter: h100 full', type('h100 full'));
    await time('filter cleared', type(''));
  }}
  return told;
}})()"""


def main() -> None:
    """Print the figures."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        render(large_plan(rows), "technical", Path(folder), ["html"])
        page = Path(folder) / "report.html"
        print(f"{rows:,} rows, {page.stat().st_size / 1e6:.1f} MB")
        with browser(Path(folder) / "profile") as tab:
            tab.open(page.as_uri())
            for name, times in tab.ask(TIMED).items():
                print(f"  {name:<18} {statistics.median(times):6.0f} ms, at most {max(times):.0f} ms")


if __name__ == "__main__":
    main()
