"""Evidence to verdict: what is right, what went wrong, how many points it is worth, and the words
for it.

`judge` is the way in. `table` and `compare` hold what came back against the exact answers, `chains`
and `apart` let a slip count once, `diagnosis` and `relations` look for its cause, `claims` and
`saying` say only what holds, and `verdict` is what a student reads.
"""
