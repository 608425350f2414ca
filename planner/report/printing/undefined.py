"""A name that a template asks for and nothing has, told with the nearest one that there is."""

import re
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import Any, Final

from jinja2 import StrictUndefined
from jinja2.utils import missing

_SAYS: Final = re.compile(r"(\w+) has no '(\w+)'")


def undefined_of(names: Collection[str]) -> type[StrictUndefined]:
    """Jinja's strict kind of undefined, for a page to which these names are given."""

    class Named(StrictUndefined):
        """Raises UndefinedError wherever it is used."""

        __slots__ = ()

        @property
        def _undefined_message(self) -> str:
            name, value = self._undefined_name, self._undefined_obj
            if self._undefined_hint:
                return self._undefined_hint
            if value is missing:
                return f"{name!r} is undefined{_nearest(name, names)}"
            return f"{type(value).__name__} has no {name!r}{_nearest(name, _names_in(value))}"

    return Named


def told(message: str, line: str) -> str:
    """The message with what the template calls the value, as far as its line says: `report.title has no 'nmae'`."""
    says = _SAYS.match(message)
    written = re.search(rf"([A-Za-z_][\w.]*)\.{says[2]}\b", line) if says else None
    return f"{written[1]}{message[says.end(1) :]}" if says and written else message


def _names_in(value: Any) -> list[str]:  # noqa: ANN401 - any value that a template is given
    if is_dataclass(value):
        return [field.name for field in fields(value)]
    return [key for key in value if isinstance(key, str)] if isinstance(value, Mapping) else []


def _nearest(name: str | None, there: Collection[str]) -> str:
    near = get_close_matches(name or "", there, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
