"""What is wrong with a business case, as it is found."""

from dataclasses import dataclass, field

from planner.catalog.names import suggest
from planner.source import Document, Path, Problem


@dataclass(slots=True)
class Complaints:
    """Errors and warnings of one case, each at its place."""

    document: Document
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    """Of other files that problems point into."""

    def complain(self, place: Path, message: str, hint: str | None = None, *, key: bool = False) -> None:
        """An error; of a key instead of its value where `key` says so."""
        self.problems.append(self.document.problem("name", message, place, key=key, hint=hint))

    def warn(self, place: Path, message: str, hint: str | None = None, *, key: bool = False) -> None:
        """A warning, which keeps nothing from being reckoned."""
        self.warnings.append(self.document.problem("shadowed", message, place, key=key, hint=hint, severity="warning"))

    def known(self, name: str, names: list[str], what: str, place: Path, *, key: bool = False) -> bool:
        """Whether a name is one of those there are; if not, the one that was probably meant is told."""
        if name in names:
            return True
        near = suggest(name, names)
        hint = f"did you mean {near!r}?" if near else f"there are: {', '.join(names)}" if names else None
        self.complain(place, f"there is no {what} {name!r}", hint, key=key)
        return False
