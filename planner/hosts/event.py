"""What other systems are told: one event, with its facts, before it takes any format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

EventName = Literal["plan-ready", "budget-alert", "anomaly", "gate-failed", "run-start", "run-end"]
Severity = Literal["info", "warn", "deny"]
EVENTS: Final[tuple[EventName, ...]] = get_args(EventName)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. All texts are plain: no markup of any format, no control characters."""

    name: EventName
    title: str
    """One line that says all."""
    text: str = ""
    """A few sentences more; empty where the title says all."""
    facts: tuple[tuple[str, str], ...] = ()
    """Name and value, as a person reads them."""
    link: str = ""
    """Where more stands, as an https address; empty where there is no such place."""
    severity: Severity = "info"
    data: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """The same as plain values for machines: text, numbers, null, lists and mappings."""
