"""The JSON that webhooks of format `json` get: one event, documented by its schema."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from planner.hosts.event import Event, EventName, Severity


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Fact(_Sent):
    """A name and a value, as a person reads them."""

    name: str
    value: str


class Message(_Sent):
    """One event, as it is sent to a webhook of format json."""

    api_version: Literal["planner/v1"] = "planner/v1"
    kind: Literal["Event"] = "Event"
    event: EventName
    """What happened."""
    at: str
    """When it is told of, in UTC: 2026-11-29T21:45:44Z."""
    severity: Severity
    title: str
    """One line that says all."""
    text: str
    """A few sentences more; may be empty."""
    facts: list[Fact]
    link: str | None
    """Where more stands; null where there is no such place."""
    data: dict[str, Any]
    """The same as plain values, by event: figures with their unit in the name (`cost_usd`, `hours`), unknown ones
    null."""


def message_of(event: Event, at: str) -> Message:
    """The event as it is sent."""
    return Message(
        event=event.name,
        at=at,
        severity=event.severity,
        title=event.title,
        text=event.text,
        facts=[Fact(name=name, value=value) for name, value in event.facts],
        link=event.link or None,
        data=dict(event.data),
    )
