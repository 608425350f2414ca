"""Energy and carbon of a run (DOMAIN 8)."""

from typing import Final

import numpy as np

from planner.catalog.rows import Floats

BUSY_SHARE_OF_TDP: Final = 0.85
"""Power of a busy card over its TDP; 0.75 to 0.9 (DOMAIN 8) [E]."""
IDLE_FACTOR: Final = 0.6
"""Factor on that where model utilisation is under 0.2 (DOMAIN 8) [E]."""
HOST_KW_PER_GPU: Final = 0.22
"""Host, fans and losses per card: 1.5 to 2 kW for eight (DOMAIN 8) [M]."""
LIFE_HOURS: Final = 6 * 8760.0
LIFE_UTILISATION: Final = 0.85
EMBODIED_KG_PER_GPU: Final = 150.0
EMBODIED_KG_PER_SERVER: Final = 2500.0
GPUS_PER_SERVER: Final = 8.0


def node_kw(gpus: Floats, tdp_w: Floats, mfu: Floats) -> Floats:
    """Power of a node while training, in kW."""
    busy = BUSY_SHARE_OF_TDP * np.where(mfu < 0.2, IDLE_FACTOR, 1.0)
    return gpus * (tdp_w / 1000.0 * busy + HOST_KW_PER_GPU)


def operational_kg(kwh: Floats, pue: Floats, grid_kg_per_kwh: Floats) -> Floats:
    """Location-based operational emissions of IT energy `kwh`, in kg of CO2-equivalent."""
    return kwh * pue * grid_kg_per_kwh


def embodied_kg(gpu_hours: Floats) -> Floats:
    """Share of the making of card and server over a life of six years at 85 % use (BLOOM, arXiv 2211.02001)."""
    return embodied_gpu_kg(gpu_hours) + embodied_server_kg(gpu_hours)


def embodied_gpu_kg(gpu_hours: Floats) -> Floats:
    """The cards' part of `embodied_kg`."""
    return gpu_hours * EMBODIED_KG_PER_GPU / (LIFE_HOURS * LIFE_UTILISATION)


def embodied_server_kg(gpu_hours: Floats) -> Floats:
    """The servers' part of `embodied_kg`."""
    return gpu_hours / GPUS_PER_SERVER * EMBODIED_KG_PER_SERVER / (LIFE_HOURS * LIFE_UTILISATION)
