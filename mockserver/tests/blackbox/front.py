"""The front door from outside: addresses, TLS, CONNECT and HTTP on one port, and what hostile clients
do before a request has come.

After each part a picture comes back, and the mock has no more descriptors than before.
"""
import json
import os
import signal
import socket
import ssl
import stat
import threading
import time

from harness import main, until
from wire import CREDITS_PATH, Peer, form, head_of, request, summary

VENDOR = "www.ailabapi.com"
OK = (200, "")
GONE = ("closed", "reset")


class TlsPeer(Peer):
    """A connection in TLS, perhaps through CONNECT. Its end is 'closed' after close_notify and
    'cut' after a FIN alone."""

    def __init__(self, mock, authority, connect=None, name=VENDOR, protocols=None, version=None):
        super().__init__(mock)
        self.sock.settimeout(10 * mock.suite.patience)
        if connect:
            self.sock.sendall(connect_head(connect))
            said = read_head(self.sock)
            if not said.startswith(b"HTTP/1.1 200 "):
                raise RuntimeError(f"CONNECT: {said!r}")
        context = ssl.create_default_context(cafile=authority)
        if protocols:
            context.set_alpn_protocols(protocols)
        if version:
            context.maximum_version = version
        self.sock = context.wrap_socket(
            self.sock, server_hostname=name, suppress_ragged_eofs=False
        )
        self.sock.setblocking(False)

    def _read(self):
        try:
            while not self.end:
                piece = self.sock.recv(1 << 18)
                self.received += piece
                if not piece:
                    self.end = "closed"
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except ssl.SSLEOFError:
            self.end = "cut"
        except OSError:
            self.end = "reset"

    def _write(self):
        try:
            done = self.sock.send(self.outgoing[: 1 << 14])
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError:
            self.outgoing = memoryview(b"")
            return
        self.sent += done
        self.outgoing = self.outgoing[done:]


def connect_head(target, more=""):
    return f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{more}\r\n".encode()


def read_head(sock):
    said = b""
    while not said.endswith(b"\r\n\r\n"):
        piece = sock.recv(1)
        if not piece:
            break
        said += piece
    return said


