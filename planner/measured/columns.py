"""Conditions of many rows as columns, by name: read out of the rows once, whatever calibration they meet later."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.catalog.rows import Catalog, Ints
from planner.measured.condition import Condition

_NUMBERS: Final[Mapping[str, Callable[[Condition], float]]] = {
    "gpus": lambda r: r.gpus,
    "nodes": lambda r: r.nodes,
    "data": lambda r: r.sharing.data,
    "tensor": lambda r: r.sharing.tensor,
    "pipeline": lambda r: r.sharing.pipeline,
    "chunks": lambda r: r.sharing.chunks,
    "context": lambda r: r.sharing.context,
    "expert": lambda r: r.sharing.expert,
    "n_layers": lambda r: r.model.n_layers,
    "hidden": lambda r: r.model.hidden,
    "n_heads": lambda r: r.model.n_heads,
    "hq": lambda r: r.model.hq,
    "hkv": lambda r: r.model.hkv,
    "expert_ffn": lambda r: r.model.expert_ffn,
    "used": lambda r: r.model.used,
    "experts": lambda r: r.model.experts,
    "matrices": lambda r: r.model.matrices,
    "vocab": lambda r: r.model.vocab,
    "p_total": lambda r: r.model.p_total,
    "p_linear": lambda r: r.model.p_linear,
    "p_expert": lambda r: r.model.p_expert,
    "p_mm_active": lambda r: r.model.p_mm_active,
    "p_embedding": lambda r: r.model.p_embedding,
    "p_lora": lambda r: r.p_lora,
    "p_trained": lambda r: r.targets.trained if r.targets else r.model.p_total,
    "base_bytes": lambda r: r.precision.base_bytes if r.adapted else 2.0,
    "moment_bytes": lambda r: r.optimizer.moment_bytes,
    "weight_state": lambda r: r.state[0],
    "gradient_state": lambda r: r.state[1],
    "optimizer_state": lambda r: r.state[2],
    "copy_state": lambda r: r.state[3],
    "cast_state": lambda r: r.state[4],
    "tokens": lambda r: r.micro_batch * r.seq_len,
    "seq_len": lambda r: r.seq_len,
    "grad_accum": lambda r: r.grad_accum,
}
_FLAGS: Final[Mapping[str, Callable[[Condition], bool]]] = {
    "offloaded": lambda r: r.sharing.offloaded,
    "in_turn": lambda r: r.sharing.in_turn,
    "adapted": lambda r: r.adapted,
    "quantised": lambda r: r.quantised,
    "bitsandbytes": lambda r: r.quantised and r.precision.bitsandbytes,
    "fp32_compute": lambda r: r.precision.fp32_compute and not r.adapted,
    "flash": lambda r: r.flash,
    "fused_loss": lambda r: r.fused_loss,
    "on_mlp": lambda r: r.targets is not None and r.targets.mlp,
    "in_backward": lambda r: r.optimizer.in_backward,
    "fp8": lambda r: r.precision.compute == "fp8",
    "fp4": lambda r: r.precision.compute == "fp4",
    "deepspeed": lambda r: r.sharing.deepspeed,
    "named_stack": lambda r: r.named_stack,
}
_CODES: Final[Mapping[str, Callable[[Condition], int]]] = {
    "gpu": lambda r: r.gpu,
    "stack": lambda r: r.stack,
    "stage": lambda r: r.sharing.stage,
    "checkpointing": lambda r: r.checkpointing,
    "metric": lambda r: r.metric,
}


@dataclass(frozen=True, slots=True)
class Rows:
    """Conditions as columns, ready to be put into the formulas under any calibration."""

    conditions: tuple[Condition, ...]
    catalog: Catalog
    columns: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.conditions)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A column by name."""
        return self.columns[name]

    def part(self, rows: Ints) -> "Rows":
        """Some of the rows."""
        chosen = tuple(self.conditions[int(row)] for row in rows)
        return Rows(chosen, self.catalog, {name: column[rows] for name, column in self.columns.items()})


def rows_of(conditions: Sequence[Condition], catalog: Catalog) -> Rows:
    """Read every column out of the conditions."""
    kinds = ((_NUMBERS, np.float64), (_FLAGS, np.bool_), (_CODES, np.int64))
    columns: dict[str, NDArray[Any]] = {
        name: np.array([figure(row) for row in conditions], kind)
        for table, kind in kinds
        for name, figure in table.items()
    }
    methods = [method.id for method in catalog.methods]
    columns["method"] = np.array([methods.index(row.method) for row in conditions], np.int64)
    return Rows(tuple(conditions), catalog, columns)
