"""Small scenarios, a catalog of another date, and changes to compare."""

import csv
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from planner.resources import CATALOG_DATA

SCENARIO = """\
api_version: planner/v1
kind: FineTune
metadata: {name: bot, team: ml-platform, cost_centre: cc-104}
models: [qwen3-8b]
methods:
  - lora:
      rank: 16
dataset: {samples: 40k, tokens_per_sample: 420}
train:
  epochs: 3
hardware:
  gpus: [l40s, h100-sxm]
  counts: [1, 2, 4, 8]
  providers: [verda, nebius, gcp]
  tiers: [on_demand, spot]
quality: {task: chat}
"""
DATE = re.compile(r"(?<=as of )(?:release available )?\d{4}-\d{2}-\d{2}")


def scenario(name: str = "bot", team: str = "ml-platform", centre: str = "cc-104", **changes: str) -> str:
    """The small scenario with another name and team; `epochs="4"` and `rank="64"` alter what they name."""
    text = SCENARIO.replace("name: bot", f"name: {name}").replace("team: ml-platform", f"team: {team}")
    text = text.replace("cost_centre: cc-104", f"cost_centre: {centre}")
    for key, value in changes.items():
        text, n = re.subn(rf"\b{key}: [^\n,}}]+", f"{key}: {value}", text)
        assert n, key
    return text


def other_catalog(folder: Path, as_of: str, price: Callable[[list[str], float], float]) -> Path:
    """The planner's catalog as it might have been at another date: `price` gets a row's cells and each price of it."""
    shutil.copytree(CATALOG_DATA, folder)
    for path in folder.iterdir():
        head, _, rest = path.read_text("utf-8").partition("\n")
        path.write_text(f"{DATE.sub(as_of, head)}\n{rest}", "utf-8")
    path = folder / "prices.csv"
    head, _, rest = path.read_text("utf-8").partition("\n")
    names, *rows = csv.reader(io.StringIO(rest))
    at = [names.index(name) for name in ("price_usd_per_hour", "spot_price_usd_per_hour")]
    for cells in rows:
        for i in at:
            cells[i] = repr(price(cells, float(cells[i]))) if cells[i] else ""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([names, *rows])
    path.write_text(f"{head}\n{text.getvalue()}", "utf-8")
    return folder
