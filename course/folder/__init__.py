"""A student's own folder: filled, brought forward to a newer course, and never overwritten."""
