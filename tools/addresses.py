"""No address in the lock, and nothing in the repository that is true of one machine only.

A lock with addresses, or a file that names a folder of the machine it was written on, works for one person.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

LOCK_LINE = re.compile(
    r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?==[^\s;]+( ; [^\\]+)? \\"  # name==version ; marker
    r"|    --hash=sha256:[0-9a-f]{64}( \\)?"
)
"""Everything a line of the lock may be; an address, an option or a path is none of it."""

ONE_MACHINE = re.compile(
    r"(?<![\w.~-])/(work|root|home/\w+|Users/\w+|opt/(wheels|pypi))/[\w.]"  # a folder of one machine
    r"|--(extra-)?index-url[ =]|--find-links|\bPIP_(INDEX|FIND)"  # where one machine gets its packages
)
SELF = "tools/addresses.py"


def lock_complaints(text: str) -> list[str]:
    """Lines of a lock that are neither a pinned name nor a hash."""
    lines = enumerate(text.splitlines(), start=1)
    return [f"requirements.lock:{n}: {line}" for n, line in lines if not LOCK_LINE.fullmatch(line)]


def file_complaints(name: str, text: str) -> list[str]:
    """Lines of a file that name a folder or a package source of one machine."""
    lines = enumerate(text.splitlines(), start=1)
    return [f"{name}:{n}: {line.strip()[:160]}" for n, line in lines if ONE_MACHINE.search(line)]


def tracked_files() -> list[str]:
    """What git would ship: tracked files that are still there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def main() -> int:
    """Print every complaint; 1 if there was one."""
    complaints = lock_complaints((ROOT / "requirements.lock").read_text("utf-8"))
    for name in tracked_files():
        if name != SELF:
            complaints += file_complaints(name, (ROOT / name).read_text("utf-8", errors="replace"))
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    if complaints:
        print("addresses and folders of one machine do not belong in the repository", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
