"""Where schemas/, templates/ and scenarios/ are: inside an installed wheel, or at the top of a checkout."""

from importlib.resources import files
from pathlib import Path

_PACKAGED = Path(str(files("planner"))) / "_data"
_CHECKOUT = Path(__file__).resolve().parents[1]

ROOT = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
SCHEMAS = ROOT / "schemas"
TEMPLATES = ROOT / "templates"
SCENARIOS = ROOT / "scenarios"
CATALOG_DATA = Path(__file__).resolve().parent / "catalog" / "data"
