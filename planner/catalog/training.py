"""Stacks, methods, and where a method runs."""

from planner.catalog.stacks import Method, Stack, Support
from planner.catalog.tables import Directory

_CHECKPOINTING = ("none", "selective", "full")
_PARALLELISM = ("single", "ddp", "zero1", "zero2", "fsdp", "tp", "pp", "fsdp_offload")
_TRAINS = ("all", "adapter", "layers")
_PRECISIONS = ("bf16", "fp16", "fp32", "fp8")
_ATTENTION = ("current", "triton_2023")
_LOSSES = ("upcast", "plain", "parallel")
_TRAINED = ("as_stored", "master", "sharded_fp32")
TRAITS = (
    "upcasts_quantised",  # layer boundaries over a bitsandbytes base are kept in fp32 (PEFT's preparation)
    "upcasts_sharded",  # trained 16-bit weights are kept in fp32 under FSDP (accelerate)
    "deepspeed",  # ZeRO and offload are DeepSpeed's, not FSDP's
    "keeps_two_boundaries",  # backward over FSDP units holds every boundary twice (MEMORY.md 4.6)
    "keeps_gradients",  # gradient buffers live through the whole step
    "shards_states",  # replicas shard optimizer states unless told otherwise (distributed optimizer)
    "unties_head",  # a tied output head is stored a second time
    "nf4_single_quantisation",  # NF4 scales are kept in fp32 unless double quantisation is asked for
    "recomputes",  # activations are checkpointed unless told otherwise
    "loops_over_experts",  # experts run one after the other
    "loads_whole_checkpoint",  # one process reads all weights into host memory before sharding
)
"""What a stack can do with memory and experts, beyond its numbers."""


def read_methods(directory: Directory) -> tuple[Method, ...]:
    """Read `methods.yaml`, the one place where a method is added."""
    positive = ("base_bytes", "kept_factor", "step_factor")
    counts = ("dequantise_bytes", "spare_matrices", "adapter_per_output")
    numbers = (*positive, *counts, "quality_offset", "quality_sd", "attention_only_offset", "attention_only_sd")
    texts = ("trains", "base_precision", "like", "summary", "tag", "source")
    rows = []
    entries = list(directory.entries("methods.yaml", (*texts, *numbers, "options", "shards_base")))
    for entry in entries:
        if entry.fields["trains"] not in _TRAINS:
            entry.complain("trains must be 'all', 'adapter' or 'layers'")
        if entry.fields["like"] not in [other.id for other in entries]:
            entry.complain("like must name a method of this file")
        for name in (*positive, *counts):
            if not entry.number(name) >= 0 or (name in positive and entry.number(name) == 0):
                entry.complain(f"{name} must be positive")
        rows.append(
            Method(
                id=entry.id,
                trains=entry.text("trains"),
                base_precision=entry.text("base_precision"),
                base_bytes=entry.number("base_bytes"),
                dequantise_bytes=entry.number("dequantise_bytes"),
                kept_factor=entry.number("kept_factor"),
                spare_matrices=entry.number("spare_matrices"),
                adapter_per_output=entry.number("adapter_per_output"),
                shards_base=entry.flag("shards_base"),
                like=entry.text("like"),
                step_factor=entry.number("step_factor"),
                quality_offset=entry.number("quality_offset"),
                quality_sd=entry.number("quality_sd"),
                attention_only_offset=entry.number("attention_only_offset"),
                attention_only_sd=entry.number("attention_only_sd"),
                options=entry.words("options"),
                summary=entry.text("summary"),
                tag=entry.text("tag"),
                source=entry.text("source"),
            )
        )
    return tuple(rows)


def read_stacks(directory: Directory, methods: tuple[Method, ...]) -> tuple[Stack, ...]:
    """Read `stacks.yaml`, the one place where a stack is added."""
    known = [method.id for method in methods]
    numbers = ("speed", "speed_sd", "layer_overhead_us", "adapter_bytes")
    words = ("attention", "loss", "trained", "tag", "source")
    listed = {"methods": known, "checkpointing": _CHECKPOINTING, "parallelism": _PARALLELISM, "traits": TRAITS}
    choices = {"attention": _ATTENTION, "loss": _LOSSES, "trained": _TRAINED}
    rows = []
    for entry in directory.entries("stacks.yaml", (*numbers, *words, *listed, "aliases", "fused_loss")):
        for name in numbers:
            if not entry.number(name) > 0:
                entry.complain(f"{name} must be positive")
        for name, allowed in choices.items():
            if entry.text(name) not in allowed:
                entry.complain(f"{name} must be one of {', '.join(allowed)}")
        texts = {name: entry.text(name) for name in words}
        lists = {name: entry.words(name, allowed) for name, allowed in listed.items()}
        rows.append(
            Stack(
                id=entry.id,
                aliases=entry.words("aliases"),
                speed_prior=entry.number("speed"),
                speed_sd=entry.number("speed_sd"),
                layer_overhead_us=entry.number("layer_overhead_us"),
                adapter_bytes=entry.number("adapter_bytes"),
                fused_loss=entry.flag("fused_loss"),
                attention=texts["attention"],
                loss=texts["loss"],
                trained=texts["trained"],
                tag=texts["tag"],
                source=texts["source"],
                methods=lists["methods"],
                checkpointing=lists["checkpointing"],
                parallelism=lists["parallelism"],
                traits=lists["traits"],
            )
        )
    return tuple(rows)


def read_support(directory: Directory, stacks: tuple[Stack, ...], methods: tuple[Method, ...]) -> tuple[Support, ...]:
    """Read `support.csv`: a combination without a row does not run (DESIGN rule 4)."""
    columns = ("vendor", "min_cc", "max_cc", "stack", "method", "weight_precision", "compute_precision")
    table = directory.table("support.csv", (*columns, "fa", "ok", "notes"))
    least, most = table.floats("min_cc"), table.floats("max_cc")
    stack = table.texts("stack", [stack.id for stack in stacks])
    known = {method.id for method in methods}
    listed = [tuple(cell.split("|")) for cell in table.required("method")]
    for row, names in enumerate(listed):
        for name in names:
            if name not in known:
                table.complain(row, f"method {name!r} is not in methods.yaml")
    precision = table.texts("compute_precision", _PRECISIONS)
    flash, runs = table.flags("fa"), table.flags("ok")
    vendor, weights, notes = (
        table.required("vendor"),
        table.required("weight_precision"),
        table.texts("notes"),
    )
    return tuple(
        Support(
            vendor=vendor[row],
            min_cc=float(least[row]),
            max_cc=float(most[row]),
            stack=stack[row],
            methods=listed[row],
            weight_precision=weights[row],
            compute_precision=precision[row],
            flash_attention=bool(flash[row]),
            ok=bool(runs[row]),
            notes=notes[row],
        )
        for row in range(len(table))
    )
