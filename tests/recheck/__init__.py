"""Reads verdicts and computes again, with code of its own, whether what they say is so.

`facts` holds what came back against what is exact, `printed` reads numbers as they are printed, `relations` what is
said of a number and its neighbours, `table` and `words` the two halves of a verdict, `answers` what is judged.
Nothing here but `answers` may import what judges.
"""
