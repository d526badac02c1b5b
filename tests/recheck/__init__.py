"""Reads verdicts and computes again, with code of its own, whether what they say is so.

`facts` holds what came back against what is exact, `printed` reads numbers as they are printed,
`relations` what is said of a number and its neighbours, `table` and `below` are the two halves of
a verdict (`words` takes sentences apart, `sentences` has a check for each kind), `whole` reads what
is judged as a whole (`descents`, `networks`), `answers` makes what is judged.
Nothing here but `answers` may import what judges.
"""
