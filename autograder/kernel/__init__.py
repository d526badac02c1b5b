"""The grading kernel: forked from a warm parent, locked in before the first cell, gone with
everything it started.

`provisioner`
    the kernel as Jupyter sees it, and the traits that an instructor sets;
`parent`
    the grader's side of the warm parent: bubblewrap's walls, and what of them is missing;
`shell`
    the grader's side of a shell that runs a notebook's cells instead of a kernel;
`view`, `stage`
    what can be seen behind the walls, and which stand-ins for this project are put there;
`warm`, `quick`, `lock`
    the program behind the walls: nothing of it is imported here.
"""
