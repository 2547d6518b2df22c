"""Programs that do one thing and end: what they leave behind is whole or absent, and the exit code
says which."""

import json
import os
import xml.etree.ElementTree

from programs import KEY, Server, run
from uses_serve import ca_folder

CPU_MORE_S = 1.5  # beyond what the use takes without a fault


class Once:
    limit_s = 12
    codes = ()  # of a failure
    speaks_on_stdout = False
    shares_process = False  # with the other side

    def __init__(self, place):
        self.place = place
        self.good_cpu = None
        self.mock = None

    def close(self):
        if self.mock:
            self.mock.end()
            self.mock = None
        return None

    def url(self):
        """Of a mock that nothing troubles."""
        if not self.mock:
            self.mock = Server(self.place, ["--log", "off"], tortured=False, name="quiet")
            if not self.mock.wait_until_ready():
                raise RuntimeError(f"a mock without a fault: {self.mock.said()}")
        return f"http://127.0.0.1:{self.mock.port}"

    def count(self):
        self.place.control.reset()
        ended = self.go()
        if ended.code != 0:
            raise RuntimeError(f"{self.name} without a fault: {ended.code} {ended.err}")
        self.good_cpu = ended.cpu
        self.good = self.left(ended)
        wrong = self.judge_good(self.good)
        if wrong:
            raise RuntimeError(f"{self.name} without a fault: {wrong}")
        return self.place.control.counts()

    def inject(self, fault):
        if self.good_cpu is None:
            self.count()
        control = self.place.control
        control.reset()
        control.arm(fault)
        ended = self.go()
        return control.hits > 0, self.judge(ended, fault)

    def judge(self, ended, fault):
        if ended.code is None:
            return f"hangs: no end in {self.limit_s} s; {ended.err[-300:]}"
        if ended.crash:
            return ended.crash
        if ended.cpu > (self.good_cpu + CPU_MORE_S) * self.place.slow:
            return f"spins: {ended.cpu:.1f} s of CPU"
        left = self.left(ended)
        if ended.code == 0:
            return self.judge_good(left)
        if fault is None and ended.code == 127 and b"loading shared libraries" in ended.err:
            return None  # a limit that the loader meets
        empty = fault and fault.kind == "END" and ended.code == 1  # an empty file is refused
        if ended.code not in self.codes and not empty:
            return f"exit code {ended.code}: {ended.err[-300:]}"
        if ended.code == 1 and fault and fault.is_local and not self.shares_process:
            return f"exit code 1, which blames the other side: {(ended.err or ended.out)[-300:]}"
        if not ended.err.strip() and not (self.speaks_on_stdout and ended.out.strip()):
            return f"exit code {ended.code} without a word"
        if fault and fault.is_harmless:
            return f"exit code {ended.code} for what is no failure: {ended.err[-300:]}"
        return self.judge_bad(left, ended)

    # What a use is: a run, what it leaves, and when that is good or bearable.

    def go(self):
        raise NotImplementedError

    def left(self, ended):
        return ended.out

    def judge_good(self, left):
        return None if left == self.good else f"exit code 0, but it left {left!r:.200}"

    def judge_bad(self, left, ended):
        return None


class Edit(Once):
    """ailab edit, a picture to a file"""

    name = "EDIT"
    program = "ailab"
    codes = (2, 3, 4)
    more = ()

    def go(self):
        self.folder = self.place.empty_folder("edited")
        environment = {"AILAB_BASE_URL": self.url(), "AILAB_API_KEY": KEY}
        words = ["ailab", "edit", "-e", "big-grin", "--timeout", "4", *self.more]
        return run(
            self.place,
            [*words, self.place.picture, "-o", self.output()],
            self.limit_s,
            extra=environment,
        )

    def output(self):
        return os.path.join(self.folder, "out.jpg")

    def left(self, ended):
        found = {}
        for name in sorted(os.listdir(self.folder)):
            with open(os.path.join(self.folder, name), "rb") as file:
                found[name] = file.read()
        return found

    def judge_good(self, left):
        if list(left) != ["out.jpg"] or not left["out.jpg"].startswith(b"\xff\xd8"):
            return f"exit code 0, but the folder has {list(left)}"
        if left != self.good:
            return "exit code 0, but the picture is another"
        return None

    def judge_bad(self, left, ended):
        if not left:
            return None
        if left == self.good:
            return None
        return f"exit code {ended.code}, and half a picture is left: {list(left)}"


