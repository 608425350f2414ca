"""Stacks, methods, and where a method runs."""

from planner.catalog.rows import Method, Stack, Support
from planner.catalog.tables import Directory

_CHECKPOINTING = ("none", "selective", "full")
_PARALLELISM = ("single", "ddp", "zero1", "zero2", "fsdp", "tp", "pp", "fsdp_offload")
_TRAINS = ("all", "adapter", "layers")
_PRECISIONS = ("bf16", "fp16", "fp32", "fp8")


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
    """Read `stacks.yaml`; a stack must give k, spread and overhead for the same methods."""
    known = {method.id for method in methods}
    by_method = ("k", "sigma_ln", "layer_overhead_us")
    rows = []
    fields = (
        *by_method,
        "checkpointing",
        "parallelism",
        "fused_loss",
        "upcasts_quantised",
        "loads_whole_checkpoint",
        "tag",
        "source",
    )
    for entry in directory.entries("stacks.yaml", fields):
        numbers = {name: entry.numbers(name) for name in by_method}
        for name, values in numbers.items():
            if values.keys() != numbers["k"].keys() or not values.keys() <= known:
                entry.complain(f"{name} must name the same known methods as k")
            if any(value < 0 or (name == "k" and value == 0) for value in values.values()):
                entry.complain(f"{name} must be positive")
        rows.append(
            Stack(
                id=entry.id,
                k=numbers["k"],
                sigma_ln=numbers["sigma_ln"],
                layer_overhead_us=numbers["layer_overhead_us"],
                checkpointing=entry.words("checkpointing", _CHECKPOINTING),
                parallelism=entry.words("parallelism", _PARALLELISM),
                fused_loss=entry.flag("fused_loss"),
                upcasts_quantised=entry.flag("upcasts_quantised"),
                loads_whole_checkpoint=entry.flag("loads_whole_checkpoint"),
                tag=entry.text("tag"),
                source=entry.text("source"),
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
