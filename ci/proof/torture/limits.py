"""What the system gives a process too little of: memory, descriptors, processes, file size, disk;
and programs that are stopped and go on.

Each limit is swept from nothing to enough. Whatever it is, a program ends in time, with an exit
code of its table and a word, and leaves nothing half; at enough it works.
"""

import os
import resource

import limits_disk
from programs import Place, Server
from requests import ask, edit_request, is_good_edit
from uses_once import Edit, JudgeInside
from uses_serve import ca_folder

MIB = 1 << 20
OTHER_USER = 65534


class Limits:
    """The wrong ones, and how many were looked at."""

    def __init__(self, place):
        self.place = place
        self.rows = []
        with open(place.picture, "rb") as file:
            self.picture = file.read()

    def row(self, name, tried, wrong):
        self.rows.append({"limit": name, "tried": tried, "wrong": len(wrong)})
        print(f"{name:34} {tried:4} tried, {len(wrong):3} wrong", flush=True)
        for why in wrong:
            print(f"  WRONG  {name}: {why}", flush=True)

    def sweep(self, name, values, attempt):
        """attempt(value) -> (whether it worked, what is wrong or None). The last must work."""
        wrong, worked = [], False
        for value in values:
            worked, why = attempt(value)
            if why:
                wrong.append(f"at {value}: {why}")
        if not worked:
            wrong.append(f"at {values[-1]} it should work")
        self.row(name, len(values), wrong)

    # A mock, an edit, a judgement under a limit.

    def serve(self, before, extra_options=(), limit_in_serving=None):
        server = Server(self.place, [*extra_options], False, before=before, name="limited")
        if not server.wait_until_ready():
            ended = server.end_by_itself(3)
            if ended.code is None:
                return False, "hangs"
            if b"loading shared libraries" in ended.err:
                return False, None
            if ended.crash or ended.code != 3 or not ended.err.strip():
                return False, ended.crash or f"exit code {ended.code}: {ended.err[-300:]!r}"
            return False, None
        try:
            status, body = ask(server.port, edit_request(self.picture), 4)
            good = is_good_edit(status, body)
            why = None if good or status in (500, 503) else f"{status} {body[:200]!r}"
        except (OSError, ValueError, KeyError) as error:
            good, why = False, None if limit_in_serving else repr(error)
        ended = server.end()
        if ended.crash or ended.code != 0:
            return False, ended.crash or f"exit code {ended.code}: {ended.err[-300:]!r}"
        return good, why

    def once(self, use, before):
        """A use of uses_once.py, under a limit."""
        use.place.before = before
        try:
            ended = use.go()
        finally:
            use.place.before = None
        return ended.code == 0, use.judge(ended, None)


def limit(what, value):
    return lambda: resource.setrlimit(what, (value, value))


def memory_tests(limits, edit, judge):
    steps = [n * 4 * MIB for n in range(1, 12)] + [64 * MIB, 128 * MIB, 512 * MIB]
    limits.sweep(
        "mock, address space",
        [*steps, 2048 * MIB],
        lambda n: limits.serve(limit(resource.RLIMIT_AS, n), limit_in_serving=True),
    )
    limits.sweep(
        "edit, address space", steps, lambda n: limits.once(edit, limit(resource.RLIMIT_AS, n))
    )
    limits.sweep(
        "judge, address space",
        [*steps[3:], 2048 * MIB],
        lambda n: limits.once(judge, limit(resource.RLIMIT_AS, n)),
    )


def descriptor_tests(limits, edit, judge):
    few = list(range(3, 34)) + [64, 128]
    limits.sweep(
        "mock, open files", few, lambda n: limits.serve(limit(resource.RLIMIT_NOFILE, n))
    )
    https = ["--https", "--ca-dir", ca_folder(limits.place)]
    limits.sweep(
        "mock with https, open files",
        [*few, 256],
        lambda n: limits.serve(limit(resource.RLIMIT_NOFILE, n), https),
    )
    limits.sweep(
        "edit, open files",
        few[:20],
        lambda n: limits.once(edit, limit(resource.RLIMIT_NOFILE, n)),
    )
    limits.sweep(
        "judge, open files",
        [*few[:28], 64, 1024],
        lambda n: limits.once(judge, limit(resource.RLIMIT_NOFILE, n)),
    )


def process_tests(limits):
    """Root has no such limit, so the program runs as another user."""
    if os.geteuid() != 0:
        print("mock, processes: left out, only root can be another user")
        return

    def as_nobody(count):
        def before():
            resource.setrlimit(resource.RLIMIT_NPROC, (count, count))
            os.setgid(OTHER_USER)
            os.setuid(OTHER_USER)

        return before

    limits.sweep(
        "mock, processes", [1, 2, 3, 4, 5, 6, 8, 12, 100], lambda n: limits.serve(as_nobody(n))
    )


def file_size_tests(limits, edit, judge):
    sizes = [64, 100, 500, 4096, 20000, 10 * MIB]
    limits.sweep(
        "mock, size of a file",
        sizes,
        lambda n: limits.serve(
            limit(resource.RLIMIT_FSIZE, n), ["--port-file", limits.place.path("limit.port")]
        ),
    )
    limits.sweep(
        "edit, size of a file", sizes, lambda n: limits.once(edit, limit(resource.RLIMIT_FSIZE, n))
    )
    limits.sweep(
        "judge, size of a file",
        sizes,
        lambda n: limits.once(judge, limit(resource.RLIMIT_FSIZE, n)),
    )


def make_limits(options):
    return Limits(Place(options.bin, options.library, options.source, options.slow))


def run_all(options):
    limits = make_limits(options)
    place = limits.place
    edit, judge = Edit(place), JudgeInside(place)
    try:
        edit.count()
        judge.count()
        if options.slow == 1:
            memory_tests(limits, edit, judge)
        descriptor_tests(limits, edit, judge)
        process_tests(limits)
        file_size_tests(limits, edit, judge)
        limits_disk.full_device_tests(limits)
        limits_disk.full_log_test(limits)
        limits_disk.stop_tests(limits)
    finally:
        edit.close()
        judge.close()
        place.close()
    return limits.rows + limits_disk.run_disk_tests(options, make_limits)
