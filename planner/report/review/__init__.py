"""Review of spend → `ReviewData`, its summaries, and what its page and paper show of it."""
