"""What each receiver gets, byte by byte where it matters, with names that try to be more than names."""

import json
from dataclasses import dataclass
from typing import Any, Literal

import jsonschema
import pytest

from planner.hosts.event import Event
from planner.hosts.message import Message
from planner.hosts.payloads import payload, slack, teams
from planner.hosts.template import TemplateBodyError

AT = "2026-11-29T22:06:40Z"
LINK = "https://ci.example/run/7?a=1&b=2"
NASTY = (
    "<!channel> @everyone <https://evil.example|click> [x](https://evil.example) *b* {{DATE(2026)}} :bomb: <at>A</at>"
)
EVENT = Event(
    "budget-alert", "Budget monthly reaches 90 %", "Mind it.", (("Cost", "$41"), ("Time", "6.5 h")), LINK, "warn",
    {"share": 0.93, "spent_usd": None},
)  # fmt: skip
NASTY_EVENT = Event("gate-failed", NASTY, NASTY, ((NASTY, NASTY),), "", "deny", {"name": NASTY})


@dataclass(frozen=True)
class Form:
    format: Literal["slack", "teams", "json", "template"]
    template: str | None = None
    content_type: str | None = None


def sent(event: Event, form: Form) -> Any:
    body, kind = payload(event, form, AT)
    assert kind == "application/json"
    return json.loads(body)


def test_slack() -> None:
    assert sent(EVENT, Form("slack")) == {
        "text": "Warning: Budget monthly reaches 90 %",
        "blocks": [
            {"type": "header",
             "text": {"type": "plain_text", "text": "Warning: Budget monthly reaches 90 %", "emoji": False}},
            {"type": "section", "text": {"type": "plain_text", "text": "Mind it.", "emoji": False}},
            {"type": "section", "fields": [
                {"type": "plain_text", "text": "Cost\n$41", "emoji": False},
                {"type": "plain_text", "text": "Time\n6.5 h", "emoji": False},
            ]},
            {"type": "context", "elements": [
                {"type": "mrkdwn", "text": "<https://ci.example/run/7?a=1&amp;b=2|Open>", "verbatim": True},
            ]},
        ],
        "mrkdwn": False, "parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False,
    }  # fmt: skip


def test_slack_reads_no_markup_in_names() -> None:
    """They stand in plain text, and where Slack reads markup all the same they are escaped."""
    made = slack(NASTY_EVENT)
    for block in made["blocks"]:
        for text in [block["text"]] if "text" in block else block["fields"]:
            assert (text["type"], text["emoji"]) == ("plain_text", False)
    assert not set("<>") & set(made["text"])
    assert "@everyone" not in made["text"]
    assert "https://" not in made["text"]


def test_slack_takes_no_more_than_this() -> None:
    """Its limits: 150 characters of a header, 3,000 of a text, 10 fields of 2,000."""
    long = "x" * 9000
    made = slack(Event("plan-ready", long, long, ((long, long),) * 30, LINK))
    header, section, fields, _ = made["blocks"]
    assert len(header["text"]["text"]) == 150
    assert len(section["text"]["text"]) <= 3000
    assert len(fields["fields"]) == 10
    assert all(len(field["text"]) <= 2000 for field in fields["fields"])


def test_teams() -> None:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {"type": "RichTextBlock", "inlines": [
                {"type": "TextRun", "text": "Warning: Budget monthly reaches 90 %", "weight": "Bolder", "size": "Large",
                 "color": "Warning"}]},
            {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "Mind it."}]},
            {"type": "RichTextBlock", "inlines": [
                {"type": "TextRun", "text": "Cost: ", "weight": "Bolder"}, {"type": "TextRun", "text": "$41"}]},
            {"type": "RichTextBlock", "inlines": [
                {"type": "TextRun", "text": "Time: ", "weight": "Bolder"}, {"type": "TextRun", "text": "6.5 h"}]},
        ],
        "actions": [{"type": "Action.OpenUrl", "title": "Open", "url": LINK}],
    }  # fmt: skip
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    assert sent(EVENT, Form("teams")) == {"type": "message", "attachments": [attachment]}


def test_teams_reads_no_markup_in_names() -> None:
    """Text runs know no markdown; nothing is a text block, whose text does, and dates are not expanded."""
    card = teams(NASTY_EVENT)["attachments"][0]["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    runs = [run for block in card["body"] for run in block["inlines"]]
    assert {run["type"] for run in runs} == {"TextRun"}
    assert not any("{{" in run["text"] for run in runs)
    assert "msteams" not in card


def test_json() -> None:
    made = sent(EVENT, Form("json"))
    assert made == {
        "api_version": "planner/v1", "kind": "Event", "event": "budget-alert", "at": AT, "severity": "warn",
        "title": "Budget monthly reaches 90 %", "text": "Mind it.",
        "facts": [{"name": "Cost", "value": "$41"}, {"name": "Time", "value": "6.5 h"}],
        "link": LINK, "data": {"share": 0.93, "spent_usd": None},
    }  # fmt: skip
    jsonschema.validate(made, Message.model_json_schema())


def test_json_holds_names_as_they_are() -> None:
    made = sent(NASTY_EVENT, Form("json"))
    jsonschema.validate(made, Message.model_json_schema())
    assert (made["title"], made["link"]) == (NASTY, None)


def test_every_field_of_the_json_is_described() -> None:
    properties = Message.model_json_schema()["properties"]
    plain = {"api_version", "kind", "severity", "facts"}
    assert all("description" in properties[name] for name in properties.keys() - plain)


def test_a_template_in_json() -> None:
    form = Form(
        "template",
        '{"msg": "{{ title }}: {% for f in facts %}{{ f.name }} {{ f.value }};{% endfor %}", "x": {{ data | tojson }}}',
    )
    assert sent(EVENT, form) == {
        "msg": "Budget monthly reaches 90 %: Cost $41;Time 6.5 h;", "x": {"share": 0.93, "spent_usd": None},
    }  # fmt: skip
    assert sent(NASTY_EVENT, form)["msg"].startswith(NASTY)


def test_a_template_of_another_type() -> None:
    form = Form(
        "template", "{{ event }} {{ at }} {{ severity }} {{ link }} {{ data.share }}", "text/plain; charset=utf-8"
    )
    assert payload(EVENT, form, AT) == (f"budget-alert {AT} warn {LINK} 0.93".encode(), "text/plain; charset=utf-8")


def test_a_template_that_does_not_work() -> None:
    with pytest.raises(TemplateBodyError, match="'secret' is undefined"):
        payload(EVENT, Form("template", "{{ secret }}"), AT)
