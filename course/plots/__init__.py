"""Pure drawing: axes and data in, artists out. No widgets, no state."""
