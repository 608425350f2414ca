"""What a plan assumed where the scenario was silent, and where its facts come from (DESIGN rule 9)."""

import math

from planner.catalog.constants import STACK_SPEED
from planner.catalog.preemption import WAIT_HOURS
from planner.estimate import collectives, duration, quality, spot, states
from planner.estimate.lengths import PACKING_EFFICIENCY
from planner.kinds import preemption
from planner.kinds.contract_notes import contract_rows
from planner.kinds.dataset import Row, dataset_assumptions, dataset_sources
from planner.kinds.private import currency_rows, own_rows
from planner.kinds.problem import Problem
from planner.outcome import Assumption, CalibrationReference, Configuration, Source
from planner.scenario.fine_tune import FineTune
from planner.units import share_text, significant


def assumptions(scenario: FineTune, problem: Problem, front: list[Configuration]) -> list[Assumption]:
    """Every default that moves a figure of this plan."""
    found = [
        *_calibrated(problem),
        *own_rows(problem, front),
        *currency_rows(scenario, problem),
        *_data(scenario, problem),
        *_quality(scenario, problem),
        *_speed(problem, front),
        *_memory(scenario, problem),
        *_sharing(front),
        *_offers(problem, front),
    ]
    return [Assumption(key=key, value=value, tag=tag, note=note) for key, value, tag, note in found]


def _calibrated(problem: Problem) -> list[Row]:
    """What the user's own runs changed."""
    overlays = problem.facts.calibration.overlays
    return [(f"calibration {c.key}", c.value, "U", c.note) for overlay in overlays for c in overlay.changed]


def calibration_reference(problem: Problem) -> CalibrationReference | None:
    """The overlay that the plan rests on."""
    overlays = problem.facts.calibration.overlays
    if not overlays:
        return None
    o = overlays[-1]
    return CalibrationReference(file=o.file, digest=o.digest, runs=o.runs, first=o.first, last=o.last)


def _data(scenario: FineTune, problem: Problem) -> list[Row]:
    written = scenario.train.model_fields_set
    rows = dataset_assumptions(scenario.dataset, problem.space.measured)
    if scenario.train.packing or "train.packing" in scenario.axes:
        rows.append(
            (
                "packing",
                f"{share_text(PACKING_EFFICIENCY)} of every sequence is filled",
                "E",
                "first-fit packing reaches 95 to 99 %",
            )
        )
    rows += [
        (f"train.{name}", _plain(getattr(scenario.train, name)), "E", "default of the scenario format")
        for name in ("epochs", "global_batch_size", "max_seq_len", "packing", "optimizer")
        if name not in written and f"train.{name}" not in scenario.axes
    ]
    rows.append(
        (
            "train.expected_reruns",
            f"{share_text(scenario.train.expected_reruns)} of a run",
            "U" if "expected_reruns" in written else "E",
            "mistakes and crashes; in the cost, not in the time",
        )
    )
    return rows