def hello_of():
    """A whole hello of a client, as bytes."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    speaker = context.wrap_bio(incoming, outgoing, server_hostname=VENDOR)
    try:
        speaker.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


class World:
    def __init__(self, suite, *options, **more):
        options += ("--listen", "localhost:0")
        self.suite, self.checks = suite, suite.checks
        self.folder = suite.path("authority")
        self.authority = os.path.join(self.folder, "ailab-mock-ca.pem")
        self.mock = suite.start(
            "--https", "--ca-dir", self.folder, "--result", "echo", *options, port=None, **more
        )
        self.image = suite.picture("portrait.jpg")
        self.good = request(form(self.image))

    def tls(self, **more):
        return TlsPeer(self.mock, self.authority, **more)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.mock.process.pid}/fd"))

    def still_answers(self, why, descriptors):
        """A picture comes back in each way, and nothing is left behind."""
        for way, peer in (("HTTP", Peer(self.mock)), ("TLS", self.tls())):
            with peer:
                answer = peer.send(self.good).answer()
                self.checks.equal(f"{why}: then {way} is answered", summary(answer), OK)
        self.checks.that(
            f"{why}: no descriptor is left",
            until(lambda: self.descriptors() <= descriptors, 10 * self.suite.patience),
            f"{self.descriptors()}, before {descriptors}",
        )

    def logged(self, words, why):
        found = until(lambda: words.encode() in self.mock.log(), 5 * self.suite.patience)
        self.checks.that(f"{why}: the log says '{words}'", found, self.mock.log()[-900:])


# Ways


def check_ways(world):
    """One request in each way, by each kind of socket, and who it was in the log."""
    checks = world.checks
    ways = {
        "HTTP": lambda: Peer(world.mock),
        "TLS": world.tls,
        "TLS of 1.2": lambda: world.tls(version=ssl.TLSVersion.TLSv1_2),
        "TLS by localhost": lambda: world.tls(name="localhost"),
        "TLS by address": lambda: world.tls(name="127.0.0.1"),
        "TLS through CONNECT": lambda: world.tls(connect=VENDOR + ":443"),
        "TLS through CONNECT of the domain": lambda: world.tls(connect="ailabapi.com:443"),
        "TLS through CONNECT of an address": lambda: world.tls(connect="[::1]:8443"),
    }
    for way, begin in ways.items():
        with begin() as peer:
            for turn in ("first", "second", "third"):
                answer = peer.send(world.good).answer()
                checks.equal(f"{way}: {turn} request", summary(answer), OK)
                checks.that(f"{way}: {turn} picture", answer.image() == world.image)
    with Peer(world.mock) as peer:
        peer.send(connect_head(VENDOR + ":80"))
        peer.pump(lambda: peer.received.endswith(b"\r\n\r\n"))
        checks.that("CONNECT: 200", peer.received.startswith(b"HTTP/1.1 200 "), peer.received)
        peer.received = b""
        answer = peer.send(world.good).answer()
        checks.equal("HTTP through CONNECT", summary(answer), OK)
    with world.tls() as peer:
        peer.send(world.good * 3)
        answers = [summary(peer.answer()) for _ in range(3)]
        checks.equal("TLS: three requests in one go", answers, [OK] * 3)


def check_protocols(world):
    with world.tls(protocols=["h2", "http/1.1"]) as peer:
        world.checks.equal("ALPN", peer.sock.selected_alpn_protocol(), "http/1.1")
    with world.tls() as peer:
        world.checks.equal("no ALPN asked for", peer.sock.selected_alpn_protocol(), None)
        world.checks.equal("no compression", peer.sock.compression(), None)
    try:
        world.tls(protocols=["h2"])
        refused = False
    except ssl.SSLError:
        refused = True
    world.checks.that("ALPN: only h2 is refused", refused)
    world.logged("speaks no HTTP/1.1", "only h2")


def check_origins(world):
    """A page of the mock's own may come by TLS; it is another origin than the same by HTTP."""
    host = f"127.0.0.1:{world.mock.port}"
    rows = [
        ("https", world.tls, 200),
        ("http", world.tls, 403),
        ("http", lambda: Peer(world.mock), 200),
        ("https", lambda: Peer(world.mock), 403),
    ]
    for scheme, begin, status in rows:
        head = f"GET /__admin/settings HTTP/1.1\r\nHost: {host}\r\nOrigin: {scheme}://{host}\r\n\r\n"
        with begin() as peer:
            answer = peer.send(head.encode()).answer()
            way = "HTTP" if type(peer) is Peer else "TLS"
            world.checks.equal(f"{way}, Origin {scheme}", answer and answer.status, status)


def check_addresses(world):
    checks, mock, path = world.checks, world.mock, world.suite.path("socket")
    with socket.create_connection(("::1", mock.port), 10) as six:
        six.sendall(world.good)
        checks.that("IPv6: answered", six.recv(64).startswith(b"HTTP/1.1 200 "))
    mode = stat.S_IMODE(os.stat(path).st_mode)
    checks.equal("unix: only its owner may connect", oct(mode), oct(0o600))
    with socket.socket(socket.AF_UNIX) as unix:
        unix.settimeout(10)
        unix.connect(path)
        unix.sendall(world.good)
        checks.that("unix: answered", unix.recv(64).startswith(b"HTTP/1.1 200 "))
    world.logged('"remote":"unix"', "the last request")
    rows = [json.loads(row) for row in entries(world)]
    remotes = {row["remote"].rpartition(":")[0] or row["remote"] for row in rows}
    checks.equal("who asked", remotes, {"127.0.0.1", "[::1]", "unix"})
    flags = {(row["tls"], row["proxied"]) for row in rows}
    wanted = {(False, False), (True, False), (True, True), (False, True)}
    checks.equal("how they asked", flags, wanted)


def entries(world):
    return [row for row in world.mock.log_lines() if b'"remote"' in row]


def check_socket_files(suite, path):
    checks = suite.checks
    checks.that("unix: the file goes with the mock", not os.path.exists(path))
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(path)
    mock = suite.start("--listen", f"unix:{path}", "--listen", "127.0.0.1:0", port=None)
    second = suite.run([suite.mock, "--listen", f"unix:{path}"])
    checks.equal("unix: a file in use is not taken", second.returncode, 3)
    checks.that("unix: and the reason told", b"another program" in second.stderr, second.stderr)
    mock.stop()
    suite.save("plain-file", b"mine")
    third = suite.run([suite.mock, "--listen", f"unix:{suite.path('plain-file')}"])
    checks.equal("unix: a file that is no socket is left alone", third.returncode, 3)
    checks.that("unix: with what it holds", open(suite.path("plain-file"), "rb").read() == b"mine")


