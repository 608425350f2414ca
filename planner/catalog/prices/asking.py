"""Requests of sources of prices: where they go, with which key, and what an answer without success means."""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from planner.catalog.prices.source import Ask
from planner.errors import InputError
from planner.http.addresses import Address, AddressError, read_address
from planner.http.answer import Answer
from planner.http.failure import (
    BrokenAnswerError,
    HostError,
    NoAnswerError,
    PermissionMissingError,
    RateLimitError,
    RefusedError,
)
from planner.version import __version__

_KEY: Final = re.compile(r"[!-~]{1,4000}")
_AGENT: Final = f"finetune-planner/{__version__}"


def address(ask: Ask, variable: str, otherwise: str, path: str = "") -> Address:
    """Where a source asks: the address in the environment variable, else the provider's own, and `path` below it.

    Raises InputError where the variable holds no address that may be used.
    """
    written = ask.environment.get(variable, "").strip() or otherwise
    return checked_address(written.rstrip("/") + path, variable)


def checked_address(written: str, where: str) -> Address:
    """The address written somewhere; raises InputError, which names the place and not the address, if it is none."""
    try:
        return read_address(written)
    except AddressError as error:
        message = f"{where} {error}"
        raise InputError(message) from None


def bearer(ask: Ask, variable: str, required: bool = False) -> dict[str, str]:
    """The header that carries the key of an environment variable; none where it holds none and none is required.

    Raises InputError, without the key, where it is missing or cannot be one.
    """
    key = ask.environment.get(variable, "").strip()
    if not key:
        if required:
            message = f"{variable} is not set: this source is asked with a key only"
            raise InputError(message)
        return {}
    if not _KEY.fullmatch(key):
        message = f"{variable} holds no key: it is too long, or has a blank or a line break in it"
        raise InputError(message)
    return {"Authorization": f"Bearer {key}"}


def answered(
    ask: Ask, method: str, at: Address, key: str | None, headers: Mapping[str, str], body: object = None
) -> bytes:
    """The body of a successful answer; raises HostError otherwise, which names the variable `key`, never its value."""
    sent = {"Accept": "*/*", "User-Agent": _AGENT, **headers}
    content = None if body is None else json.dumps(body).encode()
    if content is not None:
        sent["Content-Type"] = "application/json"
    answer = ask.transport.send(method, at, sent, content)
    if answer.status == HTTPStatus.OK:
        return answer.body
    raise _failure(answer, at.host, key, has_key="Authorization" in headers)


def parsed(body: bytes, host: str) -> Any:  # noqa: ANN401 - any JSON value
    """The JSON in a body; raises BrokenAnswerError where it is none, or nests deeper than any list of prices."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        message = f"{host} answers with something that is no JSON, or breaks off ({len(body):,} bytes)"
        raise BrokenAnswerError(message) from None


def member(data: object, host: str, *path: str) -> Any:  # noqa: ANN401 - any JSON value
    """What stands at a path of keys; raises BrokenAnswerError where the answer has another shape."""
    for name in path:
        if not isinstance(data, dict) or name not in data:
            message = f"{host} answers in another format than documented: no {'.'.join(path)!r}"
            raise BrokenAnswerError(message)
        data = data[name]
    return data


def mapping(data: object, host: str) -> dict[str, Any]:
    """A mapping; raises BrokenAnswerError where it is none."""
    if not isinstance(data, dict):
        message = f"{host} answers in another format than documented: a mapping is missing"
        raise BrokenAnswerError(message)
    return data


def listing(data: object, host: str) -> list[Any]:
    """A list; raises BrokenAnswerError where it is none."""
    if not isinstance(data, list):
        message = f"{host} answers in another format than documented: a list is missing"
        raise BrokenAnswerError(message)
    return data


def _failure(answer: Answer, host: str, key: str | None, *, has_key: bool) -> HostError:
    status = answer.status
    if answer.limited:
        return RateLimitError(f"{host} refuses for now ({status}, rate limit); run it again later")
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        if key is None:
            return PermissionMissingError(f"{host} refuses ({status}): it wants a key, and this source has none")
        said = f"does not accept the key in {key}" if has_key else f"wants a key, and {key} is not set"
        return PermissionMissingError(f"{host} {said} ({status})")
    if answer.failed:
        return NoAnswerError(f"{host} is out of order ({status}); run it again later")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return BrokenAnswerError(f"{host} sends elsewhere ({status}), which is not followed")
    return RefusedError(f"{host} refuses the request ({status})")
