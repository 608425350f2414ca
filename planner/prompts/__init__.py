"""Prompts: what their tokens are spent on, what is sent again and again, and what could be left out."""
