"""Speculative decoding: a draft proposes tokens, one step of the model checks them (an assumption of the user's)."""

import numpy as np

from planner.catalog.rows import Floats


def expected_tokens(acceptance: Floats, draft_tokens: Floats | float) -> Floats:
    """Tokens per step of the model: (1 - alpha^(gamma + 1))/(1 - alpha) (Leviathan et al. 2023, eq. 1).

    Args:
        acceptance: alpha, probability that a drafted token is accepted, independent of the others; in [0, 1].
        draft_tokens: gamma, tokens drafted per step.
    """
    alpha = np.asarray(acceptance, np.float64)
    gamma = np.asarray(draft_tokens, np.float64)
    rest = 1.0 - alpha
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(rest > 1e-9, (1.0 - alpha ** (gamma + 1.0)) / rest, gamma + 1.0)
