"""How a mock starts and ends: a process for each fault.

A start either serves, a good call shows it, or ends with exit code 3 and a sentence on standard
error. A stop ends with exit code 0 in time, and takes the port file along.
"""

import os

from calls import JUMPS
from programs import Server
from requests import Talk, ask, edit_request, is_good_edit
from uses_serve import SCENARIOS, ca_folder

CPU_MAX_S = 3


def sentence_of(err, program):
    """The first line that the program says of itself, or nothing."""
    for line in err.decode(errors="replace").splitlines():
        if line.startswith(program + ": ") or '"msg"' in line or " " in line.strip():
            return line
    return ""


class Life:
    program = "ailab-mock"
    https = False
    fresh = False  # the authority is made anew

    def __init__(self, place):
        self.place = place
        with open(place.picture, "rb") as file:
            self.picture = file.read()
        self.scenarios = place.path("start.json")
        with open(self.scenarios, "w", encoding="utf-8") as file:
            file.write(SCENARIOS)
        self.port_file = place.path("start.port")

    def close(self):
        return None

    def _launch(self):
        options = ["--scenarios", self.scenarios, "--port-file", self.port_file]
        if self.https:
            folder = self.place.empty_folder("new-ca") if self.fresh else ca_folder(self.place)
            options += ["--https", "--ca-dir", folder]
        if os.path.exists(self.port_file):
            os.remove(self.port_file)
        return Server(self.place, options, name="start")

    def _good(self, server):
        try:
            status, body = ask(server.port, edit_request(self.picture), 4, tls=self.https)
            return None if is_good_edit(status, body) else f"status {status}: {body[:200]!r}"
        except (OSError, ValueError, KeyError) as error:
            return repr(error)


class Start(Life):
    """from exec to the ready line"""

    name = "START"

    def count(self):
        self.place.control.reset()
        server = self._launch()
        ready = server.wait_until_ready()
        counts = self.place.control.counts()
        ended = server.end()
        if not ready or ended.code != 0:
            raise RuntimeError(f"a mock without a fault: {ended.code} {ended.err}")
        return counts

    def inject(self, fault):
        control = self.place.control
        control.reset()
        control.arm(fault)
        server = self._launch()
        if not server.wait_until_ready():
            return control.hits > 0, self._judge_end(server, fault)
        hit = control.hits > 0
        control.disarm()
        why = self._good(server)
        if why and server.alive():
            why = self._good(server)
        ended = server.end()
        if ended.crash or ended.code != 0:
            return hit, ended.crash or f"exit code {ended.code} after SIGTERM: {ended.err[-300:]}"
        if why:
            return hit, f"ready, but no good call: {why}; {ended.err[-300:]}"
        return hit, self._judge_port_file(fault)

    def _judge_port_file(self, fault):
        if os.path.exists(self.port_file) and fault.call != "unlink":
            return "the port file is still there"
        return None

    def _judge_end(self, server, fault):
        if server.alive() and b"cannot write the ready line" in server.said():
            ended = server.end()  # it serves those who know the port
            return None if ended.code in (0, 3) else f"exit code {ended.code} after SIGTERM"
        if server.alive():
            # It may just have closed its standard output.
            ended = server.end_by_itself(2)
            if ended.code is None:
                return f"hangs: no ready line, and no end; {ended.err[-300:]}"
        else:
            ended = server.end_by_itself(1)
        if ended.crash:
            return ended.crash
        if ended.cpu > CPU_MAX_S * self.place.slow:
            return f"spins: {ended.cpu:.1f} s of CPU"
        # A scenario file that may not be read, or ends too early, is wrong usage.
        misnamed = fault.call in ("fopen", "fread") and fault.kind in ("EACCES", "END")
        if ended.code != 3 and not (misnamed and ended.code == 2):
            return f"exit code {ended.code}, 3 was due: {ended.err[-300:]}"
        mute = fault.call == "write" and fault.mode == "on"  # standard error fails too
        if not sentence_of(ended.err, "ailab-mock") and not mute:
            return f"exit code 3 without a word: {ended.err!r}"
        if fault.is_harmless:
            return f"ended by what is no failure: {ended.err[-300:]}"
        return None


class StartTls(Start):
    """the same with --https and an authority that is there"""

    name = "START_TLS"
    https = True


class StartAuthority(Start):
    """the same where the authority is made first"""

    name = "START_CA"
    https = fresh = True

    def inject(self, fault):
        hit, wrong = super().inject(fault)
        if wrong:
            return hit, wrong
        # What is left of it in the folder must not be in the way of the next.
        folder = self.place.path("new-ca")
        again = Server(self.place, ["--https", "--ca-dir", folder], tortured=False, name="again")
        ready = again.wait_until_ready()
        ended = again.end()
        if ready:
            return hit, None
        return hit, f"the next start with that folder fails: {ended.err[-300:]}"


class Stop(Life):
    """SIGTERM, with a call in flight and an idle connection"""

    name = "STOP"

    def _stop(self, fault):
        control = self.place.control
        control.reset()
        server = self._launch()
        if not server.wait_until_ready():
            raise RuntimeError(f"a mock without a fault does not start: {server.said()}")
        with Talk(server.port, 5) as busy, Talk(server.port, 5) as idle:
            idle.send(edit_request(self.picture, close=False))
            idle.answer()
            busy.send(edit_request(self.picture, key="mock:dribble"))
            busy.piece()
            control.count_anew()
            if fault:
                control.arm(fault)
            ended = server.end()
        return ended

    def count(self):
        ended = self._stop(None)
        if ended.code != 0:
            raise RuntimeError(f"a mock without a fault: {ended.code} {ended.err}")
        return self.place.control.counts()

    def inject(self, fault):
        ended = self._stop(fault)
        hit = self.place.control.hits > 0
        if ended.code is None:
            return hit, f"hangs after SIGTERM: {ended.err[-300:]}"
        lost = ended.code == 3 and b"cannot write standard output" in ended.err
        if ended.crash or (ended.code != 0 and not lost):
            return hit, ended.crash or f"exit code {ended.code}: {ended.err[-300:]}"
        if os.path.exists(self.port_file) and (fault.is_harmless or fault.kind in JUMPS):
            return hit, "the port file is still there"
        return hit, None


USES = [Start, StartTls, StartAuthority, Stop]
