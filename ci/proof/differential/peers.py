"""The peers: programs that read the same inputs as ours, each with an adapter in its own language.

An adapter reads records from its standard input, a length of four bytes (big-endian) and as many
bytes, until the input ends. For each record it prints one line of JSON. With no record it prints
nothing and ends with 0: so an adapter whose library is missing shows itself.
"""
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ADAPTERS = os.path.join(HERE, "adapters")
PYTHON = "/usr/bin/python3" if os.access("/usr/bin/python3", os.X_OK) else sys.executable
BATCH_SECONDS = 240


def python(name, *arguments):
    return [PYTHON, "-B", os.path.join(ADAPTERS, name), *arguments]


def node(name):
    """Debian has packages of Node where its own Node alone looks."""
    return [
        "env",
        "NODE_PATH=" + ":".join(filter(None, [os.environ.get("NODE_PATH"), "/usr/share/nodejs", "/usr/lib/nodejs"])),
        "node",
        os.path.join(ADAPTERS, name),
    ]


def compiled_go(name, scratch):
    """The adapter in Go, built into the scratch folder; raises OSError where Go is missing."""
    program = os.path.join(scratch, name)
    sources = [os.path.join(ADAPTERS, file + ".go") for file in (name, "records")]
    done = subprocess.run(
        ["go", "build", "-o", program, *sources],
        capture_output=True,
        text=True,
        cwd=scratch,
        env=dict(os.environ, GO111MODULE="off", GOFLAGS=""),
    )
    if done.returncode:
        raise OSError("go build: " + done.stderr.strip())
    return [program]


def records(inputs):
    return b"".join(struct.pack(">I", len(one)) + one for one in inputs)


def one_batch(command, inputs, seconds):
    """Lines that the adapter printed, and its last words."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(records(inputs))
        given.seek(0)
        try:
            done = subprocess.run(
                command,
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=said,
                timeout=seconds,
                check=False,
            )
            out, end = done.stdout, "exit code %d" % done.returncode
        except subprocess.TimeoutExpired as late:
            out, end = late.output or b"", "no answer within %d s" % seconds
        said.seek(0)
        words = said.read().decode("utf-8", "replace").strip().splitlines()
    return out.split(b"\n")[:-1], end + (": " + words[-1] if words else ""), end == "exit code 0"


def ask(command, inputs):
    """One answer an input. An adapter that dies of an input is started again behind it."""
    answers = []
    while len(answers) < len(inputs):
        rest = inputs[len(answers) :]
        lines, end, _ = one_batch(command, rest, BATCH_SECONDS)
        answers += [json.loads(line) for line in lines[: len(rest)]]
        if len(answers) < len(inputs):
            answers.append({"died": end})
    return answers


def reason_to_skip(command):
    """None when the adapter runs here."""
    program = next(word for word in command if word != "env" and "=" not in word)
    if not shutil.which(program):
        return program + " is not installed"
    _, end, good = one_batch(command, [], 60)
    return None if good else end
