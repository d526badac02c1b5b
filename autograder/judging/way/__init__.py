"""Where a student's own computation leaves the right way: the line, in facts only.

`landmarks` are the right quantities of an exercise, `run_graph` and `recognising` find them among a
function's variables as it runs, `wayfinding` decides which line is the next, and `lost` holds the
data and the words.
"""
