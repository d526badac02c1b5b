"""What was asked, and what came back: inputs as data, the probe that calls a student's functions,
and the way as text.

Nothing here knows an answer or judges one. These are the modules that a grading kernel holds copies
of.
"""
