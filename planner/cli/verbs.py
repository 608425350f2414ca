"""Groups of verbs whose modules are imported only when a verb is used or listed."""

import importlib
from collections.abc import Mapping
from typing import Any

import click


class Verbs(click.Group):
    """A group that imports a verb's module when it is asked for."""

    def __init__(self, *args: Any, verbs: Mapping[str, str], **settings: Any) -> None:  # noqa: ANN401 - click's own
        """`verbs`: verb → module, and after a colon the name of its click command, by default `command`."""
        super().__init__(*args, **settings)
        self.verbs = verbs

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: D102 - click's contract
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: D102
        if cmd_name not in self.verbs:
            return None
        module, _, name = self.verbs[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name or "command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the verb that was probably meant."""
        if args and args[0] not in self.verbs and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.verbs, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else f" Verbs: {', '.join(self.verbs)}."
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)
