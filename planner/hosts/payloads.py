"""An event in the form that each kind of webhook takes.

Titles and facts hold names that strangers chose. They go where their receiver reads no markup at all (Slack's
`plain_text`, text runs of adaptive cards), so that no name can call a whole channel or pass itself off as a link.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal, Protocol

from planner.hosts.event import Event
from planner.hosts.message import message_of
from planner.hosts.template import TemplateBodyError, fill

Payload = tuple[bytes, str]
"""Body and content type."""

_JSON: Final = "application/json"
_FACTS: Final = 10
"""Slack takes no more fields in a section."""
_SHORT: Final = 150
_LONG: Final = 2900
_MARK: Final = {"info": "", "warn": "Warning: ", "deny": "Blocked: "}
_COLOUR: Final = {"info": "Default", "warn": "Warning", "deny": "Attention"}
_GAP: Final = "\u200b"


class Form(Protocol):
    """What of a target says how its messages look."""

    @property
    def format(self) -> Literal["slack", "teams", "json", "template"]:
        """The kind of receiver."""

    @property
    def template(self) -> str | None:
        """The body, for format template."""

    @property
    def content_type(self) -> str | None:
        """Its content type, if it is not JSON."""


def payload(event: Event, form: Form, at: str) -> Payload:
    """The body for this receiver; raises TemplateBodyError where its own template does not work."""
    match form.format:
        case "slack":
            return _dumped(slack(event)), _JSON
        case "teams":
            return _dumped(teams(event)), _JSON
        case "json":
            return _dumped(message_of(event, at).model_dump(mode="json")), _JSON
    kind = form.content_type or _JSON
    return fill(form.template or "", _values(event, at), as_json="json" in kind).encode(), kind


def slack(event: Event) -> dict[str, Any]:
    """Block Kit for an incoming webhook."""
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _slack_plain(_headline(event), _SHORT)}]
    if event.text:
        blocks.append({"type": "section", "text": _slack_plain(event.text, _LONG)})
    if event.facts:
        fields = [_slack_plain(f"{name}\n{value}", 1900) for name, value in event.facts[:_FACTS]]
        blocks.append({"type": "section", "fields": fields})
    if event.link:
        more = {"type": "mrkdwn", "text": f"<{_slack_link(event.link)}|Open>", "verbatim": True}
        blocks.append({"type": "context", "elements": [more]})
    return {
        "text": _slack_text(_headline(event)),  # for notifications; Slack reads markup in it
        "blocks": blocks,
        "mrkdwn": False,
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def teams(event: Event) -> dict[str, Any]:
    """A message with an adaptive card, as a Teams workflow that starts on webhook requests takes it."""
    body = [_runs(_run(_headline(event), weight="Bolder", size="Large", color=_COLOUR[event.severity]))]
    if event.text:
        body.append(_runs(_run(event.text)))
    body += [_runs(_run(f"{name}: ", weight="Bolder"), _run(value)) for name, value in event.facts[: 2 * _FACTS]]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    if event.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open", "url": event.link}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _values(event: Event, at: str) -> Mapping[str, Any]:
    """What a template may name."""
    values = message_of(event, at).model_dump(mode="json")
    return {name: values[name] for name in ("event", "at", "severity", "title", "text", "facts", "link", "data")}


def _headline(event: Event) -> str:
    return f"{_MARK[event.severity]}{event.title}"


def _slack_plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": _cut(text, limit), "emoji": False}


def _slack_text(text: str) -> str:
    """Slack's own rule for foreign text; a zero-width space keeps the rest from being read as names to call."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("@", f"@{_GAP}").replace("://", f":{_GAP}//")


def _slack_link(link: str) -> str:
    return link.replace("&", "&amp;").replace("|", "%7C").replace("<", "%3C").replace(">", "%3E")


def _runs(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(text: str, **style: str) -> dict[str, Any]:
    # Card hosts expand {{DATE(…)}}; the gap keeps a name from being one.
    return {"type": "TextRun", "text": _cut(text, _LONG).replace("{{", f"{{{_GAP}{{"), **style}


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _dumped(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()


__all__ = ["Form", "Payload", "TemplateBodyError", "payload", "slack", "teams"]
