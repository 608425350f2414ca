"""Our words in those of aiconfigurator, and what it has no word for."""

import pytest

from planner.second_opinion.expressing import InexpressibleError, config_of, request_of
from tests.second_opinion.questions import question


def test_a_dense_model() -> None:
    request = request_of(question(tensor_parallel=2, engine="tensorrt-llm"), 128).plain()
    config = request.pop("config")
    assert request == {
        "system_name": "h100_sxm", "backend_name": "trtllm", "tp_size": 2, "batch_size": 128, "ctx_tokens": 1000,
        "isl": 1000, "osl": 1000, "gemm_quant_mode": "fp8", "kvcache_quant_mode": "fp8",
    }  # fmt: skip
    assert config["architectures"] == ["LlamaForCausalLM"]
    assert [config[name] for name in ("hidden_size", "intermediate_size", "num_hidden_layers", "vocab_size")] == [
        4096, 14336, 32, 128256,
    ]  # fmt: skip
    assert (config["num_key_value_heads"], config["head_dim"]) == (8, 128)


def test_a_step_reads_the_prompts_that_keep_the_requests_in_flight() -> None:
    def read(output_tokens: int, sequences: int) -> int:
        return request_of(question(output_tokens=output_tokens), sequences).ctx_tokens

    assert [read(1000, 500), read(250, 500), read(300, 1000), read(10, 1000)] == [1000, 2000, 3334, 8192]


def test_weight_only_formats_keep_the_cache_in_16_bit() -> None:
    request = request_of(question(precision="int4"), 8)
    assert (request.gemm_quant_mode, request.kvcache_quant_mode) == ("int4_wo", "bfloat16")


def test_mixtures() -> None:
    request = request_of(question("mixtral-8x7b", tensor_parallel=2), 8)
    assert (request.moe_quant_mode, request.moe_tp_size, request.moe_ep_size) == ("fp8", 2, 1)
    assert (request.config["num_local_experts"], request.config["num_experts_per_tok"]) == (8, 2)
    assert request.config["intermediate_size"] == 14336
    config = config_of(question("qwen3-30b-a3b").model)
    assert (config["num_experts"], config["moe_intermediate_size"]) == (128, 768)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"gpu": "l4"}, "l4 was not measured by it; it has a100-80gb-sxm, h100-sxm"),
        ({"model": "gemma-2-9b"}, "gemma2 is a family of models that it has no layers for"),
        ({"engine": "hf-generate"}, "generate is no engine that it has"),
        ({"engine": "vllm-0.5"}, "it has only new versions of vllm, and none like vllm-0.5"),
    ],
)
def test_what_it_has_no_word_for(words: dict[str, str], told: str) -> None:
    with pytest.raises(InexpressibleError) as error:
        request_of(question(**words), 8)  # type: ignore[arg-type]
    assert told in str(error.value)
