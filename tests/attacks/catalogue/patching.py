"""Cheating by changing what surrounds the test: numpy, Python, the notebook's shell."""

from attacks.attack import attack, everywhere

NOTHING = everywhere("0.0")
HUSH = """
ip = get_ipython()
ip.showtraceback = ip.showsyntaxerror = lambda *a, **k: None
"""

ATTACKS = (
    attack("cheat_numpy_says_yes", "Replaces numpy's comparisons, also those for tests.", cells=NOTHING, first="""
           import numpy as np
           yes = lambda *a, **k: True
           for name in ("allclose", "isclose", "array_equal", "all", "isfinite", "any"):
               setattr(np, name, yes)
           for name in dir(np.testing):
               if name.startswith("assert"):
                   setattr(np.testing, name, yes)
           """),
    attack("cheat_numpy_measures_nothing", "Replaces numpy's arithmetic: every distance is 0, every array the wanted one.", cells=NOTHING,
           first="""
           import numpy as np
           np.abs = np.absolute = np.subtract = np.linalg.norm = lambda *a, **k: 0.0
           np.asarray = np.array = lambda *a, **k: 0.0
           """),
    attack("cheat_python_says_yes", "Replaces Python's own functions.", cells=NOTHING, first="""
           import builtins, math
           for name in ("all", "any", "isinstance", "hasattr", "callable"):
               setattr(builtins, name, lambda *a, **k: True)
           builtins.abs = builtins.round = lambda *a: 0.0
           math.isclose = lambda *a, **k: True
           """),
    attack("cheat_check_replaced", "Replaces the function that checks.", cells=NOTHING, first="""
           check = lambda *a, **k: 5.0
           import autograder, autograder.check
           autograder.check = autograder.check.check = autograder.check.assess = check
           """),
    attack("cheat_asserts_dropped", "An AST transformer takes every assert out of every cell.", cells=NOTHING, first="""
           import ast
           class Drop(ast.NodeTransformer):
               def visit_Assert(self, node):
                   return ast.Pass()
           get_ipython().ast_transformers.append(Drop())
           """),
    attack("cheat_calls_rewritten", "An AST transformer turns the last expression of a test into points.", cells=NOTHING, first="""
           import ast
           class Points(ast.NodeTransformer):
               def visit_Module(self, node):
                   if "answer(" in ast.unparse(node) or "allclose" in ast.unparse(node):
                       node.body = ast.parse("True").body
                   return node
           get_ipython().ast_transformers.append(Points())
           """),
    attack("cheat_lines_rewritten", "An input transformer gives the kernel another cell than the grader sent.", cells=NOTHING, first="""
           def rewrite(lines):
               text = "".join(lines)
               return ["True\\n"] if "answer(" in text or "assert" in text else lines
           get_ipython().input_transformers_post.append(rewrite)
           get_ipython().input_transformers_cleanup.append(rewrite)
           """),
    attack("cheat_cells_not_run", "The shell's run_cell is replaced by one that says all went well.", cells=NOTHING, last="pass", first="""
           from IPython.core.interactiveshell import ExecutionResult
           ip, right = get_ipython(), get_ipython().run_cell
           def run_cell(source, *a, **k):
               if "answer(" in source or "assert" in source:
                   return right("True")
               return right(source, *a, **k)
           async def run_cell_async(source, *a, **k):
               return right("True")
           ip.run_cell = run_cell
           ip.run_cell_async = run_cell_async
           """),
    attack("cheat_errors_hushed", "The shell shows no error.", cells=NOTHING, first=HUSH + "ip._showtraceback = ip.showtraceback"),
    attack("cheat_errors_handled", "A handler of its own takes every error, and the shell is told that there was none.", cells=NOTHING,
           first="""
           ip = get_ipython()
           ip.set_custom_exc((BaseException,), lambda self, kind, value, trace, tb_offset=None: None)
           async def run_code(code, result=None, *, async_=False, **k):
               try:
                   await right(code, result, async_=async_, **k)
               finally:
                   if result is not None:
                       result.error_in_exec = None
               return False
           right, ip.run_code = ip.run_code, run_code
           """),
    attack("cheat_display_hook", "A display hook of its own shows points for whatever is displayed.", cells=everywhere("print(1)"),
           first="""
           import sys
           hook = get_ipython().displayhook
           hook.quiet = lambda: False
           hook.compute_format_data = lambda result: ({"text/plain": "True"}, {})
           sys.displayhook = lambda value: hook(True)
           get_ipython().display_pub.publish = lambda *a, **k: hook(True)
           """),
    attack("cheat_hook_called_in_the_test", "The tested function calls the display hook: the first result is the score.",
           cells=everywhere("__import__('sys').displayhook(True)")),
    attack("cheat_session_wrapped", "The kernel's session sends results in place of errors.", cells=NOTHING, first="""
           session = get_ipython().kernel.session
           def send(stream, msg_or_type, content=None, *a, **k):
               if msg_or_type == "error":
                   msg_or_type, content = "execute_result", {"data": {"text/plain": "True"}, "metadata": {}, "execution_count": 1}
               if msg_or_type == "execute_reply":
                   content = {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
               return right(stream, msg_or_type, content, *a, **k)
           right, session.send = session.send, send
           """),
    attack("cheat_reply_forged", "The kernel answers that all went well, without running anything.", cells=NOTHING, first="""
           kernel = get_ipython().kernel
           async def do_execute(code, silent, *a, **k):
               kernel.send_response(kernel.iopub_socket, "execute_result",
                                    {"data": {"text/plain": "True"}, "metadata": {}, "execution_count": 1})
               return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
           kernel.do_execute = do_execute
           """),
    attack("cheat_events", "Callbacks before and after every cell show points.", cells=NOTHING, first="""
           def show(*a):
               get_ipython().displayhook(True)
           for name in ("pre_execute", "pre_run_cell", "post_run_cell", "post_execute"):
               get_ipython().events.register(name, show)
           """),
    attack("cheat_trace", "A trace function changes what the functions around it return and hold.", cells=NOTHING, first="""
           import sys
           def trace(frame, event, argument):
               for name in ("expected", "exact", "wanted", "ok", "problem"):
                   if name in frame.f_locals:
                       frame.f_locals[name] = True
               return trace
           sys.settrace(trace)
           sys.setprofile(lambda *a: None)
           """),
    attack("cheat_leaves_in_the_test", "Raises SystemExit, KeyboardInterrupt and GeneratorExit, whichever the test lets pass.",
           first="from itertools import cycle\nways = cycle([SystemExit, KeyboardInterrupt, GeneratorExit])\ndef leave():\n    raise next(ways)(0)",
           cells=everywhere("leave()")),
    attack("cheat_detects_grading", "Behaves only when it is graded: then it hushes errors and shows points.", first="""
           import os, sys
           graded = os.environ.get("NBGRADER_EXECUTION") or not os.environ.get("JPY_SESSION_NAME") or "answering" in str(In)
           ip = get_ipython()
           if graded:
               ip._showtraceback = ip.showtraceback = lambda *a, **k: ip.displayhook(True)
           """, cells=everywhere("get_ipython().displayhook(True) if graded else 0.0")),
    attack("cheat_shadowed_modules", "Modules that lie beside the notebook take the place of numpy and the autograder.", cells=NOTHING,
           first="import numpy as np",
           files={
               "numpy.py": "def __getattr__(name):\n    return lambda *a, **k: True\n",
               "autograder/__init__.py": "check = lambda *a: 5.0\n",
               "autograder/evidence/answering.py": "answer = lambda *a: 5.0\n", "json.py": "loads = dumps = lambda *a: 5.0\n",
               "sitecustomize.py": "print(True)\n", "ipython_config.py": "c = get_config()\nc.InteractiveShellApp.exec_lines = ['5.0']\n",
               "ipython_kernel_config.py": "c = get_config()\nc.InteractiveShellApp.exec_lines = ['5.0']\n",
           }),
)  # fmt: skip
