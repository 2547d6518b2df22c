# Stand-in for the reader's program; ci/tests/pages puts it where the commands of a page are typed.
import runpy

runpy.run_path("conformance/examples/callers/right.py", run_name="__main__")
