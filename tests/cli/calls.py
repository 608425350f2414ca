"""Calls of the command line as a shell makes them, for the tests beside this file."""

import os
import subprocess
import sys
from pathlib import Path

SMALL = """\
api_version: planner/v1
kind: FineTune
metadata: {name: small}
models: [qwen2.5-7b, llama-3.1-8b]
methods: [lora, qlora]
dataset: {samples: 20k, tokens_per_sample: {mean: 400, p95: 1200}}
hardware: {gpus: [l40s, a100-80gb], counts: [1, 2], tiers: [on_demand]}
quality: {task: general}
constraints: {max_cost: $100, deadline: 24 h}
"""


def run(*words: str | Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "planner.cli.main", *map(str, words)],
        cwd=cwd, capture_output=True, text=True, check=False, env=os.environ | env,
    )  # fmt: skip
