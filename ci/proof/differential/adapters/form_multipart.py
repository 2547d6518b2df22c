"""Forms as python-multipart reads them, and with it FastAPI and Starlette."""
from multipart.multipart import MultipartParser, parse_options_header
from records import answer_all, fields_answer, form_of


class Collector:
    """The parts as the parser's callbacks tell them; Starlette collects them so."""

    def __init__(self):
        self.parts, self.ended = [], False

    def callbacks(self):
        return {
            "on_part_begin": self.begin,
            "on_part_data": self.data,
            "on_end": self.end,
            "on_header_field": self.field,
            "on_header_value": self.value,
            "on_header_end": self.header_end,
        }

    def begin(self):
        self.parts.append(({}, []))
        self.name = self.text = b""

    def field(self, data, start, end):
        self.name += data[start:end]

    def value(self, data, start, end):
        self.text += data[start:end]

    def header_end(self):
        self.parts[-1][0][self.name.lower()] = self.text
        self.name = self.text = b""

    def data(self, data, start, end):
        self.parts[-1][1].append(data[start:end])

    def end(self):
        self.ended = True


def read(record):
    kind, body = form_of(record)
    mime, options = parse_options_header(kind)
    if mime != b"multipart/form-data":
        raise ValueError("no form: %r" % mime)
    collector = Collector()
    parser = MultipartParser(options[b"boundary"], collector.callbacks())
    parser.write(body)
    parser.finalize()
    if not collector.ended:
        raise ValueError("the form does not end")
    pairs = []
    for headers, chunks in collector.parts:
        _, options = parse_options_header(headers[b"content-disposition"])
        pairs.append((options[b"name"], b"".join(chunks)))
    return fields_answer(pairs)


answer_all(read)
