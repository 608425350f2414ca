"""Many LoRA adapters on one base model: memory, throughput and who pays (DOMAIN 9.4)."""

import numpy as np

from planner.catalog.rows import Floats

ADAPTER_BYTES_PER_PARAMETER = 2.0
"""bf16 adapters beside a base of any precision (DOMAIN 9.4)."""
OVERHEAD_SHARE = 0.10
"""Throughput lost to unmerged adapters, 5 to 15 % (DOMAIN 9.4 [E]); 0 for one adapter merged into the base."""


def adapter_bytes(p_lora: Floats, adapters: Floats | float) -> Floats:
    """Bytes of `adapters` resident adapters of `p_lora` parameters: 2*P_lora each."""
    return ADAPTER_BYTES_PER_PARAMETER * p_lora * adapters


def most_adapters(free_bytes: Floats, cache_bytes: Floats, p_lora: Floats) -> Floats:
    """Adapters that fit beside the cache wanted: floor((free - cache)/(2*P_lora)), at least 0."""
    return np.maximum(np.floor((free_bytes - cache_bytes) / (ADAPTER_BYTES_PER_PARAMETER * p_lora)), 0.0)


def multiplexed_tokens_per_s(
    tokens_per_s: Floats, adapters: Floats, overhead: Floats | float = OVERHEAD_SHARE, *, merged: bool = False
) -> Floats:
    """Throughput with adapters on one base: less the overhead; none where a single adapter is merged."""
    lost = np.where((np.asarray(adapters) < 1.0) | (merged & (np.asarray(adapters) <= 1.0)), 0.0, overhead)
    return tokens_per_s * (1.0 - lost)


def tenant_usd_per_month(
    fleet_usd_per_month: Floats, traffic_share: Floats, adapter_memory_share: Floats, tenant_adapters_share: Floats
) -> Floats:
    """Cost of one tenant: its share of the traffic pays for the base, its share of the adapters for their memory.

    Args:
        fleet_usd_per_month: of all replicas.
        traffic_share: tenant's share of the busy seconds.
        adapter_memory_share: share of the fleet's memory that adapters fill.
        tenant_adapters_share: tenant's share of the adapters' bytes.
    """
    memory = fleet_usd_per_month * adapter_memory_share
    return (fleet_usd_per_month - memory) * traffic_share + memory * tenant_adapters_share
