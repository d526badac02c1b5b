"""What a check leaves behind in the notebook it was called from, while a person works in it.

`live`
    is somebody at work here, or is this a grading or a plain program?
`attempts`
    failing checks and hints shown, remembered beside the notebook;
`sameness`
    whether functions are still what they were at the last check;
`course_own`
    the course's own function in the place of one that is not written yet;
`quiet`
    no traceback for what is only unfinished;
`buttons`, `model_answer`
    what stands below a verdict;
`ending`, `found`
    what was done, at the end of a lesson.

Nothing here decides what is right.
"""
