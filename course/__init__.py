"""Everything a lesson is made of: its text, its mathematics, its pictures and its widgets."""
