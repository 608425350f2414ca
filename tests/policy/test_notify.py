"""What a `notify` target may say."""

from typing import Any

import pytest
from pydantic import ValidationError

from planner.hosts.event import EVENTS
from planner.policy.notify import NotifyTarget

GOOD: dict[str, Any] = {"name": "ops", "format": "json", "url_from": "HOOK_URL", "on": ["plan-ready"]}


def test_all_events_may_be_asked_for() -> None:
    assert NotifyTarget(**GOOD | {"on": list(EVENTS), "secret_from": "KEY"}).on == list(EVENTS)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url_from": "https://hooks.slack.com/services/T/B/x"}, "should match pattern"),
        ({"url_from": "lower_case"}, "should match pattern"),
        ({"on": []}, "at least 1 item"),
        ({"on": ["plan-ready", "plan-ready"]}, "an event is named twice"),
        ({"on": ["merged"]}, "Input should be"),
        ({"format": "template"}, "format template needs a template"),
        ({"template": "x"}, "format json takes no template"),
        ({"content_type": "text/plain"}, "format json has a content type of its own"),
        ({"format": "slack", "secret_from": "KEY"}, "format slack checks no signature"),
        ({"format": "teams", "secret_from": "KEY"}, "format teams checks no signature"),
        ({"format": "template", "template": "{{ x"}, "line 1 of the template"),
        ({"format": "template", "template": "\n{{ x() }}"}, "line 2 of the template: a call may not be used here"),
        ({"format": "template", "template": "x" * 8001}, "at most 8000 characters"),
        ({"format": "template", "template": "x", "content_type": "text/plain\r\nX-Evil: 1"}, "should match pattern"),
        ({"url": "https://x"}, "Extra inputs are not permitted"),
    ],
)
def test_what_a_target_may_not_say(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        NotifyTarget(**GOOD | changes)
    assert words in str(caught.value)
