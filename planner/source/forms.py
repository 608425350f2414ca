"""Texts of a fixed form (`x-form` of a schema) that are written as people say them: `eur`, `22-6`, `Germany`."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from planner.source.amounts import code_of

_CLOCK: Final = r"([01]?[0-9]|2[0-4])(?:[:.h]([0-5][0-9])?)?\s*(?:h|Uhr|o'clock)?"
_HOURS: Final = re.compile(rf"\s*{_CLOCK}\s*(?:-|\u2013|\u2014|to|until|bis)\s*{_CLOCK}\s*")
_OFFSET: Final = re.compile(r"\s*(?:UTC|GMT)?\s*([+-]?)([0-9]|0[0-9]|1[0-4])(?::?([0-5][0-9]))?\s*")
COUNTRIES: Final[Mapping[str, str]] = {
    name: code
    for code, names in {
        "AE": "united arab emirates,uae", "AT": "austria,österreich", "AU": "australia", "BE": "belgium",
        "BG": "bulgaria", "BH": "bahrain", "BR": "brazil,brasil", "CA": "canada", "CH": "switzerland,schweiz,suisse",
        "CL": "chile", "CN": "china", "CY": "cyprus", "CZ": "czechia,czech republic", "DE": "germany,deutschland",
        "DK": "denmark,danmark", "EE": "estonia", "ES": "spain,españa", "FI": "finland,suomi", "FR": "france",
        "GB": "united kingdom,great britain,england,britain,uk", "GR": "greece", "HK": "hong kong",
        "HR": "croatia", "HU": "hungary", "ID": "indonesia", "IE": "ireland", "IL": "israel", "IN": "india",
        "IS": "iceland", "IT": "italy,italia", "JP": "japan", "KR": "south korea,korea", "LI": "liechtenstein",
        "LT": "lithuania", "LU": "luxembourg", "LV": "latvia", "MT": "malta", "MX": "mexico", "MY": "malaysia",
        "NL": "netherlands,the netherlands,holland", "NO": "norway,norge", "NZ": "new zealand",
        "PL": "poland,polska", "PT": "portugal", "QA": "qatar", "RO": "romania", "SA": "saudi arabia",
        "SE": "sweden,sverige", "SG": "singapore", "SI": "slovenia", "SK": "slovakia", "TH": "thailand",
        "TW": "taiwan", "US": "united states,united states of america,usa,america", "VN": "vietnam",
        "ZA": "south africa",
    }.items()
    for name in names.split(",")
}  # fmt: skip
"""Names of countries with data centres, and of the European Economic Area, in small letters → ISO 3166-1 alpha-2."""


def country_of(text: str) -> str | None:
    """The two-letter code of a country that is written by its name; None for any other text."""
    return COUNTRIES.get(" ".join(text.lower().split()))


def form_hint(form: str, text: str) -> str | None:
    """What to write for a text that does not have a form; None where it is not clear what was meant."""
    meant = _FORMS[form](text) if form in _FORMS and len(text) <= 60 else None
    return None if meant is None else f"write {meant}"


def _country(text: str) -> str | None:
    return text.upper() if re.fullmatch("[A-Za-z]{2}", text) else country_of(text)


def _hours(text: str) -> str | None:
    found = _HOURS.fullmatch(text)
    if found is None:
        return None
    first, first_minute, last, last_minute = found.groups(default="00")
    meant = f"{int(first):02d}:{first_minute}-{int(last):02d}:{last_minute}"
    return meant if first != "24" and (last != "24" or last_minute == "00") else None


def _offset(text: str) -> str | None:
    found = _OFFSET.fullmatch(text)
    return None if found is None else f'"{found[1] or "+"}{int(found[2]):02d}:{found[3] or "00"}"'


_FORMS: Final[Mapping[str, Callable[[str], str | None]]] = {
    "currency": code_of,
    "country": _country,
    "hours": _hours,
    "utc-offset": _offset,
    "moment": lambda _: "for example 2026-12-05T22:00+01:00, or best",
}
