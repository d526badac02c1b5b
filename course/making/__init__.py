"""How the course is made: lessons to notebooks and back, what must not be overwritten, and the
pictures of the README."""
