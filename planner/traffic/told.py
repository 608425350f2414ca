"""Traffic told in numbers."""

import math
from collections.abc import Sequence
from typing import Final

from planner.traffic.conversation import alone, told_conversation
from planner.traffic.lengths import TokenLengths
from planner.traffic.shapes import sharpened, weekly_weights
from planner.traffic.traffic import Repeats, Traffic
from planner.units import HOURS_PER_MONTH, SECONDS_PER_HOUR

POISSON: Final = 1.0


def told_traffic(
    *,
    input_tokens: TokenLengths,
    output_tokens: TokenLengths,
    requests_per_s: float | None = None,
    requests_per_month: float | None = None,
    peak_requests_per_s: float | None = None,
    shape: str | Sequence[float] = "daytime",
    burstiness_cv2: float | None = None,
    shared_prefix_tokens: float | None = None,
    turns: float | None = None,
    carries_history: bool = True,
    repeat_share: float | None = None,
    failed_share: float | None = None,
    retries_share: float | None = None,
    active_users_per_month: float | None = None,
) -> Traffic:
    """The traffic of these numbers; raises ValueError where they contradict each other.

    Exactly one of `requests_per_s` (the mean) and `requests_per_month` (of 730 hours). A named shape is sharpened or
    dulled until its busiest hour is the peak told; weights of your own stay as they are. Where turns carry history,
    `input_tokens` is what is new in a turn, the shared prefix included (see `input_at_turn`).
    """
    mean = _mean(requests_per_s, requests_per_month)
    weights = weekly_weights(shape)
    assumed = []
    if peak_requests_per_s is not None and mean > 0:
        if peak_requests_per_s < mean:
            message = f"the peak of {peak_requests_per_s:g} requests/s is below the mean of {mean:g}"
            raise ValueError(message)
        if isinstance(shape, str) and shape != "flat":
            weights = sharpened(weights, peak_requests_per_s / mean)
    if isinstance(shape, str):
        assumed.append(f"requests spread over the week as {shape}, an assumed shape")
    rates = mean * weights
    peak = max(float(rates.max()), peak_requests_per_s or 0.0)
    if burstiness_cv2 is None:
        assumed.append("requests come as a Poisson stream within an hour (burstiness 1)")
    prefix = shared_prefix_tokens or 0.0
    if prefix > input_tokens.mean:
        message = f"the shared prefix of {prefix:g} tokens is longer than the mean input of {input_tokens.mean:g}"
        raise ValueError(message)
    if turns is None or turns == 1 or not carries_history:
        conversation = alone(input_tokens, turns or 1.0)
        if turns is None:
            assumed.append("every request stands alone (no turns were told)")
    else:
        conversation = told_conversation(turns, input_tokens, output_tokens.mean, prefix)
        assumed.append("all conversations are about as long as their mean")
    return Traffic(
        requests_per_s=rates,
        peak_requests_per_s=peak,
        burstiness_cv2=POISSON if burstiness_cv2 is None else burstiness_cv2,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        conversation=conversation,
        shared_prefix_tokens=_known(shared_prefix_tokens),
        repeats=None if repeat_share is None else Repeats((math.inf,), (repeat_share,)),
        failed_share=_known(failed_share),
        retries_share=_known(retries_share),
        active_users_per_month=_known(active_users_per_month),
        assumptions=tuple(assumed),
    )


def _mean(per_s: float | None, per_month: float | None) -> float:
    if (per_s is None) == (per_month is None):
        message = "give one of requests_per_s and requests_per_month"
        raise ValueError(message)
    mean = per_s if per_s is not None else (per_month or 0.0) / (HOURS_PER_MONTH * SECONDS_PER_HOUR)
    if not (math.isfinite(mean) and mean >= 0):
        message = f"a rate is a number of at least 0, not {mean!r}"
        raise ValueError(message)
    return mean


def _known(value: float | None) -> float:
    return math.nan if value is None else value
