"""The type of an include or exclude rule."""

from typing import Annotated

from pydantic import Field, StringConstraints

RuleValue = bool | int | float | Annotated[str, StringConstraints(min_length=1, max_length=200)]
RuleKey = Annotated[str, StringConstraints(min_length=1, max_length=200)]

Rule = Annotated[
    dict[RuleKey, RuleValue | Annotated[list[RuleValue], Field(min_length=1, max_length=1000)]],
    Field(min_length=1, max_length=30),
]
"""Key → value, or values of which any; all keys must match. Which keys and names there are is looked up later."""
