"""A frozen linear layer whose weights are NF4: 4.127 bit each at rest, 16-bit for the length of one product."""

from typing import Any, Final

import torch
from torch.nn import functional

from tests.benchmarks.gpu_step.nf4 import BLOCK, SCALE_BLOCK, borders, levels

_AT_A_TIME: Final = 2**24
"""Weights that are looked up at a time, so that the index of the look-up stays small beside the matrix."""


class OwnNf4:
    """A quantised matrix in tensors of our own, for machines without bitsandbytes."""

    def __init__(self, weight: torch.Tensor) -> None:
        self.shape, self.dtype = weight.shape, weight.dtype
        rows = weight.reshape(-1, BLOCK)
        scales = rows.abs().amax(dim=1).float().clamp_min(1e-12)
        edges = torch.tensor(borders(), device=weight.device)
        packed = [
            self._packed(part.float() / scale[:, None], edges)
            for part, scale in zip(rows.split(_AT_A_TIME // BLOCK), scales.split(_AT_A_TIME // BLOCK), strict=True)
        ]
        self.packed = torch.cat(packed)
        self.mean = scales.mean(dtype=torch.float64).float()
        centred = functional.pad(scales - self.mean, (0, -len(scales) % SCALE_BLOCK)).reshape(-1, SCALE_BLOCK)
        self.factor = centred.abs().amax(dim=1, keepdim=True).clamp_min(1e-12) / 127
        self.scales = (centred / self.factor).round().to(torch.int8)
        table = torch.tensor(levels(), device=weight.device, dtype=weight.dtype)
        self.pairs = torch.stack([table.repeat_interleave(16), table.repeat(16)], dim=1)

    @staticmethod
    def _packed(rows: torch.Tensor, edges: torch.Tensor) -> torch.Tensor:
        codes = torch.bucketize(rows, edges, out_int32=True).to(torch.uint8).reshape(-1, 2)
        return codes[:, 0] * 16 + codes[:, 1]

    def dense(self) -> torch.Tensor:
        """The matrix in its first precision."""
        scales = ((self.scales.float() * self.factor).reshape(-1) + self.mean).to(self.dtype)
        out = torch.empty(self.shape, dtype=self.dtype, device=self.packed.device)
        halves = out.reshape(-1, 2)
        for start in range(0, len(halves), _AT_A_TIME // 2):
            part = slice(start, start + _AT_A_TIME // 2)
            torch.index_select(self.pairs, 0, self.packed[part].int(), out=halves[part])
        blocks = out.reshape(-1, BLOCK)
        blocks.mul_(scales[: len(blocks), None])
        return out


class BitsandbytesNf4:
    """The same kept by bitsandbytes, whose kernels are the ones most stacks use."""

    def __init__(self, weight: torch.Tensor) -> None:
        from bitsandbytes import functional as kernels

        self._kernels = kernels
        self.packed, self.state = kernels.quantize_4bit(
            weight, blocksize=BLOCK, quant_type="nf4", compress_statistics=True
        )

    def dense(self) -> torch.Tensor:
        """The matrix in its first precision."""
        matrix: torch.Tensor = self._kernels.dequantize_4bit(self.packed, self.state)
        return matrix


QUANTISERS: Final[dict[str, type[OwnNf4 | BitsandbytesNf4]]] = {"own": OwnNf4, "bitsandbytes": BitsandbytesNf4}


class _Product(torch.autograd.Function):
    """x·Wᵀ that keeps nothing for the backward pass: W is made dense once more."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, matrix: OwnNf4 | BitsandbytesNf4) -> torch.Tensor:
        ctx.matrix = matrix
        weight = matrix.dense()
        return functional.linear(x.to(weight.dtype), weight)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None]:
        weight = ctx.matrix.dense()
        return gradients[0].to(weight.dtype) @ weight, None


class QuantisedLinear(torch.nn.Module):
    """A linear layer with random weights that are quantised as soon as they exist."""

    def __init__(self, fan_in: int, fan_out: int, bias: bool, quantiser: str, device: str) -> None:
        super().__init__()
        weight = torch.empty(fan_out, fan_in, dtype=torch.bfloat16, device=device).normal_(0, 0.02)
        self.matrix: OwnNf4 | BitsandbytesNf4 = QUANTISERS[quantiser](weight)
        self.bias = torch.zeros(fan_out, dtype=torch.bfloat16, device=device) if bias else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x·Wᵀ, and the bias."""
        y: torch.Tensor = _Product.apply(x, self.matrix)  # type: ignore[no-untyped-call,unused-ignore]
        return y if self.bias is None else y + self.bias
