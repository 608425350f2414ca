"""Whether the levers of a scenario can be pulled with its traffic."""

import math

from planner.scenario.serving import Serving
from planner.space.axes import Complain
from planner.space.serving.levers import named
from planner.traffic import Traffic

MOST_LEVERS = 7
"""Levers are tried in all their subsets."""


def check_levers(scenario: Serving, traffic: Traffic, report: Complain, warn: Complain) -> None:
    """Report levers that cannot be pulled, and warn about those that do nothing."""
    levers = scenario.levers
    tried = [name for name, lever in named(levers).items() if not lever.always]
    if len(tried) > MOST_LEVERS:
        report(
            ("levers",),
            f"{len(tried)} levers have {2 ** len(tried)} subsets; at most {MOST_LEVERS} are tried with and without",
            "give some `always: true`, or leave some out",
        )
    exact = levers.exact_cache
    if exact is not None and exact.hit_rate is None and math.isnan(traffic.repeat_share_within(exact.ttl)):
        report(
            ("levers", "exact_cache"),
            "how many requests repeat is not known",
            "give hit_rate, or a log with prompt_hash under traffic.log",
        )
    if levers.prompt is not None and levers.prompt.input_tokens >= traffic.input_tokens.mean:
        report(
            ("levers", "prompt", "input_tokens"),
            f"{levers.prompt.input_tokens:,.0f} input tokens are no fewer than the {traffic.input_tokens.mean:,.0f} of "
            "the traffic",
            "say how long prompts are afterwards",
        )
    if levers.prefix_cache is not None:
        shared = traffic.shared_prefix_tokens
        if not shared > 0 and not traffic.conversation.cached_tokens > 0:
            warn(
                ("levers", "prefix_cache"),
                "no start of requests is known to be shared, so that the prefix cache saves nothing",
                "give traffic.shared_prefix_tokens, turns, or a log",
            )
    if levers.adapters is not None and levers.adapters.merged and levers.adapters.count > 1:
        report(("levers", "adapters", "merged"), "only a single adapter can be merged into the weights", "count: 1")
