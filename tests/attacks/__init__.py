"""Submissions that try to cheat, leak, escape, starve or damage, and the proof that none of them
succeeds."""
