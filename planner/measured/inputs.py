"""Columns of rows as the formulas of memory and speed read them, under a calibration."""

from typing import Final

import numpy as np

from planner.catalog.constants import Calibration
from planner.catalog.rows import Floats
from planner.estimate.activations import eager_attention_bytes, layer_activation_bytes
from planner.estimate.collectives import PCIE_SHARE
from planner.estimate.flops import attention_forward_flops, training_flops
from planner.estimate.law import law_columns
from planner.estimate.layout import Layout
from planner.estimate.memory import MemoryInputs
from planner.estimate.speed import NF4_TRAFFIC_BYTES, SpeedInputs
from planner.estimate.stack_columns import StackColumns, stack_columns
from planner.estimate.states import StateBytes
from planner.measured.columns import Rows

NODE_BYTES_S: Final = {"ampere": 200e9, "hopper": 400e9, "blackwell": 400e9, "other": 50e9}
"""Network of a node where a row does not tell: 8 ports of 200 or 400 Gbit/s (DOMAIN 2.6) [C]."""


def layout_columns(rows: Rows) -> Layout:
    """How the GPUs of every row share its job."""
    degrees = ("gpus", "data", "tensor", "pipeline", "chunks", "context", "expert", "nodes")
    rest = ("stage", "offloaded", "in_turn")
    return Layout(**{name: rows[name] for name in (*degrees, *rest)})


def memory_inputs(rows: Rows, calibration: Calibration) -> MemoryInputs:
    """Columns of the memory formulas."""
    stack = stack_columns(rows.catalog.stacks, rows.catalog.methods, calibration)
    s, layout = rows["stack"], layout_columns(rows)
    hidden, heads = rows["hidden"], rows["n_heads"]
    ffn = rows["used"] * rows["expert_ffn"]
    wide = np.where(rows["fp32_compute"], 2.0, 1.0)
    scores = np.where(rows["flash"], 0.0, eager_attention_bytes(heads, rows["seq_len"]))
    tensors = layer_activation_bytes(hidden, rows["hq"], rows["hkv"], ffn, heads, rows["matrices"])
    upcasts = rows["bitsandbytes"] & stack.traits["upcasts_quantised"][s] & ~layout.sharded
    base, adapter = rows["base_bytes"], stack.adapter_bytes[s]
    inputs = calibration["memory.adapter_inputs"] * (hidden + ffn)
    plain = np.isnan(rows["moment_bytes"]) | ~rows["adapted"]
    same = (
        "p_linear",
        "p_expert",
        "p_embedding",
        "p_lora",
        "p_trained",
        "n_layers",
        "in_backward",
        "deepspeed",
        "checkpointing",
    )
    return MemoryInputs(
        **{name: rows[name] for name in same},
        p_other=rows["p_total"] - rows["p_linear"],
        reach=np.ones(len(rows)),
        layer_bytes=(tensors + scores) * wide,
        adapter_input_bytes=np.where(rows["on_mlp"], inputs, 0.0),
        hidden=hidden,
        vocab=rows["vocab"],
        largest_matrix=hidden * rows["expert_ffn"],
        base_bytes=base,
        other_bytes=np.where(base > 2.0, 4.0, 2.0),
        kept_factor=np.where(rows["quantised"], calibration["memory.kept_quantised"], calibration["memory.kept"]),
        boundary_bytes=np.where(upcasts, calibration["memory.kbit_boundary"], 2.0) * wide,
        logits_bytes=np.where(rows["fused_loss"], 0.0, stack.logits_bytes[s]),
        spare_matrices=np.where(rows["quantised"], 1.0, 0.0),
        state=StateBytes(*(rows[f"{part}_state"] for part in ("weight", "gradient", "optimizer", "copy", "cast"))),
        adapter_bytes=adapter,
        adapter_moments=np.where(plain, 2.0 * adapter, rows["moment_bytes"]),
        two_boundaries=stack.traits["keeps_two_boundaries"][s],
        keeps_gradients=stack.traits["keeps_gradients"][s],
        layout=layout,
        calibration=calibration,
        peak_factor=stack.peak[s],
    )


