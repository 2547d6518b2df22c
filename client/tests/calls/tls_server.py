"""Answers every request alike, behind TLS or not, and writes down what came.

tls_server.py ADDRESS ANSWER LOG [CERTIFICATE KEY]

It prints its URL. LOG gets a line "connection" for each, and "request" once a byte of one was
readable. ANSWER is a file with a whole HTTP answer."""
import socket
import ssl
import sys

address, answer, log = sys.argv[1:4]
listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
listener.bind((address, 0))
listener.listen(16)
context = None
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4], sys.argv[5])
with open(answer, "rb") as file:
    answer = file.read()
name = f"[{address}]" if ":" in address else address
print(f"http://{name}:{listener.getsockname()[1]}", flush=True)


def note(word):
    with open(log, "a", encoding="ascii") as file:
        file.write(word + "\n")


def read_request(connection):
    got = b""
    while b"\r\n\r\n" not in got:
        piece = connection.recv(65536)
        if not piece:
            return False
        if not got:
            note("request")
        got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            left = int(line.split(b":")[1]) - len(body)
            while left > 0:
                left -= len(connection.recv(65536)) or left
    return True


while True:
    connection, _ = listener.accept()
    note("connection")
    try:
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        if read_request(connection):
            connection.sendall(answer)
    except OSError:
        pass
    connection.close()
