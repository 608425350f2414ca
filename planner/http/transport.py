"""HTTP to another system: bounded in time and size, tried again where that helps, never redirected unasked."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from planner.http.addresses import Address
from planner.http.answer import Answer
from planner.http.failure import BrokenAnswerError, NoAnswerError, RateLimitError

LARGEST_ANSWER: Final = 16 * 2**20
"""Bytes; a hundred comments of full length take 7 MB, quotes in them escaped twice as much."""
_CHUNK: Final = 64 * 1024

# urllib3 writes whole addresses into its log, and the address of a webhook is a secret.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as the edge of the program knows it."""

    now: Callable[[], float]
    """Seconds since 1970, UTC."""
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an answer is waited for, and how often a request is made again."""

    timeout_s: float = 10.0
    """For the connection, for each part of the answer, and in all for an answer that trickles in."""
    tries: int = 5
    first_wait_s: float = 1.0
    """Before the second try; each wait after it is twice as long."""
    longest_wait_s: float = 60.0
    """Most that a server may ask to wait before one try."""


class Transport:
    """Makes requests. Redirects are never followed: whoever asks decides where its secrets go."""

    def __init__(self, clock: Clock, patience: Patience = Patience()) -> None:
        self.clock = clock
        self._patience = patience
        timeout = urllib3.Timeout(connect=patience.timeout_s, read=patience.timeout_s)
        self._pool = urllib3.PoolManager(num_pools=4, timeout=timeout, retries=False)

    def send(
        self, method: str, address: Address, headers: Mapping[str, str], body: bytes | None = None,
        settled: Callable[[], Answer | None] | None = None, until: float | None = None,
    ) -> Answer:  # fmt: skip
        """The answer, whatever its status, after as many tries as it takes: on 5xx, on rate limits, without an answer.

        `settled` is asked before a request is made again: it gives the answer if the first one did its work after
        all. No try begins after `until`. Raises HostError where no answer came, or where the server asks for a wait
        that is too long.
        """
        patience = self._patience
        answer: Answer | None = None
        failed: NoAnswerError | None = None
        for number in range(patience.tries):
            if number:
                self._wait(address, number, answer, until)
                unsure = answer is None or answer.failed
                if settled is not None and unsure and (known := settled()) is not None:
                    return known
            answer = failed = None
            try:
                answer = self._once(method, address, headers, body)
            except NoAnswerError as error:
                failed = error
            else:
                if not answer.failed and not answer.limited:
                    return answer
        if answer is None:
            message = f"{failed} ({patience.tries} tries)" if patience.tries > 1 else str(failed)
            raise NoAnswerError(message)
        return answer

    def _wait(self, address: Address, number: int, answer: Answer | None, until: float | None) -> None:
        """Wait before try `number`: as long as the server asks, at least as long as the doubling says."""
        now = self.clock.now()
        asked = 0.0 if answer is None else answer.asked_wait_s(now)
        if asked > self._patience.longest_wait_s:
            message = (
                f"{address.host} asks to wait {asked:,.0f} s (rate limit), more than the "
                f"{self._patience.longest_wait_s:g} s allowed; run this step again later"
            )
            raise RateLimitError(message)
        wait = max(asked, self._patience.first_wait_s * 2 ** (number - 1))
        if until is not None and now + wait > until:
            what = "no answer" if answer is None else f"answer {answer.status}"
            message = f"{what} from {address.host}, and no time left for another try"
            raise NoAnswerError(message)
        self.clock.sleep(wait)

    def _once(self, method: str, address: Address, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """One try. Causes are told in our own words: the library's messages hold the whole address."""
        try:
            response = self._pool.request(
                method, address.url, headers=dict(headers), body=body, redirect=False, retries=False,
                preload_content=False, decode_content=False,
            )  # fmt: skip
            try:
                content = self._content(response, address)
            finally:
                response.close()
        except (HTTPError, OSError, ValueError) as error:
            message = _cause(error, address.host)
            raise NoAnswerError(message) from None
        named = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, named, content)

    def _content(self, response: urllib3.BaseHTTPResponse, address: Address) -> bytes:
        parts, size, end = [], 0, self.clock.now() + self._patience.timeout_s
        while part := response.read1(_CHUNK, decode_content=False):
            parts.append(part)
            size += len(part)
            if size > LARGEST_ANSWER:
                message = f"{address.host} answers with more than {LARGEST_ANSWER // 2**20} MiB"
                raise BrokenAnswerError(message)
            if self.clock.now() > end:
                message = f"{address.host} takes longer than {self._patience.timeout_s:g} s to answer"
                raise NoAnswerError(message)
        return b"".join(parts)


def _cause(error: Exception, host: str) -> str:
    match error:
        case NameResolutionError():  # which is a NewConnectionError, which is a ConnectTimeoutError
            return f"the name {host} cannot be resolved"
        case NewConnectionError():
            return f"{host} cannot be reached"
        case ConnectTimeoutError() | ReadTimeoutError() | TimeoutError():
            return f"{host} does not answer in time"
        case SSLError():
            return f"no trusted TLS connection to {host}"
        case _:
            return f"the connection to {host} broke ({type(error).__name__})"
