"""Scenarios and policies with managed services, and catalogs at which these ask another price."""

import csv
import io
import shutil
from collections.abc import Mapping
from pathlib import Path

from planner.resources import CATALOG_DATA
from tests.gate.changes import DATE

SERVICES = """\
api_version: planner/v1
kind: FineTune
metadata: {name: bot, team: ml}
models: [llama-3.1-8b]
methods: [lora]
dataset: {samples: 200k, tokens_per_sample: 420}
train: {epochs: 3}
hardware: {providers: [together]}
"""
BOTH = SERVICES.replace("[together]}", "[together, lambda], gpus: [h100-sxm], counts: [1, 2]}")
RULES = """\
api_version: planner/v1
kind: Policy
metadata: {name: spend}
rules:
  - {name: cost, figure: cost_usd, max: $1000}
  - {name: time, figure: hours, max: 24 h, severity: warn}
  - {name: where, allow: {providers: [together]}}
  - {name: land, allow: {countries: [US]}, severity: warn}
budgets:
  - {name: team, per: job, amount: $100}
approvals:
  levels:
    - {above: $50, from: [finance]}
"""


def catalog_with(folder: Path, as_of: str, usd_per_mtok: Mapping[str, str]) -> Path:
    """The planner's catalog at another date, at which these services ask so much for LoRA of the smallest models."""
    shutil.copytree(CATALOG_DATA, folder)
    for path in folder.iterdir():
        head, _, rest = path.read_text("utf-8").partition("\n")
        path.write_text(f"{DATE.sub(as_of, head)}\n{rest}", "utf-8")
    path = folder / "fine_tuning_prices.csv"
    head, _, rest = path.read_text("utf-8").partition("\n")
    names, *rows = csv.reader(io.StringIO(rest))
    at = {name: names.index(name) for name in ("provider", "offered", "aim", "method", "training_price")}
    for cells in rows:
        key = tuple(cells[at[name]] for name in ("offered", "aim", "method"))
        if cells[at["provider"]] in usd_per_mtok and key == ("<=16B", "sft", "lora"):
            cells[at["training_price"]] = usd_per_mtok[cells[at["provider"]]]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([names, *rows])
    path.write_text(f"{head}\n{text.getvalue()}", "utf-8")
    return folder
