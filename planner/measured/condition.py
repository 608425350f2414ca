"""One row as conditions: everything the formulas need, as plain numbers, and what had to be assumed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from planner.catalog.models import id_of
from planner.catalog.names import hint_of
from planner.catalog.rows import Catalog
from planner.catalog.stacks import Stack
from planner.estimate.memory_metrics import ALLOC, METRICS
from planner.measured.models import RowModel, row_model
from planner.measured.table import Unusable, number
from planner.measured.words import (
    METHODS,
    Optimizer,
    Precision,
    Sharing,
    Targets,
    checkpointing_of,
    flash_of,
    optimizer_of,
    precision_of,
    sharing_of,
    targets_of,
)

UNNAMED_STACK: Final = "plain-pytorch"
"""What rows without a stack, or with one the catalog does not know, are taken for."""
DEFAULT_RANK: Final = 8.0
"""Rank where a row gives none: PEFT's and litgpt's default."""
ADAPTER_DEFAULT: Final = {"hf-trainer": "q,v", "hf-peft-loop": "q,v", "litgpt": "q,v", "torchtune": "q,v"}
"""Targets where a row gives none, by stack; all linear layers elsewhere."""
_NODE_GPUS: Final = 8.0


@dataclass(frozen=True, slots=True)
class Condition:
    """Conditions of one run."""

    model: RowModel
    gpu: int
    """Index into `Catalog.gpus`; -1 where the row names none."""
    gpus: float
    nodes: float
    stack: int
    named_stack: bool
    method: str
    precision: Precision
    optimizer: Optimizer
    sharing: Sharing
    targets: Targets | None
    p_lora: float
    state: tuple[float, float, float, float, float]
    """Bytes per trained weight: weight, gradient, states, step copy, casts."""
    checkpointing: int
    flash: bool
    fused_loss: bool
    micro_batch: float
    seq_len: float
    grad_accum: float
    metric: int
    assumed: tuple[str, ...]

    @property
    def adapted(self) -> bool:
        """The model's own weights are frozen."""
        return self.method in ("lora", "qlora")

    @property
    def quantised(self) -> bool:
        """The frozen base is stored in less than 16 bit."""
        return self.adapted and self.precision.base_bytes < 2.0


def condition_of(record: Mapping[str, str], catalog: Catalog, *, needs_gpu: bool) -> Condition:
    """The conditions of a row, from its condition columns alone; `Unusable` where they do not suffice."""
    assumed: list[str] = []
    method = METHODS.get(record.get("method", "").strip().lower())
    if method is None:
        message = f"method {record.get('method', '')!r} is not modelled"
        raise Unusable(message, f"there are: {', '.join(METHODS)}")
    # Some launchers wrap Megatron: the way to share says so where the stack column does not.
    wrapped = "megatron" in record.get("parallelism", "").lower()
    stack_index, named = _stack("megatron" if wrapped else record.get("stack", ""), catalog)
    if not named:
        assumed.append("stack")
    stack = catalog.stacks[stack_index]
    model = row_model(record, catalog)
    gpus = number(record, "n_gpus")
    if math.isnan(gpus):
        message = "n_gpus is not given"
        raise Unusable(message)
    words = record.get("weight_precision", record.get("precision", ""))
    precision = precision_of(words, method, single_quantisation=stack.has("nf4_single_quantisation"))
    sharing = sharing_of(record.get("parallelism", ""), gpus, method, shards_states=stack.has("shards_states"))
    optimizer = optimizer_of(record.get("optimizer", ""))
    micro_batch, seq_len = number(record, "micro_batch_size"), number(record, "seq_len")
    for name, value in (("micro_batch_size", micro_batch), ("seq_len", seq_len)):
        if math.isnan(value):
            message = f"{name} is not given"
            raise Unusable(message)
    targets, p_lora = _adapters(record, model, stack, method, assumed)
    checkpointing = record.get("grad_checkpointing", "")
    if not checkpointing.strip():
        assumed.append("checkpointing")
    gpu = _gpu(record.get("gpu_id", ""), catalog, needed=needs_gpu)
    return Condition(
        model=_stored(model, stack),
        gpu=gpu,
        gpus=gpus,
        nodes=_nodes(record, gpus),
        stack=stack_index,
        named_stack=named,
        method=method,
        precision=precision,
        optimizer=optimizer,
        sharing=sharing,
        targets=targets,
        p_lora=p_lora,
        state=_state(stack, method, precision, optimizer, sharing, words),
        checkpointing=checkpointing_of(checkpointing, by_default=stack.has("recomputes")),
        flash=_flash(record.get("flash_attention", ""), gpu, catalog),
        fused_loss=record.get("loss_kernel", "").strip().lower() == "fused",
        micro_batch=micro_batch,
        seq_len=seq_len,
        grad_accum=_accumulation(record, sharing, micro_batch),
        metric=METRICS.index(record["metric"]) if record.get("metric") in METRICS else ALLOC,
        assumed=tuple(assumed),
    )


