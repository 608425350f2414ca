"""The traffic as plans tell it."""

import math

from planner.outcome.serving_findings import TrafficSummary
from planner.scenario.serving import Serving
from planner.traffic import Traffic


def summary(scenario: Serving, traffic: Traffic) -> TrafficSummary:
    """What is asked of the model; null where nobody knows."""
    users = scenario.traffic.active_users
    sent, answer = traffic.conversation.effective_input, traffic.output_tokens
    return TrafficSummary(
        source="scenario" if traffic.log is None else traffic.log.file,
        requests_per_month=_known(traffic.requests_per_month),
        mean_requests_per_s=_known(traffic.mean_requests_per_s),
        peak_requests_per_s=_known(traffic.peak_requests_per_s),
        requests_per_s=traffic.requests_per_s.tolist(),
        burstiness=_known(traffic.burstiness_cv2),
        input_tokens_mean=_known(sent.mean),
        input_tokens_p95=_known(sent.p95),
        output_tokens_mean=_known(answer.mean),
        output_tokens_p95=_known(answer.p95),
        shared_prefix_tokens=_known(traffic.shared_prefix_tokens),
        turns_mean=_known(traffic.turns),
        repeat_share=_known(traffic.repeat_share),
        active_users=users if users is not None else _known(traffic.active_users_per_month),
        notes=list(traffic.assumptions),
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
