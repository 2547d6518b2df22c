"""Requests as h11 reads them, and with it uvicorn and httpcore."""
import h11
from records import answer_all


def one_request(line, requests):
    """Reads the next request; false when there is none, or no further one may follow."""
    event = line.next_event()
    if not isinstance(event, h11.Request):
        return False
    body = b""
    while True:
        part = line.next_event()
        if isinstance(part, h11.EndOfMessage):
            break
        body += part.data
    requests.append([event.method.decode("latin-1"), event.target.decode("latin-1"), body.hex()])
    line.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
    line.send(h11.EndOfMessage())
    if line.our_state is not h11.DONE:
        return False
    line.start_next_cycle()
    return True


def read(record):
    line, requests = h11.Connection(h11.SERVER), []
    line.receive_data(record)
    line.receive_data(b"")
    try:
        while one_request(line, requests):
            pass
    except h11.RemoteProtocolError as wrong:
        return {"requests": requests, "end": str(wrong)}
    return {"requests": requests, "end": "closed"}


answer_all(read)
