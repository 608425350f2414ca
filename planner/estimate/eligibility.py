"""What runs where: the eligibility table as arrays (DESIGN rule 4). A combination without a row does not run."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Bools, Catalog, Floats, Ints
from planner.catalog.stacks import Support

NOWHERE = -1
"""No row allows the combination."""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """(methods, stacks, gpus) → row of the support table, with what that row says about precision."""

    row: Ints
    flash_attention: Bools
    peak_flops_s: Floats
    """Dense peak at the compute precision of the row; NaN where the card has none."""
    bf16: Bools
    """Computes in bf16; cards before Ampere compute in fp16."""
    fp32_weights: Bools
    """Trained weights are stored in fp32: what fp16 training needs against underflow."""


def build_eligibility(catalog: Catalog) -> Eligibility:
    """Resolve the support table for every method, stack and card of the catalog.

    Where several rows allow a combination the first that is not fp8 is taken: fp8 training is not planned.
    """
    shape = (len(catalog.methods), len(catalog.stacks), len(catalog.gpus))
    row = np.full(shape, NOWHERE, np.int64)
    flash = np.zeros(shape, bool)
    peak = np.full(shape, np.nan)
    bf16, fp32 = np.zeros(shape, bool), np.zeros(shape, bool)
    methods = {method.id: i for i, method in enumerate(catalog.methods)}
    stacks = {stack.id: i for i, stack in enumerate(catalog.stacks)}
    for r, support in enumerate(catalog.support):
        if not support.ok or support.compute_precision == "fp8":
            continue
        for g, gpu in enumerate(catalog.gpus):
            if gpu.vendor.lower() != support.vendor.lower() or not _in_range(support, gpu.compute_capability):
                continue
            for name in support.methods:
                at = methods[name], stacks[support.stack], g
                rate = {"bf16": gpu.bf16_tflops, "fp16": gpu.fp16_tflops, "fp32": gpu.fp32_tflops}
                tflops = rate[support.compute_precision]
                if row[at] == NOWHERE and np.isfinite(tflops):
                    row[at], flash[at], peak[at] = r, support.flash_attention, tflops * 1e12
                    bf16[at] = support.compute_precision == "bf16"
                    fp32[at] = support.weight_precision == "fp32"
    return Eligibility(row, flash, peak, bf16, fp32)


def _in_range(support: Support, capability: float) -> bool:
    if np.isnan(support.min_cc) and np.isnan(support.max_cc):
        return True
    return bool(support.min_cc <= capability <= support.max_cc)
