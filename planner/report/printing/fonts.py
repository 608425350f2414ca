"""The fonts of paper: Source Sans from its installed package, so that a report looks alike on every machine.

Where the package is missing, paper takes what the system has. Only these files are read.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

PACKAGE: Final = "font_source_sans_pro"
FAMILY: Final = "Source Sans Pro"
_FACES: Final = (
    ("SourceSansPro-Regular.ttf", 400, "normal"),
    ("SourceSansPro-It.ttf", 400, "italic"),
    ("SourceSansPro-Semibold.ttf", 600, "normal"),
    ("SourceSansPro-Bold.ttf", 700, "normal"),
)


def font_files() -> tuple[Path, ...]:
    """The files of the faces; none where the package is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return ()
    files = tuple(Path(spec.origin).parent / "files" / name for name, _, _ in _FACES)
    return files if all(file.is_file() for file in files) else ()


def font_faces() -> str:
    """The style that names the faces."""
    return "\n".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; font-style: {style}; '
        f"src: url({file.as_uri()}) }}"
        for file, (_, weight, style) in zip(font_files(), _FACES, strict=False)
    )
