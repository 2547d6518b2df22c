"""Forms as Werkzeug reads them, and with it Flask."""
import io

from records import answer_all, fields_answer, form_of
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header


def read(record):
    kind, body = form_of(record)
    mime, options = parse_options_header(kind.decode("latin-1"))
    if mime != "multipart/form-data" or not options.get("boundary"):
        raise ValueError("no form: %s" % mime)
    parser = MultiPartParser(charset="latin-1", errors="replace")
    form, files = parser.parse(io.BytesIO(body), options["boundary"].encode("latin-1"), len(body))
    pairs = [
        (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in form.items(multi=True)
    ]
    pairs += [
        (name.encode("latin-1", "replace"), one.stream.read())
        for name, one in files.items(multi=True)
    ]
    return fields_answer(pairs)


answer_all(read)
