"""Architecture of a row's model: its own columns first, then the catalog, the rest from the parameter count."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from planner.catalog.models import id_of
from planner.catalog.names import hint_of
from planner.catalog.rows import Catalog, Model
from planner.measured.table import Unusable, number

HEAD_WIDTHS: Final = (64.0, 96.0, 128.0, 256.0)
"""Head sizes tried beside hidden/heads: those of published models."""
MISMATCH: Final = 0.1
"""Largest difference on ln between the counted and the printed parameters that a dense model may show."""
MIXTURE_VOCABULARY: Final = 130_000.0
"""Vocabulary of a mixture that gives none: published ones have 102,400 to 201,088, most about this [M]."""
_SUFFIX = re.compile(r"-(hf|instruct|chat|base|it|v0\.\d|sft|preview)\b")


@dataclass(frozen=True, slots=True)
class RowModel:
    """Widths in elements, counts in parameters."""

    n_layers: float
    hidden: float
    n_heads: float
    hq: float
    hkv: float
    expert_ffn: float
    """Width of one MLP, or of one expert."""
    used: float
    """MLPs that one token goes through in a layer."""
    experts: float
    """MLPs per layer."""
    matrices: float
    """Matrices of one MLP: 3 where gated, else 2."""
    vocab: float
    tied: bool
    p_total: float

    @property
    def p_embedding(self) -> float:
        """One V*h matrix."""
        return self.vocab * self.hidden

    @property
    def p_attention(self) -> float:
        """Attention matrices of all layers."""
        return self.n_layers * 2.0 * self.hidden * (self.hq + self.hkv)

    @property
    def p_expert(self) -> float:
        """Matrices of all experts; 0 for a dense model."""
        return self.n_layers * self.experts * self._mlp if self.experts > 1 else 0.0

    @property
    def p_linear(self) -> float:
        """Matrices of all layers, router included; never more than there are parameters."""
        router = self.hidden * self.experts if self.experts > 1 else 0.0
        return min(self.p_attention + self.n_layers * (self.experts * self._mlp + router), self.p_total)

    @property
    def p_mm_active(self) -> float:
        """Matmul parameters that one token uses, output head included."""
        router = self.hidden * self.experts if self.experts > 1 else 0.0
        return self.p_attention + self.n_layers * (self.used * self._mlp + router) + self.p_embedding

    @property
    def _mlp(self) -> float:
        return self.matrices * self.hidden * self.expert_ffn


def row_model(record: Mapping[str, str], catalog: Catalog) -> RowModel:
    """The architecture of a row; `Unusable` where neither columns nor catalog give enough.

    What columns leave out follows from the printed parameter count: whether the MLP is gated, the head tied, how wide
    a head is, how many experts there are.
    """
    known = known_model(catalog, record.get("model", ""))
    names = ("n_layers", "hidden", "n_heads", "n_kv_heads", "ffn_hidden", "vocab")
    layers, hidden, heads, kv_heads, ffn, vocab = (number(record, name) for name in names)
    total = number(record, "params_b") * 1e9
    if known is not None and (math.isnan(layers) or math.isnan(hidden)):
        return _of_catalog(known, total)
    if math.isnan(total) and known is not None:
        total = known.params_total
    if any(map(math.isnan, (layers, hidden, heads, ffn, total))):
        message = f"architecture of {record.get('model', '')!r} is not given and the model is not in the catalog"
        columns = "or give n_layers, hidden, n_heads, ffn_hidden and params_b"
        raise Unusable(message, hint_of(record.get("model", ""), [model.id for model in catalog.models], columns))
    if known is not None and (known.n_layers, known.hidden_size) == (layers, hidden):
        return _of_catalog(known, total)
    kv_heads = heads if math.isnan(kv_heads) else kv_heads
    return _counted(record.get("model", ""), layers, hidden, heads, kv_heads, ffn, vocab, total)


def known_model(catalog: Catalog, name: str) -> Model | None:
    """The catalog's model that a printed name means, sizes and variants of chat tuning aside."""
    wanted = _plain(name)
    for model in catalog.models:
        if wanted and wanted in (_plain(model.name), _plain(model.hf_id)):
            return model
    return None


