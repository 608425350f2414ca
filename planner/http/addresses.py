"""Addresses that requests go to: https only, and what counts as the same place."""

import re
from dataclasses import dataclass
from typing import Final, NoReturn
from urllib.parse import urljoin, urlsplit

_WRITTEN: Final = re.compile(r"[!-;=?-~]{1,4000}")
"""Visible ASCII without < and >: nothing that could end a header, a line or a link."""
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS: Final = {"https": 443, "http": 80}


class AddressError(ValueError):
    """No address that may be used; the message does not repeat it, since it may be a secret."""


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address."""

    url: str
    origin: tuple[str, str, int]
    """Scheme, host and port: the same place, if they are the same."""

    @property
    def host(self) -> str:
        """The host, as messages name it."""
        return self.origin[1]

    @property
    def path(self) -> str:
        """The path, without the query."""
        return urlsplit(self.url).path

    def to(self, reference: str) -> "Address":
        """The address that a link or redirect found here points to; raises AddressError unless it is the same place."""
        try:
            there = read_address(urljoin(self.url, reference))
        except ValueError:
            _refuse("leads nowhere")
        if there.origin != self.origin:
            _refuse("points to another host")
        return there


def read_address(text: str) -> Address:
    """The address in `text`; raises AddressError unless it is https, or http on this machine."""
    if not _WRITTEN.fullmatch(text):
        _refuse("holds no address")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        _refuse("holds no address")
    host = (parts.hostname or "").lower()
    if parts.scheme not in _PORTS or not host:
        _refuse("holds no https address")
    if parts.scheme == "http" and host not in _HERE:
        _refuse("holds an http address; only https is used, except on this machine")
    if parts.username is not None or parts.password is not None:
        _refuse("holds an address with a user name in it")
    return Address(text, (parts.scheme, host, port or _PORTS[parts.scheme]))


def _refuse(message: str) -> NoReturn:
    raise AddressError(message) from None
