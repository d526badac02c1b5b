"""A lesson's grading, packed for somebody else's machine: Gradescope, GitHub Classroom.

`packing`
    what goes into a bundle (``backprop bundle``);
`grading`
    one submission's folder, graded there;
`gradescope`, `github`
    the result, as each of the two reads it.
"""
