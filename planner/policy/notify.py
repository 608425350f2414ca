"""Who is told of what: the `notify` targets of a policy. Addresses and keys come from the environment alone."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from planner.hosts.event import EventName
from planner.scenario.blocks import Block, Slug

Variable = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,99}$")]
"""Name of an environment variable."""
ContentType = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{1,40}/[a-z0-9.+-]{1,80}(; ?charset=utf-8)?$", max_length=150)
]


class NotifyTarget(Block):
    """Somebody who is told of events over a webhook. A message that is not delivered never fails a plan or a gate."""

    name: Slug
    """Short name of the target, for messages about it."""
    format: Literal["slack", "teams", "json", "template"]
    """What is sent: blocks for a Slack incoming webhook, an adaptive card for a Teams workflow, the event as JSON, or
    the text of `template`."""
    url_from: Variable
    """Environment variable that holds the address, such as SLACK_WEBHOOK_URL; the address itself is a secret."""
    on: Annotated[list[EventName], Field(min_length=1, max_length=6, json_schema_extra={"uniqueItems": True})]
    """Events to tell of: plan-ready, budget-alert, anomaly, gate-failed, run-start, run-end."""
    template: Annotated[str, StringConstraints(min_length=1, max_length=8000)] | None = None
    """template only: the body, as a Jinja template of event, title, text, facts, link, severity and data; values are
    escaped to stand inside JSON text where the content type is JSON."""
    content_type: ContentType | None = None
    """template only: content type of the body, such as text/plain (default application/json)."""
    secret_from: Variable | None = None
    """json and template only: environment variable with the key that signs the body (HMAC with SHA-256)."""

    @field_validator("on")
    @classmethod
    def _each_once(cls, events: list[EventName]) -> list[EventName]:
        if len(set(events)) < len(events):
            message = "an event is named twice"
            raise ValueError(message)
        return events

    @model_validator(mode="after")
    def _fits_format(self) -> "NotifyTarget":
        message = ""
        if self.format == "template" and self.template is None:
            message = "format template needs a template"
        elif self.format != "template" and self.template is not None:
            message = f"format {self.format} takes no template"
        elif self.content_type is not None and self.format != "template":
            message = f"format {self.format} has a content type of its own"
        elif self.secret_from is not None and self.format in ("slack", "teams"):
            message = f"format {self.format} checks no signature; its address is the secret"
        if message:
            raise ValueError(message)
        return self

    @field_validator("template")
    @classmethod
    def _readable(cls, template: str | None) -> str | None:
        if template is not None:
            from planner.hosts.template import compile_template  # Jinja is slow to import

            compile_template(template)
        return template
