"""Metrics in Prometheus' text exposition format, for the textfile collector of the node exporter."""

from collections.abc import Sequence
from decimal import Decimal

from planner.export.prometheus.metrics import METRICS, Sample


def exposition(samples: Sequence[Sample]) -> str:
    """The samples in the order of `METRICS`, each metric with its HELP and TYPE."""
    lines: list[str] = []
    for name, told in METRICS.items():
        own = [one for one in samples if one.name == name]
        if own:
            lines += [f"# HELP {name} {escaped_help(told)}", f"# TYPE {name} gauge"]
            lines += [f"{series(one)} {number(one.value)}" for one in own]
    return "\n".join(lines) + "\n"


def series(one: Sample) -> str:
    """The name with its labels, as PromQL and the text format write it alike."""
    labels = ",".join(f'{key}="{escaped(text)}"' for key, text in one.labels)
    return f"{one.name}{{{labels}}}" if labels else one.name


def escaped(text: str) -> str:
    """The value of a label: backslash, quotation mark and line feed escaped."""
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def escaped_help(text: str) -> str:
    """The text of a HELP line."""
    return text.replace("\\", r"\\").replace("\n", r"\n")


def number(value: float) -> str:
    """The value without an exponent, and exactly."""
    text = f"{Decimal(repr(value)):f}"
    return text.removesuffix(".0")
