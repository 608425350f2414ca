"""What a server answered, and how long it wants its clients to wait."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

_UNTOLD_S: Final = 60.0
"""GitHub's advice for a rate limit that names no time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def limited(self) -> bool:
        """Whether this is a rate limit: 429, or GitHub's 403 that tells of one (any other 403 is a refusal)."""
        if self.status == HTTPStatus.TOO_MANY_REQUESTS:
            return True
        return self.status == HTTPStatus.FORBIDDEN and (
            bool(self.headers.get("retry-after")) or self._used_up or b"secondary rate limit" in self.body
        )

    @property
    def failed(self) -> bool:
        """Whether the server, not the request, is at fault."""
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def _used_up(self) -> bool:
        return self.headers.get("x-ratelimit-remaining", "").strip() == "0"

    def asked_wait_s(self, now: float) -> float:
        """Seconds that the server asks to wait, 0 if it asks for none; `now` in seconds since 1970."""
        if after := self.headers.get("retry-after", "").strip():
            return max(0.0, _seconds(after, now))
        if not self.limited:
            return 0.0
        reset = _number(self.headers.get("x-ratelimit-reset", "").strip())
        if self._used_up and math.isfinite(reset):
            return max(0.0, reset - now + 1.0)  # the second it names still belongs to the old window
        return _UNTOLD_S if self.status == HTTPStatus.FORBIDDEN else 0.0


def _seconds(text: str, now: float) -> float:
    """A number of seconds, or a date."""
    if math.isfinite(seconds := _number(text)):
        return seconds
    try:
        return parsedate_to_datetime(text).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return _UNTOLD_S


def _number(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() and len(text) <= 15 else math.nan
