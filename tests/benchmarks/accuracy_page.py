"""The accuracy page: what `accuracy.measure()` found, for a director to read and an engineer to check.

`write_page` writes index.html (one file, no script, asks for nothing), memory.svg and throughput.svg (for the README)
and accuracy.json (the figures without the rows) into a folder. The same figures give the same bytes. All words and
tables come from the figures as accuracy.json has them; only the pictures need the rows.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from planner.files import place
from planner.report.charts.pictures import on_white
from planner.report.printing.head import head_of
from planner.report.printing.page import STYLE, added, markup
from planner.report.printing.template import find_template
from tests.benchmarks.accuracy_charts import TOLERANCE, draw
from tests.benchmarks.accuracy_tables import Group, constants, group_row, reasons, served_groups, tables
from tests.benchmarks.accuracy_targets import Aim, aims, tally
from tests.benchmarks.accuracy_words import rounded, whole

PAGE: Final = "accuracy_page.html.j2"
LOOK: Final = "technical"
"""Template of reports whose style sheet the page wears."""
EXTRA: Final = """
.no { border-color: var(--warn); color: var(--warn); }
.figures { grid-template-columns: repeat(4, 1fr); }
.figures dt b { display: block; color: var(--ink); }
.told li { margin-bottom: 0.35rem; }
.pair .chart svg { width: 100%; }
.strip svg { width: 100%; max-width: 38rem; }
.results { font-size: 0.82rem; }
.results td, .results th { padding-right: 0.6rem; }
.constants td, .constants th { padding-right: 0.8rem; }
.results thead tr:first-child th { border-bottom: 0; padding-bottom: 0; }
.results tbody th, .constants tbody th { white-space: normal; min-width: 8rem; font-weight: 400; }
.constants tbody th { min-width: 11rem; }
.constants td:last-child { min-width: 15rem; }
.aims tbody th { white-space: normal; min-width: 9rem; }
.aims th + td { min-width: 14rem; }
.held { font-weight: 600; }
@media (max-width: 60rem) { .figures { grid-template-columns: 1fr 1fr; } }
@media (max-width: 40rem) {
  .aims tbody th { min-width: 6rem; }
  .aims th + td, .aims td:first-child { min-width: 8rem; }
}
@media print {
  html { font-size: 12px; }
  .figures { grid-template-columns: repeat(4, 1fr); }
  .pair { grid-template-columns: 1fr 1fr; }
  .strip svg { max-width: 28rem; }
  .results { font-size: 0.7rem; }
  .results td, .results th { padding-right: 0.35rem; }
  .results tbody th { min-width: 5rem; }
}
"""
_SPLIT: Final = re.compile(r"(?<=\d) (?=[%×])|(?<=[≤≥]) (?=\d)")
"""Where a line must not break."""
HEADLINES: Final = (
    ("Memory, complete rows", 0), ("Memory, partial rows", 0), ("Fits or out of memory", 0),
    ("Fits or out of memory", 1), ("Fine-tuning throughput, stack given", 0), ("Pre-training throughput, bf16", 0),
    ("Loss curves", 0), ("Spot jobs on recorded traces", 0),
)  # fmt: skip
"""Part and place within it of the targets whose figures stand large at the top."""


@dataclass(frozen=True, slots=True)
class Note:
    """What the residuals say about something that the model leaves out, and the groups that show it."""

    title: str
    text: str
    groups: tuple[tuple[str, str, str], ...] = ()
    """Quantity, table and name; their figures are printed below, as they are now."""


NOTES: Final[list[Note]] = [
    Note(
        "A fused loss kernel that half of the rows did not run",
        "The hf-trainer rows of the Liger series are flagged with a fused loss kernel, yet about half of them ran "
        "without it: their memory grows with the vocabulary as plain logits do. The flag is taken at its word where it "
        "was set, so one of the two halves is always wrong, and the constants of the logits lie between both.",
        (("memory", "source", "fms_a100_liger"),),
    ),
    Note(
        "A k-bit base with and without fp32 preparation",
        "PEFT's preparation of a bitsandbytes base turns norms, head and checkpointed boundaries to fp32; some "
        "trainers leave it out, and no row says which. One constant stands for the mixture, which makes QLoRA of "
        "either kind wrong by a part of its activations.",
        (("memory", "method", "qlora"), ("memory", "source", "fms_a100"), ("memory", "source", "litgpt_config_hub")),
    ),
    Note(
        "Full fine-tuning under FSDP, with or without fp32 master weights",
        "Some releases of accelerate upcast trainable weights to fp32 before sharding and others keep bf16, which "
        "doubles weights, gradients and states or does not. Rows give no release; the Trainer is taken to upcast, as "
        "current releases do, and the estimate is twice too high for the other kind.",
        (("memory", "method", "full"), ("memory", "sharing", "weights sharded")),
    ),
    Note(
        "Tables whose peak is not that of training",
        "The tables of ms-swift print what was reserved, which includes the cache that evaluation leaves behind, and "
        "come from model code of that time, which computed attention, norms and logits with more copies than "
        "today's. Predictions stay below them by more than a training step explains.",
        (
            ("memory", "source", "ms_swift_benchmark"),
            ("memory", "source", "ms_swift_tuners"),
            ("memory", "source", "ms_swift_script_headers"),
            ("memory", "source", "ms_swift_examples"),
        ),
    ),
    Note(
        "Metrics that are not stated",
        "Rows whose metric is unknown are compared with allocated memory, as the format of the rows says. Most were "
        "probably read from nvidia-smi, which also shows the context and the allocator's cache, so predictions look "
        "too low by the difference.",
        (("memory", "parts", "fine-tuning, partial rows"),),
    ),
    Note(
        "Throughput without a stack, and on other vendors' accelerators",
        "Where no stack is named, the speed of a usual one is assumed, and a plain training loop can be far slower. On "
        "Gaudi and Trainium a single publisher sets each constant, so holding it out leaves the prior alone.",
        (
            ("throughput", "parts", "fine-tuning, no stack"),
            ("throughput", "source", "optimum-habana-tests"),
            ("throughput", "source", "aws-neuron-trn1"),
        ),
    ),
    Note(
        "Large runs of tuned releases",
        "The series of Megatron's releases overlap communication, fuse kernels and choose recipes anew with each "
        "release. One speed per stack cannot follow: later releases are faster than predicted, and the low-precision "
        "ones spread most.",
        (
            ("throughput", "sharing", "tensor, pipeline, expert or context"),
            ("throughput", "parts", "pre-training, fp8 and fp4"),
        ),
    ),
]
"""What the residuals say about missing physics; the words of a person who looked at them."""


def write_page(found: dict[str, Any], folder: Path) -> None:
    """Write the page, its pictures for the README and the figures into the folder, all or nothing."""
    drawn = draw(found)
    figures = figures_of(found)
    files = {
        "index.html": page(figures, drawn),
        "accuracy.json": json.dumps(figures, indent=1, sort_keys=True, ensure_ascii=False) + "\n",
        **{f"{quantity}.svg": on_white(drawn[quantity]) for quantity in TOLERANCE if quantity in drawn},
    }
    for path in place({folder / name: text.encode() for name, text in files.items()}):
        print(f"wrote {path} ({path.stat().st_size / 1000:,.0f} kB)")


def figures_of(found: Mapping[str, Any]) -> dict[str, Any]:
    """What is committed of the figures: without the rows, five digits each."""
    quantities = {
        name: {key: value for key, value in q.items() if key != "points"} for name, q in found["quantities"].items()
    }
    figures = rounded({**found, "quantities": quantities})
    assert isinstance(figures, dict)
    return figures


def page(figures: Mapping[str, Any], drawn: Mapping[str, str]) -> str:
    """The page of these figures and pictures."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    here = Path(__file__).resolve().parent
    environment = Environment(
        loader=FileSystemLoader(here), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = added(find_template(LOOK), STYLE) + EXTRA
    parts: dict[str, list[Aim]] = {}
    for aim in aims(figures):
        parts.setdefault(aim.part, []).append(aim)
    text: str = environment.get_template(PAGE).render(
        head=markup({"head": head_of([], style)})["head"],
        figures=figures,
        counts=counts(figures),
        tally=tally(figures),
        parts=parts,
        headlines=[parts[part][at] for part, at in HEADLINES],
        quantities={name: _quantity(figures, name) for name in TOLERANCE},
        served=served_groups(figures),
        explained={name: _explained(figures, name) for name in (*TOLERANCE, "serving")},
        notes=[(note, _shown(figures, note)) for note in NOTES],
        charts=markup(drawn),
    )
    head, end, body = text.partition("</head>")
    return head + end + _SPLIT.sub("\u00a0", body)


def counts(figures: Mapping[str, Any]) -> dict[str, int]:
    """How many rows were read, are usable, and have a figure to compare."""
    served = figures["serving"]
    quantities = [*figures["quantities"].values(), {**served, "with_figure": served["rows"]}]
    unusable = sum(sum(q["unusable"].values()) for q in quantities)
    usable = sum(q["rows"] for q in quantities)
    return {
        "read": usable + unusable,
        "usable": usable,
        "with_figure": sum(q["with_figure"] for q in quantities),
        "unusable": unusable,
    }


def _quantity(figures: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {
        "tables": tables(figures, name),
        "tolerance": whole(TOLERANCE[name]),
        "rows": figures["quantities"][name]["rows"],
        "with_figure": figures["quantities"][name]["with_figure"],
    }


def _explained(figures: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {"constants": constants(figures, name), "reasons": reasons(figures, name)}


def _shown(figures: Mapping[str, Any], note: Note) -> list[Group]:
    """The groups of a note that have figures."""
    shown = []
    for quantity, by, name in note.groups:
        q = figures["quantities"][quantity]
        group = (q["parts"] if by == "parts" else q["tables"][by]).get(name)
        if group and group["held_out"]["n"]:
            shown.append(group_row(f"{quantity}: {name}", group, quantity))
    return shown
