"""How the course is opened: JupyterLab with what a student needs, quickly, on anybody's machine."""