# First bytes


def check_pieces(world):
    """Each byte of a beginning in a write of its own."""
    body = form(world.suite.picture("portrait-small.jpg"))
    small = request(body)
    head, begun = small[: -len(body)], connect_head(VENDOR + ":443")
    with Peer(world.mock) as peer:
        for byte in head:
            peer.send(bytes([byte]))
        world.checks.equal("HTTP by bytes", summary(peer.send(body).answer()), OK)
    with Peer(world.mock) as peer:
        for byte in begun:
            peer.send(bytes([byte]))
        peer.pump(lambda: peer.received.endswith(b"\r\n\r\n"))
        world.checks.that("CONNECT by bytes", peer.received.startswith(b"HTTP/1.1 200 "))
        peer.received = b""
        for byte in hello_of():
            peer.send(bytes([byte]))
        peer.pump(lambda: len(peer.received) > 5)
        world.checks.equal("a hello by bytes", peer.received[:1], b"\x16")
    for cut in range(1, 9):
        with Peer(world.mock) as peer:
            peer.send(b"CONNECT "[:cut])
            peer.shut()
            answer = peer.answer()
            world.checks.equal(f"'CONNECT ' cut after {cut}", answer and answer.status, 400)
    for method in (b"CONNECTED ", b"CON ", b"C ", b"connect "):
        with Peer(world.mock) as peer:
            answer = peer.send(method + b"/ HTTP/1.1\r\nHost: a\r\n\r\n").answer()
            world.checks.that(f"{method}: no CONNECT", answer and 400 <= answer.status < 500)


