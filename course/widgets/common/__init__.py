"""What several pictures share: the figure and the screen of those that Python draws, the walk of
those that step."""
