"""The block `traffic` of a scenario as `Traffic`: from its numbers, or from the log that it names."""

import math
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from planner.planning.ready import Source
from planner.scenario.paths import scenario_root
from planner.scenario.traffic import RequestRate, TokensPerRequest
from planner.scenario.traffic import Traffic as Asked
from planner.source import Document, InvalidInput, Problem
from planner.source import Path as Place
from planner.space.dataset_places import Found, NamedFileError, find_named
from planner.traffic import TokenLengths, Traffic, read_traffic, told_traffic
from planner.units import HOURS_PER_MONTH, SECONDS_PER_HOUR

LOG: Final[Place] = ("traffic", "log")
MEASURED: Final = ("shape", "input_tokens", "output_tokens", "turns")
"""Keys that a log says itself."""


def traffic_of(asked: Asked, document: Document, source: Source) -> Traffic:
    """What is asked of the model; raises InvalidInput with every problem of the block and of the log.

    Beside a log a rate scales what it measured; shared prefix, burstiness, retries and users that are told count
    instead of measured ones.
    """
    return _told(asked, document) if asked.log is None else _logged(asked, asked.log, document, source)


def _told(asked: Asked, document: Document) -> Traffic:
    if asked.input_tokens is None or asked.output_tokens is None:
        message = "the type lets no traffic without a log be without tokens"
        raise AssertionError(message)
    mean, peak = _rate(asked)
    try:
        return told_traffic(
            input_tokens=_lengths(asked.input_tokens),
            output_tokens=_lengths(asked.output_tokens),
            requests_per_s=mean,
            peak_requests_per_s=peak,
            shape=asked.shape,
            burstiness_cv2=asked.burstiness,
            shared_prefix_tokens=asked.shared_prefix_tokens,
            turns=None if asked.turns is None else asked.turns.mean,
            carries_history=asked.turns is None or asked.turns.carries == "history",
            retries_share=asked.retries,
            active_users_per_month=asked.active_users,
        )
    except ValueError as error:
        raise InvalidInput([document.problem("name", f"{error}", ("traffic",), key=True)], document.texts) from None


def _logged(asked: Asked, log: str, document: Document, source: Source) -> Traffic:
    problems = [
        document.problem(
            "name", f"both {key} and a log are given", ("traffic", key), key=True,
            hint=f"the log says what they are; remove {key} or log",
        )
        for key in MEASURED
        if key in asked.model_fields_set and getattr(asked, key) is not None
    ]  # fmt: skip
    texts = dict(document.texts)
    found = _found(log, document, source, problems)
    measured = None
    if found is not None:
        try:
            measured = _named(read_traffic(found.path, found.shown), found.name)
        except InvalidInput as error:
            problems += error.problems
            texts |= error.texts
    if measured is None or problems:
        raise InvalidInput(problems, texts)
    return _as_told(asked, measured, document)


def _found(log: str, document: Document, source: Source, problems: list[Problem]) -> Found | None:
    """The log's file; None where it cannot be read, which is told."""
    own = "." if isinstance(source, Mapping) else os.fspath(source)
    home = document.file_at(LOG)
    root = scenario_root(Path.cwd() / "-" if isinstance(source, Mapping) else Path(source))
    try:
        return find_named(log, home if Path(home).is_file() else own, root)
    except NamedFileError as error:
        problems.append(document.problem("name", error.message, LOG, hint=error.hint))
        return None


def _named(measured: Traffic, name: str) -> Traffic:
    """The traffic with its log called by its path from the repository's root, wherever the user stands."""
    return measured if measured.log is None else replace(measured, log=replace(measured.log, file=name))


def _as_told(asked: Asked, measured: Traffic, document: Document) -> Traffic:
    """What was measured, with what the scenario says beside it."""
    found, told = measured, []
    mean, peak = _rate(asked)
    if mean is not None:
        if not measured.mean_requests_per_s:
            message = "the log holds no request, so that its hours cannot be scaled to a rate"
            raise InvalidInput([document.problem("name", message, ("traffic",), key=True)], document.texts)
        factor = mean / measured.mean_requests_per_s
        scaled = measured.requests_per_s * factor
        most = measured.peak_requests_per_s * factor if peak is None else max(peak, float(scaled.max()))
        found = replace(found, requests_per_s=scaled, peak_requests_per_s=most)
        told.append(f"the rates of the log are scaled by {factor:.4g} to what the scenario says")
    given = {
        "shared_prefix_tokens": asked.shared_prefix_tokens,
        "burstiness_cv2": asked.burstiness,
        "retries_share": asked.retries,
        "active_users_per_month": asked.active_users,
    }
    for name, value in given.items():
        if value is not None:
            before = getattr(measured, name)
            was = "" if math.isnan(before) else f" instead of {before:.4g} of the log"
            told.append(f"{name} is {value:.4g}, as the scenario says{was}")
    return replace(
        found,
        shared_prefix_tokens=_else(asked.shared_prefix_tokens, found.shared_prefix_tokens),
        burstiness_cv2=_else(asked.burstiness, found.burstiness_cv2),
        retries_share=_else(asked.retries, found.retries_share),
        active_users_per_month=_else(asked.active_users, found.active_users_per_month),
        assumptions=(*found.assumptions, *told),
    )


def _else(told: float | None, measured: float) -> float:
    return measured if told is None else told


def _rate(asked: Asked) -> tuple[float | None, float | None]:
    """Mean requests a second, and those of the busiest hour; None where the scenario does not say."""
    rate = asked.requests_per_second
    if isinstance(rate, RequestRate):
        return rate.mean, rate.peak
    if rate is not None:
        return rate, None
    month = asked.requests_per_month
    return (None if month is None else month / (HOURS_PER_MONTH * SECONDS_PER_HOUR)), None


def _lengths(tokens: TokensPerRequest | float) -> TokenLengths:
    if isinstance(tokens, TokensPerRequest):
        return TokenLengths.told(tokens.mean, tokens.p95)
    return TokenLengths.told(tokens)
