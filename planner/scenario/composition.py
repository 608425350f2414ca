"""Keys with which a scenario is put together from parts; `compose` reads them, before anything else is checked."""

from typing import Annotated, Any

from pydantic import Field

from planner.scenario.blocks import Block, Name


class Composable(Block):
    """A scenario that may be made of several files and have named variants."""

    extends: Name | Annotated[list[Name], Field(min_length=1, max_length=20)] | None = None
    """File, or files in order, that this one builds on, by its path from here; what is written here counts more.
    Mappings merge key by key, lists and single values replace, `null` takes an inherited key away."""
    overrides: dict[Name, dict[str, Any]] = Field(
        default_factory=dict, max_length=100, json_schema_extra={"x-overrides": True}
    )
    """Named variants, each a part of a scenario that is laid on this one by `--override NAME`."""
    abstract: bool = False
    """Only a base that others extend: it need not be complete, and is not planned itself."""
