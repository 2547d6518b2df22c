"""Forms as Django reads them."""
import io

import django.conf
from records import answer_all, fields_answer, form_of

django.conf.settings.configure(
    DATA_UPLOAD_MAX_NUMBER_FIELDS=5000,
    FILE_UPLOAD_MAX_MEMORY_SIZE=1 << 26,
    DATA_UPLOAD_MAX_MEMORY_SIZE=1 << 26,
    DEFAULT_CHARSET="latin-1",
)

from django.core.files.uploadhandler import MemoryFileUploadHandler  # noqa: E402 needs settings
from django.http.multipartparser import MultiPartParser  # noqa: E402


def read(record):
    kind, body = form_of(record)
    meta = {"CONTENT_TYPE": kind.decode("latin-1"), "CONTENT_LENGTH": len(body)}
    post, files = MultiPartParser(
        meta, io.BytesIO(body), [MemoryFileUploadHandler()], "latin-1"
    ).parse()
    pairs = [
        (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, values in post.lists()
        for value in values
    ]
    pairs += [
        (name.encode("latin-1", "replace"), one.read())
        for name, some in files.lists()
        for one in some
    ]
    return fields_answer(pairs)


answer_all(read)