class EditForce(Edit):
    """the same over a file that is there, as JSON"""

    name = "EDIT_FORCE"
    more = ("--force", "--json", "--verbose")
    OLD = b"an old picture"

    def go(self):
        folder = self.place.empty_folder("edited")
        with open(os.path.join(folder, "out.jpg"), "wb") as file:
            file.write(self.OLD)
        made = self.place.empty_folder
        self.place.empty_folder = lambda name: folder
        try:
            return super().go()
        finally:
            self.place.empty_folder = made

    def judge_bad(self, left, ended):
        if left == {"out.jpg": self.OLD}:
            return None
        return super().judge_bad(left, ended) if left else "the old picture is gone"


class EditStream(Edit):
    """the same from standard input to standard output"""

    name = "EDIT_STREAM"

    def go(self):
        environment = {"AILAB_BASE_URL": self.url(), "AILAB_API_KEY": KEY}
        words = ["ailab", "edit", "-e", "big-grin", "--timeout", "4", "--retries", "1", "-"]
        with open(self.place.picture, "rb") as picture:
            return run(self.place, words, self.limit_s, extra=environment, stdin=picture)

    def left(self, ended):
        return ended.out

    def judge_good(self, left):
        return None if left == self.good else "exit code 0, but the picture is another"

    def judge_bad(self, left, ended):
        return None  # a stream may be cut; the exit code says so


class Check(Once):
    """ailab check"""

    name = "CHECK"
    program = "ailab"
    codes = (2,)

    def go(self):
        return run(self.place, ["ailab", "check", "--json", self.place.picture], self.limit_s)


class List(Once):
    """ailab-mock contract"""

    name = "LIST"
    program = "ailab-mock"
    codes = (3,)

    def go(self):
        return run(self.place, ["ailab-mock", "contract"], self.limit_s)


class Cue(Once):
    """ailab-mock cue"""

    name = "CUE"
    program = "ailab-mock"
    codes = (2, 3)

    def go(self):
        folder = self.place.empty_folder("cued")
        self.made = os.path.join(folder, "out.jpg")
        words = ["ailab-mock", "cue", "ERROR_BLURRY_FACE", self.place.picture, self.made]
        return run(self.place, words, self.limit_s)

    left = Edit.left

    @property
    def folder(self):
        return os.path.dirname(self.made)

    judge_good = Edit.judge_good
    judge_bad = Edit.judge_bad


class Authority(Once):
    """ailab-mock ca, where there is none"""

    name = "CA"
    program = "ailab-mock"
    codes = (3,)

    def go(self, folder=None, tortured=True):
        folder = folder or self.place.empty_folder("made-ca")
        words = ["ailab-mock", "ca", "--path", "--ca-dir", folder]
        return run(self.place, words, self.limit_s, tortured)

    def _again(self):
        ended = self.go(self.place.path("made-ca"), tortured=False)
        if ended.code != 0:
            return f"the next 'ca' with that folder ends with {ended.code}: {ended.err[-300:]}"
        return None

    def judge_good(self, left):
        if not os.path.exists(left.decode().strip()):
            return f"exit code 0, but there is no {left!r}"
        return self._again()

    def judge_bad(self, left, ended):
        return self._again()


class Run(Once):
    """ailab-mock run -- curl, with a coverage file"""

    name = "RUN"
    shares_process = True  # the mock's fault is what curl reports
    program = "ailab-mock"
    # Its own; no such program, cannot be run; and of curl: what a client of a mock that fails sees,
    # and a full disk (23).
    codes = (1, 3, 126, 127, 6, 7, 16, 18, 22, 23, 28, 35, 52, 55, 56, 60, 77, 97)

    def go(self):
        self.folder = self.place.empty_folder("run")
        temporary = self.place.empty_folder("run-tmp")
        self.temporary = temporary
        words = [
            *("ailab-mock", "run", "--ca-dir", ca_folder(self.place)),
            *("--coverage", os.path.join(self.folder, "coverage.json"), "--min-calls", "1"),
            *("--drain-timeout-ms", "300", "--", "curl", "-sS", "--fail", "--max-time", "4"),
            *("-H", f"ailabapi-api-key: {KEY}", "-F", "service_choice=12"),
            *("-F", f"image_target=@{self.place.picture}"),
            *("-o", os.path.join(self.folder, "answer.json")),
            "https://www.ailabapi.com/api/portrait/effects/emotion-editor",
        ]
        return run(self.place, words, self.limit_s, extra={"TMPDIR": temporary})

    def left(self, ended):
        return Edit.left(self, ended)

    def judge(self, ended, fault):
        why = super().judge(ended, fault)
        left = os.listdir(self.temporary)
        if why or not left or (fault and fault.kind == "ENOMEM"):  # to remove a folder takes memory
            return why
        return f"exit code {ended.code}, and in the folder for temporary files is left {left}"

    def judge_good(self, left):
        if sorted(left) != ["answer.json", "coverage.json"]:
            return f"exit code 0, but the folder has {sorted(left)}"
        try:
            json.loads(left["coverage.json"])
            json.loads(left["answer.json"])["data"]["image"]
        except (ValueError, KeyError) as error:
            return f"exit code 0, but: {error!r}"
        return None

    def judge_bad(self, left, ended):
        try:
            json.loads(left.get("coverage.json", b"{}"))
        except ValueError:
            return f"exit code {ended.code}, and half a report is left"
        stray = set(left) - {"answer.json", "coverage.json"}
        return f"left in the folder: {stray}" if stray else None