def _stack(name: str, catalog: Catalog) -> tuple[int, bool]:
    """Index of the stack a row names, by id or alias, and whether it names one that is known."""
    wanted = id_of(name)
    for index, stack in enumerate(catalog.stacks):
        if wanted and wanted in (stack.id, *stack.aliases):
            return index, True
    return [stack.id for stack in catalog.stacks].index(UNNAMED_STACK), False


def _gpu(name: str, catalog: Catalog, *, needed: bool) -> int:
    ids = [gpu.id for gpu in catalog.gpus]
    wanted = id_of(name)
    if wanted in ids:
        return ids.index(wanted)
    if needed or wanted:
        message = f"gpu_id {name!r} is not in the catalog" if wanted else "gpu_id is not given"
        raise Unusable(message, hint_of(wanted, ids, "`planner list gpus` has them all"))
    return -1


def _nodes(record: Mapping[str, str], gpus: float) -> float:
    given = number(record, "n_nodes")
    return max(1.0, math.ceil(gpus / _NODE_GPUS)) if math.isnan(given) else given


def _stored(model: RowModel, stack: Stack) -> RowModel:
    """The model as the stack keeps it: litgpt stores a tied head a second time."""
    if not (model.tied and stack.has("unties_head")):
        return model
    return replace(model, tied=False, p_total=model.p_total + model.p_embedding)


def _adapters(
    record: Mapping[str, str], model: RowModel, stack: Stack, method: str, assumed: list[str]
) -> tuple[Targets | None, float]:
    if method not in ("lora", "qlora"):
        return None, 0.0
    words = record.get("lora_targets", "")
    targets = targets_of(words, model, by_default=ADAPTER_DEFAULT.get(stack.id, "all"))
    rank = number(record, "lora_rank")
    if math.isnan(rank) or not words.strip():
        assumed.append("adapters")
    return targets, (DEFAULT_RANK if math.isnan(rank) else rank) * targets.coefficient


def _flash(words: str, gpu: int, catalog: Catalog) -> bool:
    """Whether scores are never stored; blank is yes from compute capability 8 on, where the kernels exist."""
    said = flash_of(words)
    if said is not None:
        return said
    capability = catalog.gpus[gpu].compute_capability if gpu >= 0 else math.nan
    return not capability < 8.0


def _accumulation(record: Mapping[str, str], sharing: Sharing, micro_batch: float) -> float:
    given = number(record, "grad_accum")
    if not math.isnan(given):
        return given
    whole = number(record, "global_batch_size")
    return 1.0 if math.isnan(whole) else max(1.0, whole / (sharing.data * micro_batch))


def _state(
    stack: Stack, method: str, precision: Precision, optimizer: Optimizer, sharing: Sharing, words: str
) -> tuple[float, float, float, float, float]:
    """Bytes per trained weight: weight, gradient, moments with any fp32 master, step copy, 16-bit casts.

    DeepSpeed and Megatron keep a 16-bit weight and an fp32 master; FSDP pre-training stacks, and accelerate under
    FSDP, keep fp32 weights in shards; others train weights as they are stored, 16-bit ones with 16-bit moments.
    """
    # fp16 training needs fp32 weights against underflow, unless the optimizer works on one matrix at a time (LOMO).
    half_amp = "fp16" in words.lower() and method == "full" and stack.trained == "as_stored"
    half_amp = half_amp and not optimizer.in_backward
    sharded = sharing.stage == 3 and sharing.data * sharing.context > 1
    if optimizer.states == "bf16":
        weight, gradient, master, moments, copy, cast = 2.0, 2.0, 0.0, 4.0, 2.0, 0.0
    elif sharing.deepspeed or stack.trained == "master":
        gradient = 4.0 if stack.has("keeps_gradients") else 2.0
        weight, master, moments, copy, cast = 2.0, 4.0, 8.0, 0.0, 0.0
    elif stack.trained == "sharded_fp32" or (stack.has("upcasts_sharded") and sharded):
        foreach = 0.0 if stack.trained == "sharded_fp32" else 4.0
        weight, gradient, master, moments, copy, cast = 4.0, 4.0, 0.0, 8.0, foreach, 0.0
    elif precision.fp32_weights or half_amp:
        cast = 0.0 if precision.fp32_compute else 2.0
        weight, gradient, master, moments, copy = 4.0, 4.0, 0.0, 8.0, 4.0
    else:
        weight, gradient, master, moments, copy, cast = 2.0, 2.0, 0.0, 4.0, 2.0, 0.0
    if optimizer.states == "fp32":
        moments = 8.0
    kept = optimizer.moment_bytes if math.isnan(optimizer.moment_share) else moments * optimizer.moment_share
    return weight, gradient, master + kept, copy if optimizer.copies else 0.0, cast
