"""The worker: reads one case from standard input, trains a few steps, prints what it saw as the last line.

It runs in a process of its own, so that memory that one case leaves behind, or its failure, touches no other.
Without a case on standard input it only says which device there is.
"""

import importlib
import json
import os
import statistics
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from planner.units import GIB
from tests.benchmarks.gpu_step.cases import Case, case_from_json
from tests.benchmarks.gpu_step.model import Decoder

OUT_OF_MEMORY = ("CUBLAS_STATUS_ALLOC_FAILED", "CUDA error: out of memory", "CUDNN_STATUS_ALLOC_FAILED")
"""How libraries beside the allocator say that memory ran out."""


def device_facts() -> dict[str, Any]:
    """The first accelerator, or the want of one."""
    facts: dict[str, Any] = {
        "torch": torch.__version__, "name": "", "total_gib": None, "bf16": True, "flash": False,
        "bitsandbytes": _imports("bitsandbytes"),
    }  # fmt: skip
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        recent = torch.version.hip is not None or properties.major >= 8
        facts |= {
            "name": torch.cuda.get_device_name(0),
            "total_gib": properties.total_memory / GIB,
            "bf16": recent,
            "flash": recent,
        }
    return facts


def _imports(package: str) -> bool:
    """Whether a package is there and works: one built for another CUDA fails in its own way."""
    try:
        importlib.import_module(package)
    except Exception:
        return False
    return True


def run(case: Case) -> dict[str, Any]:
    """Build the model, train it, and report; running out of memory is a result, not an error."""
    phase = "build"
    try:
        torch.manual_seed(0)
        model = Decoder(case)
        trained = [p for p in model.parameters() if p.requires_grad]
        phase = "step"
        if case.device == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        seconds = _train(case, model, trained)
    except RuntimeError as error:
        if isinstance(error, torch.OutOfMemoryError) or any(sign in str(error) for sign in OUT_OF_MEMORY):
            return {"status": "oom", "phase": phase, "message": str(error).split("\n")[0]}
        raise
    return {
        "status": "ok",
        "step_s": statistics.median(seconds),
        "step_s_min": min(seconds),
        "step_s_max": max(seconds),
        "allocator": os.environ.get("PYTORCH_ALLOC_CONF") or os.environ.get("PYTORCH_CUDA_ALLOC_CONF", ""),
        "trained_parameters": sum(p.numel() for p in trained),
        **_memory(case),
    }


def _train(case: Case, model: Decoder, trained: list[torch.nn.Parameter]) -> list[float]:
    """Seconds of each step after the warm-up, the device idle at both ends."""
    shape = (case.micro_batch, case.seq_len)
    tokens = torch.randint(case.architecture.vocab, shape, device=case.device)
    labels = torch.randint(case.architecture.vocab, shape, device=case.device)
    chosen = {"fused": True} if case.optimizer == "adamw_fused" else {"foreach": True}
    optimizer = torch.optim.AdamW(trained, lr=1e-5, **chosen)
    seconds = []
    for number in range(case.warm_up + case.steps):
        _wait(case)
        start = time.perf_counter()
        for _ in range(case.grad_accum):
            with _precision(case):
                loss = model(tokens, labels)
            (loss / case.grad_accum).backward()
            del loss
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        _wait(case)
        if number >= case.warm_up:
            seconds.append(time.perf_counter() - start)
    return seconds


def _precision(case: Case) -> AbstractContextManager[Any]:
    mixed = case.precision == "bf16_mixed"
    return torch.autocast(case.device, torch.bfloat16) if mixed else nullcontext()


def _wait(case: Case) -> None:
    if case.device == "cuda":
        torch.cuda.synchronize()


def _memory(case: Case) -> dict[str, float | None]:
    """Peaks since the model was built, in GiB; `context_gib` is what the process holds beside the allocator."""
    if case.device == "cpu":
        return {"alloc_gib": None, "reserved_gib": None, "context_gib": None}
    free, total = torch.cuda.mem_get_info()
    return {
        "alloc_gib": torch.cuda.max_memory_allocated() / GIB,
        "reserved_gib": torch.cuda.max_memory_reserved() / GIB,
        "context_gib": (total - free - torch.cuda.memory_reserved()) / GIB,
    }


def main() -> None:
    """Run what standard input holds."""
    text = sys.stdin.read()
    print(json.dumps(run(case_from_json(text)) if text.strip() else device_facts()))


if __name__ == "__main__":
    main()
