"""Advice: neighbours of what was decided, estimated again, and what each of them is worth."""