def check_connect_heads(world):
    checks = world.checks
    many = "X: " + "a" * 3000 + "\r\n"
    rows = [
        ("other host", connect_head("example.com:443"), 403, "'example.com:443' is not served"),
        ("a host that looks alike", connect_head("www.ailabapi.com.evil.test:443"), 403, "evil"),
        ("a host that ends alike", connect_head("notailabapi.com:443"), 403, "notailabapi.com"),
        ("a user", connect_head("anna:secret-1@example.com:443"), 403, "'@example.com:443' is not"),
        ("no port", connect_head("example.com"), 403, "example.com"),
        ("a port too large", connect_head("example.com:65536"), 403, "example.com"),
        ("HTTP/1.0", b"CONNECT example.com:443 HTTP/1.0\r\n\r\n", 403, "example.com"),
        ("nothing", b"CONNECT  HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        ("no version", b"CONNECT example.com:443\r\n\r\n", 400, ""),
        ("too large", connect_head(VENDOR + ":443", many * 6), 400, "larger than 16384"),
        ("a control character", connect_head("exa\x01mple.com:443"), 400, "0x01"),
    ]
    for why, data, status, words in rows:
        with Peer(world.mock) as peer:
            answer = peer.send(data).answer()
            checks.equal(f"CONNECT, {why}: status", answer and answer.status, status)
            said = answer.json()["error_detail"]["message"] if answer and answer.body else ""
            checks.that(f"CONNECT, {why}: the reason", words in said, said)
            checks.that(f"CONNECT, {why}: the end", peer.ending() in GONE)
    with Peer(world.mock) as peer:
        answer = peer.send(request(b"", target="http://example.com/x?y")).answer()
        checks.equal("an absolute URI of another host", answer and answer.status, 403)
    world.logged('"path":"@example.com:443"', "a user before the host")
    checks.that("and not the user", b"secret-1" not in world.mock.log(), "the log has it")
    world.logged('"path":"http://example.com/x"', "its path")
    with Peer(world.mock) as peer:
        head = connect_head(VENDOR + ":443", "Proxy-Authorization: Basic YTpi\r\n" + many * 2)
        peer.send(head)
        peer.pump(lambda: peer.received.endswith(b"\r\n\r\n"))
        checks.that("a large head of CONNECT", peer.received.startswith(b"HTTP/1.1 200 "))


# Ends


def check_early_ends(world):
    """The client goes away, in order or not, at each point of the way."""
    hello, begun = hello_of(), connect_head(VENDOR + ":443")
    points = {
        "nothing": b"",
        "the first byte of a hello": hello[:1],
        "half a hello": hello[: len(hello) // 2],
        "a hello": hello,
        "a part of CONNECT": begun[:20],
        "CONNECT": begun,
        "CONNECT and half a hello": begun + hello[: len(hello) // 2],
        "half a head": world.good[:40],
        "half a body": world.good[: len(world.good) // 2],
    }
    before = world.descriptors()
    for point, data in points.items():
        for how in ("close", "reset", "shut"):
            with Peer(world.mock) as peer:
                peer.send(data)
                if how == "reset":
                    peer.reset()
                elif how == "shut":
                    peer.shut()
                    peer.pump(lambda: False, 10)
                    world.checks.that(f"shut after {point}: ends", peer.end in GONE)
    for share in (0, 40, len(world.good) // 2, len(world.good)):
        for how in ("close", "reset"):
            with world.tls() as peer:
                peer.send(world.good[:share])
                if how == "reset":
                    peer.reset()
    world.still_answers("clients that go early", before)


def check_half_closes(world):
    """A client that has sent its request and ends its sending half still gets its answer."""
    before = world.descriptors()
    with Peer(world.mock) as peer:
        peer.send(world.good).shut()
        world.checks.equal("HTTP: a half-close", summary(peer.answer()), OK)
    with world.tls() as peer:
        peer.send(world.good)
        socket.socket.shutdown(peer.sock, socket.SHUT_WR)  # FIN, without close_notify
        answer = peer.answer()
        world.checks.equal("TLS: FIN without close_notify", summary(answer), OK)
    close = request(form(world.image), more="Connection: close\r\n")
    for why, peer in (("TLS", world.tls()), ("CONNECT", world.tls(connect=VENDOR + ":443"))):
        with peer:
            world.checks.equal(f"{why}: the last answer", summary(peer.send(close).answer()), OK)
            world.checks.equal(f"{why}: close_notify comes", peer.ending(), "closed")
    world.still_answers("half-closes", before)


# Bodies


def check_bodies(world):
    large = large_picture(world)
    data = request(form(large))
    for way, peer in (("HTTP", Peer(world.mock)), ("TLS", world.tls())):
        with peer:
            answer = peer.send(data, 60).answer(limit_s=60)
            same = bool(answer) and answer.image() == large
            world.checks.that(f"{way}: {len(large)} bytes there and back", same, summary(answer))
    with world.tls() as peer:
        body = form(world.image)
        peer.send(head_of(len(body), more="Expect: 100-continue\r\n"))
        peer.pump(lambda: peer.received)
        said = peer.received
        world.checks.equal("TLS: 100 Continue", said, b"HTTP/1.1 100 Continue\r\n\r\n")
        peer.received = b""
        world.checks.equal("TLS: and the answer", summary(peer.send(body).answer()), OK)
    for way, peer in (("HTTP", Peer(world.mock)), ("TLS", world.tls())):
        with peer:
            peer.send(head_of(14 << 20) + b"x" * (14 << 20), 60)
            answer = peer.answer(limit_s=30)
            world.checks.equal(f"{way}: 14 MiB are refused", answer and answer.status, 413)
            peer.sock.setblocking(True)
            peer.sock.settimeout(30)
            try:
                peer.sock.sendall(bytes(peer.outgoing))
                world.checks.that(f"{way}: and may all be sent", True)
            except OSError as error:
                world.checks.that(f"{way}: and may all be sent", False, error)


def large_picture(world):
    """A picture of 4.5 MB: a comment of zeros stands behind the first marker."""
    image = world.image
    comment = b"\xff\xfe\xff\xff" + bytes(0xFFFD)
    return image[:2] + comment * (4_500_000 // len(comment)) + image[2:]


# Hostile clients


def check_idle(world, count=500):
    """Many idle connections in TLS hold no thread of the HTTP server."""
    before = world.descriptors()
    idle = [world.tls() for _ in range(count)]
    with world.tls() as peer:
        world.checks.equal(f"beside {count} idle", summary(peer.send(world.good).answer()), OK)
    for peer in idle:
        peer.sock.close()
    world.still_answers("idle connections", before)


def check_slow_reader(world):
    """A client that does not read its large answer holds no other."""
    before = world.descriptors()
    large = request(form(large_picture(world)))
    slow = [world.tls() for _ in range(8)]
    for peer in slow:
        peer.send(large, 60)
    with world.tls() as peer:
        world.checks.equal("beside slow readers", summary(peer.send(world.good).answer()), OK)
    for peer in slow:
        world.checks.equal("a slow reader gets all", summary(peer.answer(limit_s=60)), OK)
        peer.sock.close()
    world.still_answers("slow readers", before)


def check_records(world):
    before = world.descriptors()
    rows = [
        ("an oversized record", b"\x16\x03\x01\xff\xff" + b"a" * 70000, "larger than TLS allows"),
        ("no TLS behind the first byte", b"\x16GET / HTTP/1.1\r\n\r\n" + b"a" * 600, "no TLS"),
        ("TLS 1.1 alone", hello_of_1_1(), "neither TLS 1.2 nor 1.3"),
        ("an alert", hello_of() + b"\x15\x03\x03\x00\x02\x02\x30", "does not trust"),
    ]
    for why, data, words in rows:
        with Peer(world.mock) as peer:
            peer.send(data)
            peer.pump(lambda: False, 10)
            world.checks.that(f"{why}: the end", peer.end in GONE, peer.end)
        world.logged(words, why)
    world.still_answers("records", before)


def hello_of_1_1():
    suites = b"\xc0\x09\xc0\x13\x00\x2f"
    hello = b"\x03\x02" + bytes(32) + b"\0" + len(suites).to_bytes(2, "big") + suites + b"\1\0"
    message = b"\1" + len(hello).to_bytes(3, "big") + hello
    return b"\x16\x03\x01" + len(message).to_bytes(2, "big") + message


def check_renegotiation(world):
    """s_client asks for it with the line R."""
    words = ["openssl", "s_client", "-connect", f"{world.mock.host}:{world.mock.port}", "-tls1_2"]
    done = world.suite.run(words, input=b"R\n")
    said = (done.stdout + done.stderr).lower()
    world.checks.that("renegotiation is refused", b"renegotiation" in said, said[-600:])


def check_slow_handshakes(suite):
    """More slow handshakes than may be in progress: they end, and others have their turn."""
    world = World(suite, "--handshakes-max", "4", "--handshake-timeout-ms", "3000")
    before = world.descriptors()
    half, begun = hello_of()[:100], connect_head(VENDOR + ":443")
    slow = [Peer(world.mock).send(half) for _ in range(20)]
    slow += [Peer(world.mock).send(begun + half) for _ in range(20)]
    flood = [Peer(world.mock).send(begun) for _ in range(60)]
    flood += [Peer(world.mock).send(begun[:30]) for _ in range(60)]
    with Peer(world.mock) as peer:
        suite.checks.equal("HTTP beside them", summary(peer.send(world.good).answer()), OK)
    with world.tls() as peer:
        suite.checks.equal("TLS beside them", summary(peer.send(world.good).answer()), OK)
    for peer in slow + flood:
        peer.pump(lambda: False, 20)
    ended = [peer.end for peer in slow + flood]
    suite.checks.equal("all of them are ended", [end for end in ended if end not in GONE], [])
    world.logged("handshakes_max", "slow handshakes")
    world.logged("not over in time", "slow handshakes")
    for peer in slow + flood:
        peer.sock.close()
    world.still_answers("slow handshakes", before)
    world.mock.stop()


def check_late_processor(suite):
    """The mock gets no processor until each client's time is over. Those that sent in time are served."""
    time_s = suite.patience
    limit = str(1000 * time_s)
    world = World(suite, "--request-timeout-ms", limit, "--handshake-timeout-ms", limit)
    before = world.descriptors()
    asking = head_of(None, method="GET", target=CREDITS_PATH, content_type=None)
    begun = connect_head(VENDOR + ":443")
    rests = {
        "HTTP": (Peer(world.mock), asking, b"HTTP/1.1 200 OK"),
        "CONNECT": (Peer(world.mock).send(begun[:20]), begun[20:], b"HTTP/1.1 200 Conn"),
        "TLS": (world.tls(), asking, b"HTTP/1.1 200 OK"),
    }
    silent = Peer(world.mock)
    there = until(lambda: world.descriptors() == before + 4, 5 * suite.patience)
    suite.checks.that("late: the mock has the connections", there, world.descriptors())
    world.mock.signal(signal.SIGSTOP)
    for peer, rest, _ in rests.values():
        peer.send(rest)
    time.sleep(1.5 * time_s)
    world.mock.signal(signal.SIGCONT)
    for way, (peer, _, said) in rests.items():
        peer.pump(lambda peer=peer, said=said: len(peer.received) >= len(said), 10)
        suite.checks.that(f"late: {way} is served", peer.received.startswith(said), peer.received)
        peer.sock.close()
    silent.pump(lambda: False, 10)
    suite.checks.that("late: one that sent nothing is ended", silent.end in GONE, silent.end)
    silent.sock.close()
    world.still_answers("late", before)
    world.mock.stop()


def check_tunnels(suite):
    """--tunnel-others: CONNECT goes on to another host, here 0.0.0.0, which is this machine."""
    world = World(suite, "--tunnel-others")
    before = world.descriptors()
    data = os.urandom(3_000_000)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        echo = threading.Thread(target=serve_echo, args=(other,), daemon=True)
        echo.start()
        with Peer(world.mock) as peer:
            peer.send(connect_head(f"0.0.0.0:{port}"))
            peer.pump(lambda: peer.received.endswith(b"\r\n\r\n"))
            suite.checks.that("a tunnel: 200", peer.received.startswith(b"HTTP/1.1 200 "))
            peer.received = b""
            peer.send(data, 30)
            peer.pump(lambda: len(peer.received) == len(data), 30)
            suite.checks.that("a tunnel: all bytes there and back", peer.received == data)
            peer.received = b""
            peer.shut()
            suite.checks.equal("a tunnel: the end goes through", peer.ending(), "closed")
        echo.join(10)
    world.logged(f"CONNECT 0.0.0.0:{port} 200 ", "a tunnel")
    with Peer(world.mock) as peer:
        answer = peer.send(connect_head(f"0.0.0.0:{port}"))
        peer.pump(lambda: False, 10)
        suite.checks.that("a host that refuses: 502", b" 502 " in peer.received, peer.received)
        suite.checks.that("and says so", b"Connection refused" in peer.received, answer.received)
    world.still_answers("tunnels", before)
    world.mock.stop()


def serve_echo(listener):
    listener.settimeout(30)
    other, _ = listener.accept()
    with other:
        other.settimeout(30)
        while piece := other.recv(1 << 16):
            other.sendall(piece)


def check_strangers(world):
    """The port behind the front answers no other program."""
    listening = inner_ports(world)
    world.checks.equal("one port behind the front", len(listening), 1)
    for port in listening:
        with socket.create_connection(("127.0.0.1", port), 10) as stranger:
            stranger.settimeout(20 * world.suite.patience)
            stranger.sendall(world.good)
            try:
                said = stranger.recv(64)
            except ConnectionError:
                said = b""
            world.checks.equal("a stranger gets no byte", said, b"")


def inner_ports(world):
    """Ports on which the mock listens, but for its own."""
    folder = f"/proc/{world.mock.process.pid}/fd"
    inodes = set()
    for name in os.listdir(folder):
        try:
            inodes.add(os.readlink(f"{folder}/{name}"))
        except FileNotFoundError:
            pass
    with open(f"/proc/{world.mock.process.pid}/net/tcp", encoding="ascii") as table:
        rows = [row.split() for row in table][1:]
    ports = [int(r[1][-4:], 16) for r in rows if r[3] == "0A" and f"socket:[{r[9]}]" in inodes]
    return [port for port in ports if port != world.mock.port]


def check_stop(world):
    """Connections of every kind do not keep the mock from ending."""
    begun = connect_head(VENDOR + ":443")
    held = [Peer(world.mock), Peer(world.mock).send(hello_of()[:50]), Peer(world.mock).send(begun)]
    held += [Peer(world.mock).send(world.good[:100]), world.tls(), world.tls()]
    held[-1].send(world.good)
    held[-1].answer()
    world.mock.signal()
    world.checks.equal("stopped beside open connections", world.mock.wait(5), 0)
    world.checks.equal("an idle one ends in order", held[-1].ending(), "closed")
    for peer in held:
        peer.sock.close()


def test(suite):
    path = suite.path("socket")
    world = World(suite, "--listen", f"unix:{path}", "--log", "json")
    check_ways(world)
    check_protocols(world)
    check_origins(world)
    check_pieces(world)
    check_connect_heads(world)
    check_addresses(world)
    check_early_ends(world)
    check_half_closes(world)
    check_bodies(world)
    check_idle(world)
    check_slow_reader(world)
    check_records(world)
    check_renegotiation(world)
    check_strangers(world)
    check_stop(world)
    world.mock.stop()
    check_socket_files(suite, path)
    check_slow_handshakes(suite)
    check_late_processor(suite)
    check_tunnels(suite)


if __name__ == "__main__":
    main(test)
