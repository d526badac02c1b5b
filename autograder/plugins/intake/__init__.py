"""What was handed in, before anything runs: archives, folders and notebooks are looked at, refused
or mended.

`archives`, `members`
    archives from a learning platform, extracted whole or not at all;
`collecting`
    nbgrader's collect, which follows no link;
`submissions`
    the folder of a submission: what is copied to be graded and what is left out;
`choosing`, `carrying`
    which file is the notebook, wherever it lies, and what goes with it;
`reading`, `flags`
    the notebook: read tolerantly, its points and flags taken from the gradebook.
"""
