"""Ask again: questions with numbers at the end of a lesson, drawn afresh each time, and those that
were answered wrongly come back after some days.

`cards`
    a question: what is drawn, what is asked, what is right, and what a known slip would give;
`questions`
    which questions each lesson has;
`deck`
    what comes back, and when;
`form`
    how it is asked in a notebook.
"""
