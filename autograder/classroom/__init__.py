"""A whole class is graded side by side: many workers, one writer.

What nbgrader's autograde does with a submission is done in three parts:

`reading`
    the coordinator reads what was handed in, and puts the locked cells back;
`work`
    a worker runs the notebook behind the walls and judges it: pure work, texts in and texts out;
`writing`
    the coordinator writes gradebook and folder, submission by submission, whole or not at all.

`travel` is what goes between them, `cluster` deals the work out (Dask), `progress` says how far it
is, and `standing` tells from gradebook and folders what is done already.
"""
