"""What a token costs on machines of one's own (DOMAIN 9.4)."""

from planner.catalog.rows import Floats
from planner.units import SECONDS_PER_HOUR

MILLION = 1e6


def usd_per_million_output(
    usd_per_hour: Floats, tokens_per_s: Floats, utilisation: Floats | float, gpus: Floats | float = 1.0
) -> Floats:
    """All cost on output tokens: price_h*n*1e6/(3600*tok_s*u).

    Args:
        usd_per_hour: of one GPU, or of the replica with `gpus` = 1.
        tokens_per_s: output tokens of the replica at saturation.
        utilisation: mean load over what is provisioned, in (0, 1].
        gpus: of the replica.
    """
    return usd_per_hour * gpus * MILLION / (SECONDS_PER_HOUR * tokens_per_s * utilisation)
