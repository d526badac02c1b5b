"""What people read after grading: the feedback page, and the formgrader's page of a submission.

`feedback`
    the page and its summary; `leftout` puts a quiet word where a demonstration was not run;
`outputs`, `safe`
    what of a submission's outputs, HTML and Markdown may be shown;
`mathml`
    formulas without a script.
"""