class Judge(Once):
    """ailab-conformance, a few cases against a mock elsewhere, with every report and records"""

    name = "JUDGE"
    program = "ailab-conformance"
    codes = (1, 3)
    speaks_on_stdout = True
    limit_s = 25
    REPORTS = ("json", "junit", "tap", "html", "text")
    CASES = ("key/*", "method/*")

    def target(self):
        return self.url()

    def go(self):
        self.folder = self.place.empty_folder("judged")
        words = ["ailab-conformance", "--target", self.target(), "--timeout", "1500", "--jobs", "1"]
        for case in self.CASES:
            words += ["--run", case]
        for report in self.REPORTS:
            words += ["--report", f"{report}:{os.path.join(self.folder, report)}"]
        words += ["--record", os.path.join(self.folder, "records"), "--report", "text"]
        return run(self.place, words, self.limit_s)

    def left(self, ended):
        """(verdict of each report or None where it is not whole, number of records, output)"""
        verdicts = {}
        for report in self.REPORTS:
            path = os.path.join(self.folder, report)
            text = b""
            if os.path.exists(path):
                with open(path, "rb") as file:
                    text = file.read()
            verdicts[report] = VERDICTS[report](text) if text else "absent"
        records = os.path.join(self.folder, "records")
        names = os.listdir(records) if os.path.isdir(records) else []
        whole = sum(is_record(os.path.join(records, name)) for name in names)
        return verdicts, len(names), whole, of_text(ended.out) == "green"

    def judge_good(self, left):
        verdicts, names, whole, said = left
        bad = {name: verdict for name, verdict in verdicts.items() if verdict != "green"}
        if bad:
            return f"exit code 0, but reports say {bad}"
        if names != whole or (hasattr(self, "good") and names != self.good[1]):
            return f"exit code 0, but of {names} records {whole} are whole"
        return None if said else "exit code 0, but standard output does not say conformant"

    def judge_bad(self, left, ended):
        if b"memory ran out, so" in ended.err:
            return None  # over the last report, which is cut; the exit code says so
        if b"could not be written" in ended.err or b"cannot write" in ended.err:
            return None  # the target was judged, and another report or record was lost
        verdicts = left[0]
        green = [name for name, verdict in verdicts.items() if verdict == "green"]
        if green:
            return f"exit code {ended.code}, but green is the report {green}: {ended.err[-200:]}"
        return None


def of_json(text):
    try:
        return "green" if json.loads(text)["exit"] == 0 else "red"
    except (ValueError, KeyError):
        return "cut"


def of_junit(text):
    try:
        root = xml.etree.ElementTree.fromstring(text)
    except xml.etree.ElementTree.ParseError:
        return "cut"
    bad = int(root.get("failures", 0)) + int(root.get("errors", 0))
    return "red" if bad or int(root.get("tests", 0)) == 0 else "green"


def of_tap(text):
    lines = text.decode(errors="replace").splitlines()
    plan = [int(line[3:].split()[0]) for line in lines if line.startswith("1..")]
    tests = [line for line in lines if line.startswith(("ok ", "not ok "))]
    if any(line.startswith(("not ok", "Bail out!")) for line in lines):
        return "red"
    return "green" if plan and plan[0] == len(tests) > 0 else "cut"


def of_html(text):
    if not text.rstrip().endswith(b"</html>"):
        return "cut"
    return "green" if b"is conformant." in text else "red"


def of_text(text):
    return "green" if b"The target is conformant." in text else "red"


VERDICTS = {"json": of_json, "junit": of_junit, "tap": of_tap, "html": of_html, "text": of_text}


def is_record(path):
    try:
        with open(path, encoding="utf-8") as file:
            json.load(file)
        return True
    except (OSError, ValueError):
        return False


class JudgeInside(Judge):
    """the same against the mock in process"""

    name = "JUDGE_MOCK"
    shares_process = True

    def target(self):
        return "mock"


USES = [Edit, EditForce, EditStream, Check, List, Cue, Authority, Run, Judge, JudgeInside]
