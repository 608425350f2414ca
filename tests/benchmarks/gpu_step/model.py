"""A decoder like Llama in plain PyTorch, with random weights made where they are used.

RMSNorm in fp32 as Hugging Face writes it, rotary positions, grouped queries through scaled_dot_product_attention.
No weights are read, so no host memory of the model's size is needed.
"""

import torch
from torch import nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from tests.benchmarks.gpu_step.cases import ADAPTED, Architecture, Case
from tests.benchmarks.gpu_step.quantised import QuantisedLinear

FUSED_LOSS_TOKENS = 1024
"""Tokens whose logits the chunked loss holds at a time."""
GAIN = 2.0
"""Alpha over rank of the adapters."""


class Norm(nn.Module):
    """Root mean square norm, computed in fp32."""

    def __init__(self, width: int, dtype: torch.dtype, device: str) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width, dtype=dtype, device=device))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The normed input in its own precision."""
        wide = x.float()
        wide = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + 1e-5)
        return self.weight.to(x.dtype) * wide.to(x.dtype)


class Adapted(nn.Module):
    """A frozen layer and a low-rank adapter beside it."""

    def __init__(self, base: nn.Module, fan_in: int, fan_out: int, rank: int, dtype: torch.dtype, device: str) -> None:
        super().__init__()
        self.base = base
        self.down = nn.Linear(fan_in, rank, bias=False, dtype=dtype, device=device)
        self.up = nn.Linear(rank, fan_out, bias=False, dtype=dtype, device=device)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Frozen output and what the adapter adds."""
        added: torch.Tensor = self.base(x) + self.up(self.down(x)) * GAIN
        return added


class Maker:
    """Makes the layers of one case: which are trained, quantised, adapted, and in which precision."""

    def __init__(self, case: Case) -> None:
        self.case, self.device = case, case.device
        self.full = case.method == "full"
        mixed = torch.float32 if case.precision == "bf16_mixed" else torch.bfloat16
        self.trained = mixed
        self.stored = mixed if self.full else torch.bfloat16

    def linear(self, name: str, fan_in: int, fan_out: int, *, bias: bool = False) -> nn.Module:
        """One matrix of a layer."""
        case = self.case
        if case.method == "qlora":
            base: nn.Module = QuantisedLinear(fan_in, fan_out, bias, case.quantiser, self.device)
        else:
            base = nn.Linear(fan_in, fan_out, bias=bias, dtype=self.stored, device=self.device)
        base.requires_grad_(self.full)
        if self.full or name not in ADAPTED[case.targets]:
            return base
        return Adapted(base, fan_in, fan_out, case.rank, self.trained, self.device)

    def norm(self, width: int) -> nn.Module:
        """One norm."""
        return Norm(width, self.stored, self.device).requires_grad_(self.full)

    def embedding(self, vocab: int, width: int) -> nn.Embedding:
        """The table of tokens."""
        table = nn.Embedding(vocab, width, dtype=self.stored, device=self.device)
        return table.requires_grad_(self.full)


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Rotary positions on (batch, heads, tokens, width)."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], dim=-1) * sin


class Block(nn.Module):
    """Attention and MLP with their norms and residuals."""

    def __init__(self, a: Architecture, make: Maker) -> None:
        super().__init__()
        self.a = a
        wide, narrow = a.n_heads * a.head_dim, a.n_kv_heads * a.head_dim
        self.before_attention, self.before_mlp = make.norm(a.hidden), make.norm(a.hidden)
        self.q = make.linear("q", a.hidden, wide, bias=a.attention_bias)
        self.k = make.linear("k", a.hidden, narrow, bias=a.attention_bias)
        self.v = make.linear("v", a.hidden, narrow, bias=a.attention_bias)
        self.o = make.linear("o", wide, a.hidden)
        self.gate = make.linear("gate", a.hidden, a.ffn) if a.gated else None
        self.up = make.linear("up", a.hidden, a.ffn)
        self.down = make.linear("down", a.ffn, a.hidden)

    def forward(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
        """One layer."""
        x = x + self.attention(self.before_attention(x), cos, sin)
        y = self.before_mlp(x)
        inner = functional.gelu(self.up(y)) if self.gate is None else functional.silu(self.gate(y)) * self.up(y)
        out: torch.Tensor = x + self.down(inner)
        return out

    def attention(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
        """Causal attention over full sequences."""
        batch, tokens, _ = x.shape
        q, k, v = (
            layer(x).view(batch, tokens, -1, self.a.head_dim).transpose(1, 2) for layer in (self.q, self.k, self.v)
        )
        y = functional.scaled_dot_product_attention(
            rotate(q, cos, sin), rotate(k, cos, sin), v, is_causal=True, enable_gqa=self.a.n_kv_heads < self.a.n_heads
        )
        out: torch.Tensor = self.o(y.transpose(1, 2).reshape(batch, tokens, -1))
        return out


class Decoder(nn.Module):
    """The whole model; `forward` gives the loss of a micro-batch."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        a, make = case.architecture, Maker(case)
        self.case = case
        self.embedding = make.embedding(a.vocab, a.hidden)
        self.blocks = nn.ModuleList(Block(a, make) for _ in range(a.n_layers))
        self.last_norm = make.norm(a.hidden)
        # The head is never quantised nor adapted: bitsandbytes and PEFT leave it alone as well.
        self.head = None if a.tied else nn.Linear(
            a.hidden, a.vocab, bias=False, dtype=make.stored, device=case.device
        ).requires_grad_(make.full)  # fmt: skip
        frequencies = 10000.0 ** (-torch.arange(0, a.head_dim, 2, device=case.device).float() / a.head_dim)
        angles = torch.arange(case.seq_len, device=case.device).float()[:, None] * frequencies
        angles = torch.cat([angles, angles], dim=-1)
        self.cos, self.sin = angles.cos().bfloat16(), angles.sin().bfloat16()

    def forward(self, tokens: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Mean cross-entropy."""
        x = self.embedding(tokens).bfloat16()
        for number, block in enumerate(self.blocks):
            if self.checkpointed(number):
                x = checkpoint(block, x, self.cos, self.sin, use_reentrant=False)
            else:
                x = block(x, self.cos, self.sin)
        return self.loss(self.last_norm(x).flatten(0, 1), labels.flatten())

    def checkpointed(self, number: int) -> bool:
        """Whether a layer is recomputed: all of them, or every second one where checkpointing is selective."""
        return self.case.checkpointing == "full" or (self.case.checkpointing == "selective" and number % 2 == 0)

    def loss(self, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Over all logits at once in fp32, or over some tokens at a time, recomputed in the backward pass."""
        if self.case.loss_kernel == "standard":
            return self.summed(x, labels) / len(labels)
        parts = [
            checkpoint(self.summed, some, of, use_reentrant=False)
            for some, of in zip(x.split(FUSED_LOSS_TOKENS), labels.split(FUSED_LOSS_TOKENS), strict=True)
        ]
        return torch.stack(parts).sum() / len(labels)

    def summed(self, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Sum of the losses of these tokens."""
        weight = self.embedding.weight if self.head is None else self.head.weight
        return functional.cross_entropy(functional.linear(x, weight).float(), labels, reduction="sum")
