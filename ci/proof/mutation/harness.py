"""The tests: which there are, which mutants each of them reaches, and what they say of one mutant.
A test is killed with all that it started: the process that runs it adopts what the test leaves."""

import collections
import concurrent.futures
import ctypes
import glob
import hashlib
import json
import os
import re
import resource
import select
import shutil
import signal
import subprocess
import tempfile
import time

from build import RUNTIME, load_json, save_json, say

# digest: of all that the test is made of, besides the file of a mutant
Test = collections.namedtuple("Test", "name command folder env skip_code passes fails seconds digest")

PR_SET_CHILD_SUBREAPER = 36
SLACK, FACTOR = 5.0, 5.0      # a test may take so many times its time, and so many seconds more
MOST = 120.0                  # as ctest has it
BASE_TIMEOUT = 300.0
DOUBTFUL = 1.0                # a test that takes longer may fail by itself: it is asked twice
FILE_BYTES, MEMORY_BYTES = 1 << 30, 6 << 30
LEAKS = {"LSAN_OPTIONS": "symbolize=0:suppressions=" + os.path.join(RUNTIME, "leaks.supp")}
# A shell between: a test that clears its own environment has a parent that still knows.
KEEPER = ["sh", "-c", '"$@"; exit $?', "keeper"]
scratch = None                # of this process


def digest(paths, *texts):
    found = hashlib.sha256(repr(texts).encode())
    for path in sorted(paths):
        with open(path, "rb") as file:
            found.update(path.encode() + b"\0" + file.read())
    return found.hexdigest()[:16]


def list_tests(out, skipped, read=()):
    """ctest's list, without the names that tests.tsv leaves out. read: files that tests may read; the
    scripts of the tests are read by those that are scripts themselves."""
    done = subprocess.run(["ctest", "--show-only=json-v1"], cwd=out, check=True, capture_output=True)
    programs, scripts = glob.glob(os.path.join(out, "bin", "*")), {name for name in read if "/tests/" in name and name.endswith(".py")}
    tests, common, of_scripts = [], digest([*programs, *(set(read) - scripts)]), digest(scripts)
    for entry in json.loads(done.stdout)["tests"]:
        if not entry.get("command") or any(re.fullmatch(pattern, entry["name"]) for pattern in skipped):
            continue
        values = {p["name"]: p["value"] for p in entry.get("properties", ())}
        env = dict(pair.split("=", 1) for pair in values.get("ENVIRONMENT", ()))
        own = [word for word in entry["command"] if os.path.isfile(word)]
        also = of_scripts if scripts & set(own) else ""
        tests.append(Test(entry["name"], entry["command"], values.get("WORKING_DIRECTORY", out), env,
                          values.get("SKIP_RETURN_CODE"), values.get("PASS_REGULAR_EXPRESSION", []),
                          values.get("FAIL_REGULAR_EXPRESSION", []), 0.0, digest(own, common, also, env)))
    return tests


def start_worker(folder):
    """Once in each process that runs tests."""
    global scratch
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.makedirs(folder, exist_ok=True)
    scratch = tempfile.mkdtemp(prefix="job-", dir=folder)
    os.chmod(scratch, 0o755)   # some tests become another user


def limit():
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))


def end_children():
    """Whatever the test left: this process has adopted it."""
    for _ in range(1000):
        left = [int(pid) for path in glob.glob("/proc/self/task/*/children")
                for pid in open(path).read().split()]
        if not left:
            return
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass


def run(test, environment, timeout):
    """(outcome, seconds): passed, failed or timeout."""
    temporary = os.path.join(scratch, "tmp")
    os.makedirs(temporary, exist_ok=True)
    env = {**os.environ, "TMPDIR": temporary, "CMAKE_GENERATOR": "Ninja", **LEAKS, **test.env, **environment}
    began = time.monotonic()
    with open(os.path.join(scratch, "output"), "w+b") as output:
        child = subprocess.Popen([*KEEPER, *test.command], cwd=test.folder, env=env, stdin=subprocess.DEVNULL, stdout=output,
                                 stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=limit)
        watched = os.pidfd_open(child.pid)
        ended = select.select([watched], [], [], timeout)[0]
        os.close(watched)
        if not ended:
            os.killpg(child.pid, signal.SIGKILL)
        code = child.wait()
        seconds = time.monotonic() - began
        end_children()
        text = ""
        if test.passes or test.fails:
            output.seek(0)
            text = output.read().decode(errors="replace")
    shutil.rmtree(temporary, ignore_errors=True)
    if not ended:
        return "timeout", seconds
    if test.passes:
        good = any(re.search(pattern, text, re.S) for pattern in test.passes)
    else:
        good = code == 0 or code == test.skip_code
    if any(re.search(pattern, text, re.S) for pattern in test.fails):
        good = False
    return "passed" if good else "failed", seconds


