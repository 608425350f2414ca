"""Speculative decoding: a draft proposes tokens, one step of the model checks them (an assumption of the user's)."""

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.serving.latency import DecodeStep


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


def latency_speedup(acceptance: Floats, draft_tokens: Floats | float, draft_cost: Floats | float) -> Floats:
    """Speed-up of a model whose step time does not grow with the tokens checked (Leviathan et al. 2023, theorem 3.8).

    (1 - alpha^(gamma + 1))/((1 - alpha)(gamma*c + 1)), c the time of a draft step over the model's.
    """
    drafted = np.asarray(draft_tokens, np.float64) * draft_cost
    return expected_tokens(acceptance, draft_tokens) / (drafted + 1.0)


def speculative_step(
    decode_s: DecodeStep, acceptance: Floats, draft_tokens: Floats | float, draft_cost: Floats | float
) -> DecodeStep:
    """Decode seconds per token of every sequence when drafting: (t_dec(B*(gamma + 1)) + gamma*c*t_dec(B))/E[tokens].

    Checking costs as much as decoding gamma + 1 times the sequences: an upper bound, for the cache is read once, not
    gamma + 1 times. So the gain fades as the batch grows, and becomes a loss where compute bounds the step.
    """
    gamma = np.asarray(draft_tokens, np.float64)
    drafted = gamma * draft_cost
    tokens = expected_tokens(acceptance, gamma)

    def step(batch: Floats) -> Floats:
        return (decode_s(batch * (gamma + 1.0)) + drafted * decode_s(batch)) / tokens

    return step
