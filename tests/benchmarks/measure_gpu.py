"""Measure real training steps on the machine at hand: peak memory and step time, as rows of the measurement tables.

Models are built from the catalog's architectures with random weights; nothing is downloaded. Each case runs in a
process of its own. It needs torch 2.5 or newer, numpy and the planner, and imports torch only to measure:

    python tests/benchmarks/measure_gpu.py --model llama-3.1-8b --methods lora,qlora --seq-lens 2048 \\
        --memory-out memory.csv --throughput-out throughput.csv
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # run as a script, from any folder, without an installed planner

from planner.catalog.loader import load_catalog  # noqa: E402
from planner.catalog.names import resolve_gpus, resolve_model, suggest  # noqa: E402
from planner.catalog.rows import Catalog  # noqa: E402
from planner.resources import CATALOG_DATA  # noqa: E402
from tests.benchmarks.gpu_step import cases  # noqa: E402
from tests.benchmarks.gpu_step.cards import catalog_card  # noqa: E402
from tests.benchmarks.gpu_step.cases import Case  # noqa: E402
from tests.benchmarks.gpu_step.rows import (  # noqa: E402
    MEMORY_COLUMNS,
    THROUGHPUT_COLUMNS,
    Machine,
    append,
    memory_rows,
    throughput_row,
)

WORKER = [sys.executable, "-m", "tests.benchmarks.gpu_step.step"]
LEAST_S = 20.0
"""No case is begun with less of the budget left: starting torch and building a model take that long."""

Worker = Callable[[str, float | None], dict[str, Any]]
"""Standard input and a limit in seconds → what the worker printed; SystemExit where it failed."""


def listed(allowed: tuple[str, ...]) -> Callable[[str], list[str]]:
    """An argument that is a comma-separated list of these words."""

    def read(text: str) -> list[str]:
        words = [word.strip() for word in text.split(",") if word.strip()]
        if not words or (strange := [word for word in words if word not in allowed]):
            message = f"{strange[0] if words else text!r} is none of {', '.join(allowed)}"
            raise argparse.ArgumentTypeError(message)
        return words

    return read


def counts(text: str) -> list[int]:
    """An argument that is a comma-separated list of numbers above zero."""
    try:
        numbers = [int(word) for word in text.split(",")]
    except ValueError:
        numbers = [0]
    if min(numbers) < 1:
        message = f"{text!r}: expected whole numbers above zero, such as 512,1024"
        raise argparse.ArgumentTypeError(message)
    return numbers


def one_count(text: str) -> int:
    """An argument that is one number above zero."""
    numbers = counts(text)
    if len(numbers) > 1:
        message = f"{text!r}: expected one number"
        raise argparse.ArgumentTypeError(message)
    return numbers[0]


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--model", required=True, help="a model of the catalog: id, name or hub id")
    add("--catalog", type=Path, default=CATALOG_DATA, help="directory with a catalog of your own")
    add("--methods", type=listed(cases.METHODS), default=["lora"], help=f"of {','.join(cases.METHODS)}")
    add("--rank", type=one_count, default=16, help="of the adapters")
    add("--targets", choices=cases.TARGETS, default="all-linear", help="matrices with an adapter")
    add("--precision", choices=cases.PRECISIONS, default="bf16_mixed", help="fp32 trained weights and autocast, or not")
    add("--quantiser", choices=("auto", *cases.QUANTISERS), default="auto", help="auto: bitsandbytes if it imports")
    add("--seq-lens", type=counts, default=[2048], help="tokens per sequence, all full")
    add("--micro-batches", type=counts, default=[1], help="sequences per micro-batch")
    add("--grad-accum", type=one_count, default=1, help="micro-batches per step")
    add(
        "--checkpointing",
        type=listed(cases.CHECKPOINTING),
        default=["full"],
        help=f"of {','.join(cases.CHECKPOINTING)}",
    )
    add("--loss-kernel", type=listed(cases.LOSS_KERNELS), default=["standard"], help="fused: 1,024 tokens at a time")
    add("--optimizer", choices=cases.OPTIMIZERS, default="adamw_fused", help="kernel of AdamW")
    add("--layers", default="100%", help="cut the model to so many layers or a share, such as 4 or 10%%,20%%")
    add("--warm-up", type=one_count, default=2, help="steps that are not timed")
    add("--steps", type=one_count, default=5, help="steps that are timed; the median counts")
    add("--memory-out", type=Path, help="table of peaks to begin or add to")
    add("--throughput-out", type=Path, help="table of speeds to begin or add to")
    add("--budget-s", type=float, default=1800.0, help="seconds for everything; cases that do not fit in are left out")
    add("--device", choices=("cuda", "cpu"), default="cuda", help="cpu: a smoke run, memory stays blank")
    add("--gpu", help="the card, by its id in the catalog, where its printed name is not known")
    return parser


def planned(given: argparse.Namespace, catalog: Catalog, quantiser: str) -> list[Case]:
    """The cases that the command line asks for; ValueError says what is wrong with it."""
    index = resolve_model(catalog, given.model)
    if index is None:
        near = suggest(given.model, [model.id for model in catalog.models])
        message = f"unknown model {given.model!r}{f'; did you mean {near!r}?' if near else ''}"
        raise ValueError(message)
    whole = cases.architecture_of(catalog.models[index])
    first = Case(
        architecture=whole, method="full", rank=given.rank, targets=given.targets, precision=given.precision,
        quantiser=quantiser, seq_len=1, micro_batch=1, grad_accum=given.grad_accum, checkpointing="full",
        loss_kernel="standard", optimizer=given.optimizer, warm_up=given.warm_up, steps=given.steps,
        device=given.device,
    )  # fmt: skip
    return list(
        cases.grid(
            first,
            [cases.depth(word, whole.n_layers) for word in given.layers.split(",")],
            method=given.methods,
            seq_len=given.seq_lens,
            micro_batch=given.micro_batches,
            checkpointing=given.checkpointing,
            loss_kernel=given.loss_kernel,
        )
    )


def machine_at_hand(given: argparse.Namespace, catalog: Catalog, facts: dict[str, Any]) -> Machine:
    """The device that the worker found, under the catalog's name; ValueError where it cannot be used or named."""
    if given.device == "cpu":
        return Machine("cpu", None, sure=False, torch=facts["torch"], flash=False)
    if not facts["name"]:
        message = "PyTorch finds no GPU here; --device cpu makes a smoke run"
        raise ValueError(message)
    if not facts["bf16"]:
        message = f"{facts['name']} has no bf16, which every case is measured in"
        raise ValueError(message)
    card, named = catalog_card(catalog, facts["name"], facts["total_gib"]), None
    if given.gpu is not None:
        meant = [catalog.gpus[i] for i in resolve_gpus(catalog, given.gpu)]
        if len(meant) != 1:
            message = f"--gpu {given.gpu}: not one card of the catalog"
            raise ValueError(message)
        named = meant[0]
    if card is not None and named not in (None, card):
        message = f"--gpu {given.gpu}: the device is a {card.id}"
        raise ValueError(message)
    if card is None and named is None:
        message = f"the catalog has no card {facts['name']!r} of {facts['total_gib']:.0f} GiB: name it with --gpu"
        raise ValueError(message)
    return Machine(facts["name"], card or named, sure=card is not None, torch=facts["torch"], flash=facts["flash"])


