"""Foreign text made fit for a table, a message or a line of a snapshot."""


def plain(text: object, limit: int = 80) -> str:
    """Foreign text on one line of at most `limit` characters, without control characters."""
    kept = "".join(letter if letter.isprintable() else " " for letter in str(text)[: 20 * limit])
    line = " ".join(kept.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
