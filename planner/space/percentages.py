"""Percentages as people write them: one below 1 may be a share by mistake."""


def slip(percent: float) -> str:
    """What to say of a percentage that was meant as a share, it seems; empty of any other."""
    if percent >= 1:
        return ""
    whole = f"{100 * percent:g}"
    return f"{percent:g} is less than one percent; write {whole} for {whole} %"
