"""Which GPU a row is about."""

from dataclasses import dataclass, field
from typing import Any, Final

MOST_GPUS: Final = 10_000
LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Identity:
    """A GPU as the first row about it names it; what is not told is empty."""

    host: str
    index: str
    uuid: str
    card: str

    @property
    def name(self) -> str:
        """Host and index; the UUID where there is no index."""
        own = self.index or self.uuid or "0"
        return f"{self.host}/{own}" if self.host else own


class TooManyGpusError(ValueError):
    """More than `MOST_GPUS` in one file."""


@dataclass(slots=True)
class Gpus:
    """The GPUs of a file, numbered as they come."""

    known: list[Identity] = field(default_factory=list)
    _codes: dict[tuple[str, ...], int] = field(default_factory=dict)
    _written: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def code(self, host: Any, index: Any, uuid: Any, card: Any) -> int:  # noqa: ANN401 - what JSON or CSV holds
        """The number of a GPU; raises TooManyGpusError. The UUID tells GPUs apart where there is one."""
        written = (host, index, uuid, card)
        try:
            found = self._written.get(written)
        except TypeError:  # lists and objects of JSON
            return self.code(*(str(part)[:LONGEST_NAME] for part in written))
        if found is not None:
            return found
        own = Identity(_plain(host), _plain(index).lower().removeprefix("nvidia"), _plain(uuid), _plain(card))
        key = (own.uuid,) if own.uuid else (own.host, own.index)
        code = self._codes.get(key)
        if code is None:
            if len(self.known) >= MOST_GPUS:
                raise TooManyGpusError
            code = self._codes[key] = len(self.known)
            self.known.append(own)
        if len(self._written) < 10 * MOST_GPUS:
            self._written[written] = code
        return code


def _plain(written: Any) -> str:  # noqa: ANN401 - what JSON or CSV holds
    text = "" if written is None else str(written).strip()[:LONGEST_NAME]
    return "".join(letter if letter.isprintable() else "?" for letter in text)
