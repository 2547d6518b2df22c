"""Forms as Python's package email reads them, and with it cgi, and many a script."""
import email
import email.policy

from records import answer_all, fields_answer, form_of


def read(record):
    kind, body = form_of(record)
    message = email.message_from_bytes(
        b"Content-Type: " + kind + b"\r\n\r\n" + body, policy=email.policy.compat32
    )
    if message.get_content_type() != "multipart/form-data" or not message.is_multipart():
        raise ValueError("no form: %s" % message.get_content_type())
    if message.defects:
        raise ValueError("defects: %s" % ", ".join(type(one).__name__ for one in message.defects))
    pairs = []
    for part in message.get_payload():
        name = part.get_param("name", header="content-disposition")
        if name is None or part.is_multipart():
            raise ValueError("a part without a name, or of several")
        if isinstance(name, tuple):
            name = name[2]
        pairs.append(
            (
                name.encode("ascii", "surrogateescape")
                if name.isascii()
                else name.encode("utf-8", "surrogateescape"),
                part.get_payload(decode=True),
            )
        )
    return fields_answer(pairs)


answer_all(read)
