"""Many LoRA adapters on one base model: their memory (DOMAIN 9.4)."""

from planner.catalog.rows import Floats

ADAPTER_BYTES_PER_PARAMETER = 2.0
"""bf16 adapters beside a base of any precision (DOMAIN 9.4)."""


def adapter_bytes(p_lora: Floats, adapters: Floats | float) -> Floats:
    """Bytes of `adapters` resident adapters of `p_lora` parameters: 2*P_lora each."""
    return ADAPTER_BYTES_PER_PARAMETER * p_lora * adapters