def work(text: str, limit_s: float | None = None) -> dict[str, Any]:
    """Run the worker on one case, or on none to learn about the device."""
    done = subprocess.run(WORKER, input=text, capture_output=True, text=True, check=False, timeout=limit_s, cwd=ROOT)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        return {"status": "failed", "message": f"exit {done.returncode}: {said[-1]}"}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def measure(
    todo: list[Case], machine: Machine, given: argparse.Namespace, started: float, worker: Worker = work
) -> int:
    """Measure case after case and write each as soon as it is known; the number that failed."""
    refused: list[Case] = []
    failed = 0
    for number, case in enumerate(todo):
        left = given.budget_s - (time.monotonic() - started)
        if left < LEAST_S:
            print(
                f"the budget of {given.budget_s:g} s is spent: {len(todo) - number} cases were left out",
                file=sys.stderr,
            )
            break
        if cases.cannot_fit(case, refused):
            print(f"{case.told}: left out, fewer tokens already ran out of memory", file=sys.stderr)
            continue
        try:
            seen = worker(case.as_json(), left)
        except subprocess.TimeoutExpired:
            seen = {"status": "failed", "message": "the budget ended while it ran"}
        if seen["status"] == "failed":
            failed += 1
        else:
            record(case, seen, machine, given)
        if seen["status"] == "oom":
            refused.append(case)
        print(f"{case.told}: {_told(seen)}")
    return failed


def begin_tables(given: argparse.Namespace) -> None:
    """Write the heads of new tables, so that one that cannot be written is known before anything is measured."""
    for file, columns in ((given.memory_out, MEMORY_COLUMNS), (given.throughput_out, THROUGHPUT_COLUMNS)):
        if file:
            append(file, columns, [])


def record(case: Case, seen: dict[str, Any], machine: Machine, given: argparse.Namespace) -> None:
    """Add a case to the tables that are asked for."""
    if given.memory_out:
        append(given.memory_out, MEMORY_COLUMNS, memory_rows(case, seen, machine))
    if given.throughput_out and seen["status"] == "ok":
        append(given.throughput_out, THROUGHPUT_COLUMNS, [throughput_row(case, seen, machine)])


def _told(seen: dict[str, Any]) -> str:
    if seen["status"] != "ok":
        return f"{seen['status']}, {seen['message']}"
    memory = (
        ""
        if seen["alloc_gib"] is None
        else f", {seen['alloc_gib']:.2f} GiB allocated, {seen['reserved_gib']:.2f} reserved"
    )
    return f"{seen['step_s']:.4f} s per step{memory}"


def main() -> None:
    """Measure what the command line asks for."""
    started = time.monotonic()
    parser = arguments()
    given = parser.parse_args()
    catalog = load_catalog(directory=given.catalog)
    try:
        todo = planned(given, catalog, "own")
        begin_tables(given)
        facts = work("")
        if facts.get("status") == "failed":
            parser.error(f"the worker cannot start: {facts['message']}")
        machine = machine_at_hand(given, catalog, facts)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    bundled = facts["bitsandbytes"] and given.device == "cuda"
    if (given.quantiser == "auto" and bundled) or given.quantiser == "bitsandbytes":
        todo = [replace(case, quantiser="bitsandbytes") for case in todo]
    name = f"{machine.name} ({machine.card.id})" if machine.card else machine.name
    print(f"{name}, torch {machine.torch}: {len(todo)} cases")
    sys.exit(1 if measure(todo, machine, given, started) else 0)


if __name__ == "__main__":
    main()