def _plain(name: str) -> str:
    short = id_of(re.sub(r"\(.*?\)", "", name)).strip().rpartition("/")[2]
    return re.sub(r"[^a-z0-9.]", "", _SUFFIX.sub("", short).removeprefix("meta-").removeprefix("open"))


def _of_catalog(model: Model, total: float) -> RowModel:
    mixture = model.moe_experts > 0
    shared = model.moe_shared_experts
    return RowModel(
        n_layers=model.n_layers,
        hidden=model.hidden_size,
        n_heads=model.n_heads,
        hq=model.n_heads * model.head_dim,
        hkv=model.n_kv_heads * model.head_dim,
        expert_ffn=model.moe_ffn_hidden if mixture else model.ffn_hidden,
        used=model.moe_active + shared if mixture else 1.0,
        experts=model.moe_experts + shared if mixture else 1.0,
        matrices=model.n_ffn_matrices,
        vocab=model.vocab_size,
        tied=model.tied_embeddings,
        p_total=model.params_total if math.isnan(total) else total,
    )


def _counted(
    name: str, layers: float, hidden: float, heads: float, kv_heads: float, ffn: float, vocab: float, total: float
) -> RowModel:
    """The architecture whose count comes nearest the printed one."""
    best: tuple[float, RowModel] | None = None
    for width in (hidden / heads, *HEAD_WIDTHS):
        for matrices in (3.0, 2.0):
            for tied in (False, True):
                size = _vocabulary(vocab, layers, hidden, heads, kv_heads, width, matrices, ffn, tied, total)
                model = RowModel(
                    layers, hidden, heads, heads * width, kv_heads * width, ffn, 1.0, 1.0, matrices, size, tied, total
                )
                counted = model.p_attention + layers * matrices * hidden * ffn + size * hidden * (1 if tied else 2)
                unusual = 0.02 if width != hidden / heads or width > max(HEAD_WIDTHS) else 0.0
                off = abs(math.log(counted / total)) + unusual
                if best is None or off < best[0] - 1e-12:
                    best = off, model
    assert best is not None
    off, model = best
    if off <= MISMATCH:
        return model
    # Of a mixture the widest heads always come nearest the count, so that it says nothing about them.
    size = MIXTURE_VOCABULARY if math.isnan(vocab) else vocab
    return _mixture(name, replace(model, vocab=size, hq=hidden, hkv=kv_heads * hidden / heads), total)


def _vocabulary(
    vocab: float, layers: float, hidden: float, heads: float, kv_heads: float, width: float, matrices: float,
    ffn: float, tied: bool, total: float,
) -> float:  # fmt: skip
    """The printed vocabulary, or what the parameters outside the layers would be one for."""
    if not math.isnan(vocab):
        return vocab
    inside = layers * (2.0 * hidden * width * (heads + kv_heads) + matrices * hidden * ffn)
    rest = (total - inside) / (hidden * (1 if tied else 2))
    return min(max(rest, 30_000.0), 260_000.0)


def _mixture(name: str, dense: RowModel, total: float) -> RowModel:
    """A mixture of gated experts: their number from the count, two active unless the name gives active parameters."""
    if not re.search(r"moe|mixtral|\d+x\d|a\d+(\.\d+)?[bm]\b", name.lower()):
        message = f"printed parameters of {name!r} do not fit its architecture columns"
        raise Unusable(message)
    hidden, layers = dense.hidden, dense.n_layers
    block = layers * 3.0 * hidden * dense.expert_ffn
    experts = max(2.0, round((total - dense.p_attention - 2.0 * dense.vocab * hidden) / block))
    found = re.search(r"a(\d+(?:\.\d+)?)(b|m)\b", name.lower())
    used = 2.0
    if found:
        active = float(found[1]) * (1e9 if found[2] == "b" else 1e6)
        used = max(1.0, round((active - dense.p_attention - 2.0 * dense.vocab * hidden) / block))
    return RowModel(
        layers, hidden, dense.n_heads, dense.hq, dense.hkv, dense.expert_ffn, min(used, experts), experts, 3.0,
        dense.vocab, False, total,
    )  # fmt: skip
