"""The measured model and its quantised layer, where torch is installed; on the processor, a few layers wide."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.benchmarks.gpu_step import nf4
from tests.benchmarks.gpu_step.cases import Architecture, Case

torch: Any = pytest.importorskip("torch")

TINY = Architecture(
    model="tiny", n_layers=2, n_layers_of_model=2, hidden=64, n_heads=4, n_kv_heads=2, head_dim=16, ffn=128,
    gated=True, vocab=256, tied=False, attention_bias=True,
)  # fmt: skip
CASE = Case(
    architecture=TINY, method="full", rank=4, targets="all-linear", precision="bf16_mixed", quantiser="own",
    seq_len=1100, micro_batch=1, grad_accum=2, checkpointing="none", loss_kernel="standard",
    optimizer="adamw_fused", warm_up=1, steps=2, device="cpu",
)  # fmt: skip


def loss_of(case: Case) -> tuple[float, float]:
    """Loss and norm of the gradient of one micro-batch, from the same seed."""
    from tests.benchmarks.gpu_step.model import Decoder

    torch.manual_seed(0)
    model = Decoder(case)
    tokens = torch.randint(TINY.vocab, (1, case.seq_len))
    with torch.autocast("cpu", torch.bfloat16):
        loss = model(tokens, tokens)
    loss.backward()
    gradients = [p.grad.float().square().sum() for p in model.parameters() if p.grad is not None]
    return float(loss.detach()), float(torch.stack(gradients).sum().sqrt())


@pytest.mark.parametrize("method", ["full", "lora", "qlora"])
def test_recomputation_and_the_chunked_loss_change_memory_only(method: str) -> None:
    plain = loss_of(replace(CASE, method=method))
    for checkpointing, kernel in (("full", "standard"), ("selective", "fused"), ("none", "fused")):
        other = loss_of(replace(CASE, method=method, checkpointing=checkpointing, loss_kernel=kernel))
        assert other == pytest.approx(plain, rel=0.02)


def test_the_model_has_the_parameters_that_are_counted() -> None:
    from tests.benchmarks.gpu_step.model import Decoder

    for architecture in (TINY, replace(TINY, tied=True, gated=False, attention_bias=False)):
        model = Decoder(replace(CASE, architecture=architecture))
        assert sum(p.numel() for p in model.parameters()) == architecture.parameters


@pytest.mark.parametrize(("targets", "matrices"), [("qv", 2), ("attention", 4), ("all-linear", 7)])
def test_adapters_are_trained_and_nothing_else(targets: str, matrices: int) -> None:
    from tests.benchmarks.gpu_step.model import Decoder

    model = Decoder(replace(CASE, method="qlora", targets=targets))
    trained = [name for name, p in model.named_parameters() if p.requires_grad]
    assert len(trained) == 2 * matrices * TINY.n_layers
    assert all("down.weight" in name or "up.weight" in name for name in trained)


def test_nf4_of_the_card_is_that_of_the_reference_and_of_its_size() -> None:
    from tests.benchmarks.gpu_step.quantised import OwnNf4

    weight = torch.empty(512, 256).normal_(0, 0.02)
    matrix = OwnNf4(weight)
    assert matrix.dense().numpy() == pytest.approx(nf4.round_trip(weight.numpy()), abs=1e-6)
    kept = [matrix.packed, matrix.scales, matrix.factor]
    assert sum(t.numel() * t.element_size() for t in kept) * 8 / weight.numel() == pytest.approx(nf4.BITS)


def test_gradients_pass_a_quantised_layer_as_a_dense_one() -> None:
    from tests.benchmarks.gpu_step.quantised import QuantisedLinear

    layer = QuantisedLinear(128, 64, True, "own", "cpu")
    x = torch.randn(3, 128, dtype=torch.bfloat16, requires_grad=True)
    layer(x).float().square().sum().backward()
    dense, again = layer.matrix.dense(), x.detach().clone().requires_grad_()
    torch.nn.functional.linear(again, dense).float().square().sum().backward()
    assert x.grad.float().numpy() == pytest.approx(again.grad.float().numpy(), rel=1e-2, abs=1e-3)


@pytest.mark.parametrize("precision", ["bf16_mixed", "bf16_pure"])
def test_a_run_gives_a_time_and_on_a_processor_no_memory(precision: str) -> None:
    from tests.benchmarks.gpu_step.step import run

    seen = run(replace(CASE, precision=precision))
    assert seen["status"] == "ok"
    assert 0 < seen["step_s_min"] <= seen["step_s"] <= seen["step_s_max"]
    assert seen["trained_parameters"] == TINY.parameters
    assert seen["alloc_gib"] is None


def test_running_out_of_memory_is_a_result_and_other_errors_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.benchmarks.gpu_step import step

    def fails(message: str) -> Any:
        def train(*_: Any) -> None:
            raise RuntimeError(message)

        return train

    monkeypatch.setattr(step, "_train", fails("CUDA error: out of memory\nmore"))
    assert step.run(CASE) == {"status": "oom", "phase": "step", "message": "CUDA error: out of memory"}
    monkeypatch.setattr(step, "_train", fails("shapes differ"))
    with pytest.raises(RuntimeError, match="shapes differ"):
        step.run(CASE)
    assert np.isfinite(loss_of(CASE)[0])