def speed_inputs(rows: Rows, calibration: Calibration) -> SpeedInputs:
    """Columns of the step-time formulas; every row must name a card."""
    catalog = rows.catalog
    stack = stack_columns(catalog.stacks, catalog.methods, calibration)
    law, g, s = law_columns(catalog.gpus, calibration), rows["gpu"], rows["stack"]
    checks, p_mm, head = rows["checkpointing"], rows["p_mm_active"], rows["p_embedding"]
    attention = attention_forward_flops(rows["seq_len"], rows["hq"], rows["n_layers"], causal=False)
    kernels = np.where(stack.kernels_2023[s], law["eta_attention_2023"][g], law["eta_attention"][g])
    one = np.ones(len(rows))
    link, half = _links(rows)
    cards = [catalog.gpus[i] for i in g]
    gain = np.select([rows["fp8"], rows["fp4"]], [calibration["speed.fp8"], calibration["speed.fp4"]], 1.0)
    same = (
        "hidden",
        "experts",
        "n_layers",
        "p_total",
        "p_linear",
        "p_lora",
        "p_trained",
        "base_bytes",
        "checkpointing",
    )
    return SpeedInputs(
        **{name: rows[name] for name in same},
        flops=training_flops(p_mm, attention, rows["p_lora"], ~rows["adapted"], checks, one, head),
        peak_flops_s=_peaks(rows),
        bandwidth_bytes_s=np.array([card.mem_bw_gb_s for card in cards]) * 1e9,
        e0=law["e0"][g],
        h0=law["h0"][g],
        t0_tokens=law["t0_tokens"][g],
        eta_attention=np.where(rows["flash"], kernels, calibration["speed.attention.eager"]),
        product_width=np.where(rows["experts"] > 1, np.minimum(rows["hidden"], rows["expert_ffn"]), rows["hidden"]),
        token_share=rows["used"] / rows["experts"],
        grouped=~stack.traits["loops_over_experts"][s],
        k_stack=_speed(rows, stack) * np.where(rows["fused_loss"], calibration["speed.fused_kernels"], 1.0),
        matmul_gain=gain,
        layer_overhead_s=np.nan_to_num(stack.overhead_s[s, rows["method"]], nan=float(np.nanmedian(stack.overhead_s))),
        head_share=head / p_mm,
        reach=one,
        dequantise_bytes=np.where(rows["quantised"], NF4_TRAFFIC_BYTES, 0.0),
        gradient_bytes=rows["gradient_state"],
        pcie_bytes_s=np.array([card.pcie_gb_s for card in cards]) * PCIE_SHARE * 1e9,
        link_bytes_s=link,
        link_half_bytes=half,
        overlap=np.array([card.overlap for card in cards]),
        layout=layout_columns(rows),
        calibration=calibration,
    )


def _speed(rows: Rows, stack: StackColumns) -> Floats:
    """Multiplier of stack and method; that of the stack alone for a method it is not known to train."""
    known = stack.speed[rows["stack"], rows["method"]]
    return np.asarray(np.where(np.isnan(known), stack.own[rows["stack"]], known))


def _links(rows: Rows) -> tuple[Floats, Floats]:
    """Achieved bytes per second between cards, over the network where the job spans nodes; and half-speed size."""
    cards = [rows.catalog.gpus[i] for i in rows["gpu"]]
    inside = np.array([card.link_gb_s for card in cards]) * 1e9
    network = np.array([NODE_BYTES_S[card.generation] for card in cards])
    half = np.array([card.link_half_mb for card in cards]) * 1e6
    return np.where(rows["nodes"] > 1, np.minimum(inside, network), inside), half


def _peaks(rows: Rows) -> Floats:
    """Dense 16-bit peak of every row's card; NaN where it publishes none."""
    cards = [rows.catalog.gpus[i] for i in rows["gpu"]]
    best = [next((rate for rate in (c.bf16_tflops, c.fp16_tflops) if np.isfinite(rate)), np.nan) for c in cards]
    return np.array(best, np.float64) * 1e12