# ---- what each test reaches

def reach_one(job):
    test, path, size = job
    with open(path, "wb") as file:
        file.truncate(size)
    os.utime(path)
    return run(test, {"AILAB_MUTANTS_REACHED": path}, BASE_TIMEOUT)


def file_name(test):
    return re.sub(r"[^A-Za-z0-9_.-]", "_", test.name)


def baseline(build, tests, jobs, prefix=""):
    """Runs each test once without a mutant: the tests that pass with their times, what each
    reaches, and the names of those that fail. What has not changed since is not run again."""
    folder = os.path.join(build.folder, prefix + "reach")
    os.makedirs(folder, exist_ok=True)
    notes_path = os.path.join(build.folder, prefix + "tests.json")
    notes = load_json(notes_path, {})
    left = [test for test in tests if notes.get(test.name, [None])[-1] != test.digest or
            not os.path.exists(os.path.join(folder, file_name(test)))]
    for test in left:
        notes.pop(test.name, None)
    if left:
        say("%d tests run without a mutant" % len(left))
    for name in os.listdir(os.path.join(build.folder, "deaf")) if left else ():
        os.unlink(os.path.join(build.folder, "deaf", name))
    for attempt, width in ((1, jobs), (2, 1)):   # the second alone: the first may have been crowded
        todo = [t for t in left if notes.get(t.name, ["failed"])[0] != "passed"]
        with concurrent.futures.ProcessPoolExecutor(width, initializer=start_worker,
                                                    initargs=(os.path.join(build.folder, "run"),)) as pool:
            todo_jobs = [(t, os.path.join(folder, file_name(t)), build.size) for t in todo]
            for test, result in zip(todo, pool.map(reach_one, todo_jobs)):
                notes[test.name] = [*result, test.digest]
                save_json(notes_path, notes)
    good, failed, reached = [], [], {}
    for test in tests:
        outcome, seconds, _ = notes[test.name]
        if outcome == "passed":
            good.append(test._replace(seconds=seconds))
            with open(os.path.join(folder, file_name(test)), "rb") as file:
                reached[test.name] = file.read()
        else:
            failed.append(test.name)
    return good, reached, failed


# ---- one mutant

def judge(job):
    """What the tests say of a mutant, in their order, until one notices it. passed: {name: digest}
    of those that are known not to notice it."""
    number, tests, cap, passed = job
    began, asked, doubtful, capped = time.monotonic(), 0, [], False
    for test in tests:
        if passed.get(test.name) == test.digest:
            continue
        if time.monotonic() - began > cap:
            capped = True
            break
        environment = {"AILAB_MUTANT": str(number)}
        timeout = min(test.seconds * FACTOR + SLACK, MOST)
        outcome, _ = run(test, environment, timeout)
        asked += 1
        if outcome == "failed" and test.seconds > DOUBTFUL:
            outcome, _ = run(test, environment, timeout)
            doubtful += [test.name] if outcome == "passed" else []
        if outcome != "passed" and run(test, {"AILAB_MUTANT": "0"}, timeout)[0] != "passed":
            doubtful.append(test.name)   # it fails without a mutant too: the machine is busy
            continue
        if outcome != "passed":
            return {"status": "killed" if outcome == "failed" else "timeout", "killer": test.name,
                    "tests": asked, "seconds": time.monotonic() - began, "doubtful": doubtful}
        passed = {**passed, test.name: test.digest}
    return {"status": "survived", "capped": capped, "tests": asked, "seconds": time.monotonic() - began,
            "doubtful": doubtful, "passed": passed}
