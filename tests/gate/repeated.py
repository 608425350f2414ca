"""Plans and locks that many tests here ask for: made once a session, by the content of all that they rest on."""

from pathlib import Path

from planner.gate.cache import PlanCache
from planner.gate.lockfile import make_lock
from planner.gate.plans import Setting
from tests.revision.repositories import Repo

_LOCKS: dict[tuple[object, ...], str] = {}


def plans_of(repo: Repo) -> PlanCache:
    """One cache for the repositories of all tests; that it answers with the same plan is what its own tests say."""
    return PlanCache(repo.root.parents[1] / "plans-without-advice")


def lock_of(repo: Repo, file: str, catalog: Path | None = None) -> str:
    """The lock that a scenario would get now at today's prices, or at those of another catalog."""
    held = [
        (path.relative_to(repo.root), path.read_bytes())
        for path in sorted(repo.root.rglob("*"))
        if path.is_file() and ".git" not in path.parts and not path.name.endswith(".lock.yaml")
    ]
    asked = (file, catalog, *held)
    if asked not in _LOCKS:
        _LOCKS[asked] = make_lock(
            repo.root / file, Setting() if catalog is None else Setting(catalog), refresh=True
        ).text
    return _LOCKS[asked]
