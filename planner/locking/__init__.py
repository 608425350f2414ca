"""Locks: the prices that a scenario's decision rests on, committed beside it, and plans made with them."""