def _plain(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _quality(scenario: FineTune, problem: Problem) -> list[Row]:
    b, catalog = problem.baseline.benchmark, problem.facts.catalog
    chosen = "U" if scenario.quality.baseline else "E"
    mine = {catalog.models[m].id for m in problem.space.recipes.models.tolist()}
    memory = sorted(
        {s.model for s in catalog.scores if s.benchmark == b.id and s.model in mine and s.standing == "unconfirmed"}
    )
    doubts: list[Row] = [
        ("quality.scores", f"from memory: {', '.join(memory)}", "M", "look them up before they decide")
    ]
    return [
        (
            "quality.baseline",
            f"{b.id}, {' or '.join(b.shots)} shots, base models",
            chosen,
            "scores where tuning starts",
        ),
        *(doubts if memory else []),
        ("quality", f"gain up to {quality.GAIN:g} logit with enough data (±{quality.GAIN_SD:g})", "E", quality.LABEL),
        (
            "quality.not_modelled",
            "forgetting, contamination, template mismatch, metric saturation",
            "E",
            "a pilot on 1/16 to 1/8 of the data beats any prior",
        ),
    ]


def _speed(problem: Problem, front: list[Configuration]) -> list[Row]:
    rows: list[Row] = []
    catalog = problem.facts.catalog
    for s in sorted({int(code) for code in problem.space.recipes.stacks}):
        stack = catalog.stacks[s]
        speeds = {m.name: problem.facts.stack.speed[s, m.index] for m in problem.space.recipes.methods}
        used = ", ".join(f"{name} {significant(k, 3)}" for name, k in speeds.items() if math.isfinite(k))
        if used:
            mine = any(c.key == STACK_SPEED + stack.id for o in problem.facts.calibration.overlays for c in o.changed)
            tag, source = ("U", "refitted to runs of yours") if mine else (stack.tag, stack.source)
            rows.append((f"stack {stack.id}", f"speed multiplier {used}", tag, source))
    seen = {c.hardware.gpu for c in front}
    rows += [
        (
            f"utilisation {gpu.id}",
            "{} of the dense peak at most, half of that at width {:,.0f} or at {:,.0f} tokens".format(
                share_text(problem.facts.gpu["e0"][g]), *(problem.facts.gpu[n][g] for n in ("h0", "t0_tokens"))
            ),
            gpu.utilisation_tag,
            f"law of utilisation of the {gpu.generation} generation",
        )
        for g, gpu in enumerate(catalog.gpus)
        if gpu.id in seen
    ]
    return rows


def _memory(scenario: FineTune, problem: Problem) -> list[Row]:
    full = any(entry == "full" or (isinstance(entry, dict) and "full" in entry) for entry in scenario.methods)
    rows: list[Row] = [
        (
            "memory",
            "allocated by PyTorch plus the CUDA context",
            "C",
            "nvidia-smi shows cache on top, which a run does not need",
        ),
        (
            "memory.logits",
            _logits(problem),
            "C",
            "unless the loss kernel is fused",
        ),
    ]
    if full:
        rows.append(
            (
                "method.precision",
                "bf16_mixed keeps fp32 master weights and moments",
                "C",
                "16 B per parameter; bf16_pure keeps 8",
            )
        )
    return rows


def _logits(problem: Problem) -> str:
    """Bytes kept around the loss by the stacks in play."""
    stacks = sorted({int(code) for code in problem.space.recipes.stacks})
    sizes = sorted({significant(problem.facts.stack.logits_bytes[s], 3) for s in stacks})
    return f"{' or '.join(sizes)} B per token and vocabulary entry"


def _sharing(front: list[Configuration]) -> list[Row]:
    """What is assumed of the ways to share a model that the front uses."""
    used = {c.hardware.parallelism for c in front}
    notes = {
        "tp": ("products lose speed with the square root of the split", "all-reduces are not hidden"),
        "pp": ("one stage per GPU, layers dealt out evenly", "not interleaved"),
        "fsdp_offload": (
            f"optimizer on the host at {collectives.HOST_BYTES_S / 1e9:g} GB/s, {states.PINNED:g} times its states",
            f"PCIe at {share_text(collectives.PCIE_SHARE)} of its nominal rate, half of it hidden",
        ),
    }
    return [(f"parallelism {mode}", value, "E", note) for mode, (value, note) in notes.items() if mode in used]


def _offers(problem: Problem, front: list[Configuration]) -> list[Row]:
    rows: list[Row] = [
        (
            "start-up",
            "queue, boot, image and download speed per provider",
            "E",
            "defaults of the catalog; replace with your own",
        ),
        (
            "data preparation",
            f"{duration.TOKENISE_TOKENS_PER_S_CORE:,.0f} tokens/s and core",
            "E",
            "tokenisation before training",
        ),
    ]
    offers = problem.space.market.offers
    rows += contract_rows(offers)
    if offers.spot.any():
        spots = [c.offer for c in front if c.offer.tier == "spot"]
        unknown = sorted({offer.provider for offer in spots if offer.preemption_source == preemption.PRIOR})
        prior = spot.PRIOR_SHAPE / spot.PRIOR_RATE_HOURS
        rows.append(
            (
                "preemption",
                f"{significant(prior, 2)} per running hour" + (f" for {', '.join(unknown)}" if unknown else ""),
                "E",
                "prior, a factor of three either way; each spot offer shows its break-even rate",
            )
        )
        rows.append(
            (
                "preemption.wait",
                f"{WAIT_HOURS:g} h for a new machine",
                "E",
                "0.8 to 3.6 h on average in public traces",
            )
        )
        rows += [
            (f"preemption {name}", value, tag, note)
            for name, value, tag, note in preemption.known_rates(problem.facts.catalog, spots)
        ]
    return rows


def sources(problem: Problem) -> list[Source]:
    """The files the plan rests on."""
    catalog = [Source(what=what, source=source, as_of=as_of) for what, source, as_of in problem.facts.catalog.sources]
    own = [
        Source(what=f"calibration with {o.runs:,} runs of yours", source=f"{o.file}, SHA-256 {o.digest}", as_of=o.last)
        for o in problem.facts.calibration.overlays
    ]
    return catalog + own + dataset_sources(problem.space.measured)
