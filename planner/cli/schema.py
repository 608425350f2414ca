"""`planner schema`: the JSON Schema of a kind, for editors and hooks."""

import click


@click.command("schema")
@click.argument("kind", required=False)
def command(kind: str | None) -> None:
    """Print the JSON Schema of KIND (without one: the kinds there are).

    Example: planner schema FineTune > FineTune.schema.json
    """
    from planner.resources import SCHEMAS

    kinds = sorted(path.name.removesuffix(".schema.json") for path in SCHEMAS.glob("*.schema.json"))
    if kind is None:
        click.echo("\n".join(kinds))
        return
    found = next((name for name in kinds if name.lower() == kind.lower()), None)
    if found is None:
        message = f"no schema for {kind!r}; kinds: {', '.join(kinds)}"
        raise click.BadParameter(message, param_hint="KIND")
    click.echo((SCHEMAS / f"{found}.schema.json").read_text("utf-8"), nl=False)
