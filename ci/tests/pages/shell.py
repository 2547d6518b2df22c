"""A shell that types a page's commands one after another, in a network and a folder of its own."""
import ctypes
import fcntl
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import time

LIMIT_S = 100  # for one command, on a busy machine
READY = re.compile(r"(ready at|listens on) (http|unix)")
PORTS = (*(str(port) for port in range(8080, 8090)), "8443")  # those that pages name
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET = 0x20000, 0x10000000, 0x40000000


def enter_own_network():
    """True if this process has a network of its own now, where every port is free and no other machine is reached."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if user == 0:
        if libc.unshare(CLONE_NEWNET):
            return False
    else:
        if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
            return False
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)
    with socket.socket() as any_socket:  # ip link set lo up
        interface = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16xh14x", fcntl.ioctl(any_socket, 0x8913, interface))[0]
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))
    return True


def other_ports():
    """Where there is only the machine's network: a free port for each that pages name."""
    taken = [socket.socket() for _ in PORTS]
    for each in taken:
        each.bind(("127.0.0.1", 0))
    ports = {port: str(each.getsockname()[1]) for port, each in zip(PORTS, taken)}
    for each in taken:
        each.close()
    return ports


class Outcome:
    def __init__(self, code, out, err):
        self.code = code
        marks = re.findall(r"^\[status (\d+)\]$", err, re.MULTILINE)
        self.status = max((int(mark) for mark in marks), default=0)
        self.text = out + "\n" + re.sub(r"^\[status \d+\]\n?", "", err, flags=re.MULTILINE)


class Shell:
    def __init__(self, folder, scratch, environment):
        self.scratch = scratch
        self.count = 0
        reading, writing = os.pipe()
        self.codes = reading
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"], cwd=folder, env=environment, stdin=subprocess.PIPE, text=True,
            pass_fds=[writing], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        self.codes_there = writing

    def _send(self, text, limit=LIMIT_S):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        if not select.select([self.codes], [], [], limit)[0]:
            return None
        return os.read(self.codes, 64).decode().strip()

    def _files(self, text):
        self.count += 1
        paths = [os.path.join(self.scratch, f"{kind}.{self.count}") for kind in ("typed", "out", "err")]
        for path, content in zip(paths, (text + "\n", "", "")):
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
        return paths

    def _read(self, code, out, err):
        texts = []
        for path in (out, err):
            with open(path, encoding="utf-8", errors="replace") as file:
                texts.append(file.read().replace("\r", "\n"))
        return Outcome(code, *texts)

    def type(self, text):
        """Runs the command to its end; its exit code is None if it does not end."""
        typed, out, err = self._files(text)
        code = self._send(f"source {typed} >{out} 2>{err} </dev/null {self.codes_there}>&-; echo $? >&{self.codes_there}")
        return self._read(None if code is None else int(code), out, err)

    def serve(self, text):
        """Starts the command, which serves. Its code is 0 once it says that it is ready."""
        typed, out, err = self._files(text)
        server = self._send(
            f"source {typed} >{out} 2>{err} </dev/null {self.codes_there}>&- & echo $! >&{self.codes_there}")
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            outcome = self._read(0, out, err)
            if READY.search(outcome.text):
                return outcome
            if self._send(f"kill -0 {server} 2>/dev/null; echo $? >&{self.codes_there}") != "0":
                break
            time.sleep(0.02)
        return self._read(1, out, err)

    def close(self):
        self.process.stdin.close()
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        os.close(self.codes)


def stand_in(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\n{text}\n")
    os.chmod(path, 0o755)


def make_tree(root, source, build, reader):
    """What the reader has: the tree, built, with the files of the reader's own beside it. Returns the folder."""
    tree = os.path.join(root, "ailab-mock")
    os.makedirs(os.path.join(tree, "ci"))
    for name in os.listdir(source):
        if name not in ("ci", ".git", "node_modules") and not name.startswith("build"):
            os.symlink(os.path.join(source, name), os.path.join(tree, name))
    for name in os.listdir(os.path.join(source, "ci")):
        os.symlink(os.path.join(source, "ci", name), os.path.join(tree, "ci", name))
    os.unlink(os.path.join(tree, "ci", "build"))
    stand_in(os.path.join(tree, "ci", "build"), "exit 0")  # it is built: build/ is the folder of this build
    os.symlink(build, os.path.join(tree, "build"))
    for name in os.listdir(reader):
        shutil.copy(os.path.join(reader, name), os.path.join(tree, name))
    return tree


def make_environment(root, tree, in_own_network, ports):
    """A plain one, with a home of its own. curl tells the status of each answer, too."""
    tools = os.path.join(root, "tools")
    os.makedirs(tools)
    real = shutil.which("curl")
    if real:
        stand_in(os.path.join(tools, "curl"), f"exec {real} \"$@\" --write-out '%{{stderr}}\\n[status %{{http_code}}]\\n'")
    for name in ("xdg-open", "npm"):  # a browser is not opened; npm test is the reader's
        stand_in(os.path.join(tools, name), "exit 0")
    home = os.path.join(root, "home")
    os.makedirs(home)
    path = os.pathsep.join([tools, os.path.join(tree, "build", "bin"), "/usr/local/bin:/usr/bin:/bin"])
    environment = {"HOME": home, "PATH": path, "LANG": "C.UTF-8", "TMPDIR": root, "AILAB_INSTALL": "0",
                   "PYTHONDONTWRITEBYTECODE": "1", "XDG_STATE_HOME": os.path.join(home, "state"),
                   "AILAB_CONFORMANCE_TIMEOUT": "60000"}  # a case may take longer on a busy machine
    if not in_own_network:
        environment["AILAB_MOCK_LISTEN"] = f"localhost:{ports['8080']}"
    return environment
