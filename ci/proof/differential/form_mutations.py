"""Mutations of forms: each changes one piece of a form (form_inputs.Form), at a place where parsers
are known to stumble. The name of the function is told with the input."""

import re


def disposition(name, rest=b""):
    return b"Content-Disposition: form-data; name=" + name + rest


def boundary_spelling(dice, form):
    b = form.boundary
    form.type = b"multipart/form-data" + dice.choice(
        (
            b";boundary=" + b,
            b" ; boundary=" + b,
            b"; BOUNDARY=" + b,
            b'; Boundary="%s"' % b,
            b"; boundary=" + b + b";",
            b'; boundary="%s"; charset=utf-8' % b,
            b"; charset=utf-8; boundary=" + b,
            b"; boundary= " + b,
            b"; boundary =" + b,
            b"; boundary='" + b + b"'",
            b"; boundary=" + b + b" ",
            b"; boundary=" + b + b" x",
            b";;boundary=" + b,
            b'; boundary="%s' % b,
            b'; boundary=%s"' % b,
            b", boundary=" + b,
            b"; boundary=x; boundary=" + b,
            b"; boundary=" + b + b"; boundary=x",
            b" boundary=" + b,
            b"; boundary*=utf-8''" + b,
            b"; boundary*0=" + b[:4] + b"; boundary*1=" + b[4:],
            b'; boundary="\\%s"' % b,
            b";\tboundary=" + b,
            b'; x="a;boundary=y"; boundary=' + b,
            b"; x=a=b; boundary=" + b,
            b"; x; boundary=" + b,
            b"; boundary=" + b + b",x",
            b"; boundary=" + b + b" (comment)",
            b"; =; boundary=" + b,
            b"",
        )
    )


def type_spelling(dice, form):
    rest = form.type[len(b"multipart/form-data") :]
    form.type = (
        dice.choice(
            (
                b"Multipart/Form-Data",
                b"multipart/form-data ",
                b" multipart/form-data",
                b"multipart/mixed",
                b"multipart/form-datax",
                b"multipart / form-data",
                b"form-data",
                b"multipart/",
                b'"multipart/form-data"',
            )
        )
        + rest
    )


def boundary_letters(dice, form):
    """Another boundary, everywhere."""
    letters = dice.choice(
        (
            b"'()+_,-./:=?",
            b"a b",
            b"!#$%&*^`|~",
            b"{}@[]<>;",
            b"--",
            b"-",
            b"=",
            b"x" * 70,
            b"x" * 71,
            b"x" * 300,
            b"\xc3\xa9",
            b"a\\b",
            b'a"b',
            b"1",
            b"a ",
        )
    )
    old, form.boundary = form.boundary, b"--" * dice.randrange(2) + letters
    form.type = (
        form.type.split(b";")[0]
        + b"; boundary="
        + (b'"%s"' % form.boundary if dice.randrange(3) else form.boundary)
    )
    for name in ("first", "last", "between"):
        setattr(form, name, getattr(form, name).replace(old, form.boundary))


def delimiter_lines(dice, form):
    """A delimiter that is nearly one, before a part or at the end."""
    b = form.boundary
    form_of = dice.choice(
        (
            b"-%s",
            b"%s",
            b" --%s",
            b"--%s ",
            b"--%s\t",
            b"---%s",
            b"--%sx",
            b"--%s-",
            b"\r\n--%s",
            b"--%s\r",
            b"--%s \t ",
            b"--%s--x",
            b"--\r\n%s",
            b"--%s\r\n--%s" % (b"%s", b),
            b"--%s\0",
            b"--%s \r",
            b"--%s-- ",
            b"--%s--",
        )
    )
    setattr(form, dice.choice(("first", "between")), form_of.replace(b"%s", b))


def last_line(dice, form):
    b = form.boundary
    form.last = dice.choice(
        (
            b"",
            b"--" + b,
            b"--" + b + b"-",
            b"--" + b + b"-- ",
            b"--" + b + b"---",
            b"--" + b + b"--x",
            b"--" + b + b"--\r\n--" + b + b"--",
            b"--" + b + b"--\t",
            b"--" + b + b" --",
            b"\r\n--" + b + b"--",
            b"--" + b[:-1] + b"--",
            b"--" + b.upper() + b"--",
            b"--" + b + b"--\r\nx",
            b"--" + b + b"\r\n",
        )
    )


def line_ends(dice, form):
    form.line = dice.choice((b"\n", b"\r", b"\r\r\n", b"\n\r", b"\r\n\r\n"))


def one_line_end(dice, form):
    """The end of a single header line."""
    lines = dice.choice(form.parts)[0]
    at = dice.randrange(len(lines))
    following = lines.pop() if at + 1 < len(lines) else b"X-Last: 1"
    lines[at] += dice.choice((b"\n", b"\r", b"\r\r\n", b"\r\n \r\n", b"\0", b"\r\n\t")) + following


def around(dice, form):
    texts = (
        b"preamble\r\n",
        b"\r\n",
        b"\n",
        b"x",
        b"--\r\n",
        b"--" + form.boundary,
        b" ",
        b"\r\n\r\n",
        b"--" + form.boundary + b"x\r\n",
        b'Content-Disposition: form-data; name="z"\r\n\r\n1\r\n',
        b"--" + form.boundary + b"\r\n",
        b"-",
        b"\0",
    )
    if dice.randrange(2):
        form.preamble = dice.choice(texts)
    else:
        form.epilogue = dice.choice(texts) + dice.choice(
            (b"", b"\r\n--" + form.boundary + b"--\r\n")
        )


def header_name(dice, form):
    lines = dice.choice(form.parts)[0]
    at = dice.randrange(len(lines))
    name, _, value = lines[at].partition(b": ")
    lines[at] = dice.choice(
        (
            name.lower() + b": " + value,
            name.upper() + b": " + value,
            name + b":" + value,
            name + b" : " + value,
            b" " + lines[at],
            name + b":\t" + value,
            name + b": " + value + b" \t",
            name + b":\r\n " + value,
            name + value,
            name + b"\t:" + value,
            name + b"\0: " + value,
            b": " + value,
            name[:-1] + b": " + value,
            name + b"::" + value,
            b"\xc3\xa9" + name + b": " + value,
        )
    )


def folded(dice, form):
    lines = dice.choice(form.parts)[0]
    at = dice.randrange(len(lines))
    places = [found.start() for found in re.finditer(rb"[ ;=]", lines[at])] or [0]
    place = dice.choice(places) + dice.randrange(2)
    lines[at] = (
        lines[at][:place]
        + dice.choice((b"\r\n ", b"\r\n\t", b"\r\n", b"\n ", b"\r\n  \r\n "))
        + lines[at][place:]
    )


def disposition_spelling(dice, form):
    name = dice.choice(
        (
            b"image_target",
            b"service_choice",
            b"x",
            b"",
            b'a"b',
            b'a\\"b',
            b"a\\\\b",
            b"%22",
            b"\xc3\xa9",
            b"\xff",
            b"a;b",
            b"a=b",
            b"a b",
            b"a.b",
            b"a[b]",
            b"a\0b",
            b"a\rb",
            b'"',
            b"\\",
            b"a\tb",
            b"=?utf-8?q?a?=",
            b"a'b",
            b"a,b",
            b"a\\",
            b"name",
        )
    )
    lines = dice.choice(form.parts)[0]
    at = next(i for i, one in enumerate(lines) if b"isposition" in one)
    lines[at] = dice.choice(
        (
            disposition(b'"%s"' % name),
            disposition(name),
            disposition(b'"%s"' % name, b'; filename="%s"' % name),
            disposition(b'"%s"' % name, b";filename=" + name),
            disposition(b"'%s'" % name),
            disposition(b'"%s"' % name, b'; name="y"'),
            disposition(b'"%s"' % name, b'; filename=""'),
            disposition(b'"%s"' % name, b"; filename*=UTF-8''%e2%82%ac.jpg"),
            disposition(b'"%s"' % name, b"; filename*=UTF-8''%zz; filename=\"a\""),
            disposition(b'"%s"' % name, b'; filename*0="a"; filename*1="b"'),
            b"Content-Disposition: form-data; name*=utf-8''" + name,
            b'Content-Disposition: form-data; name*0="' + name + b'"; name*1="z"',
            b'Content-Disposition: form-data; filename="f"; name="%s"' % name,
            b'Content-Disposition: form-data; NAME="%s"' % name,
            b"Content-Disposition: form-data; name",
            b'Content-Disposition: form-data;name="%s"' % name,
            b"Content-Disposition: form-data",
            b'Content-Disposition: attachment; name="%s"' % name,
            b'Content-Disposition: name="%s"' % name,
            b'Content-Disposition: FORM-DATA; name="%s"' % name,
            b'Content-Disposition: form-data; name="%s"x' % name,
            b'Content-Disposition: form-data, name="%s"' % name,
            b'Content-Disposition: form-data name="%s"' % name,
            b'Content-Disposition: form-data; name = "%s"' % name,
            b'Content-Disposition: form-data; name="%s" ;' % name,
            b'Content-Disposition: form-data; ; name="%s"' % name,
            b'Content-Disposition: form-data; xname="%s"' % name,
            b'Content-Disposition: form-data; name="%s' % name,
            b'Content-Disposition: ; name="%s"' % name,
            b'Content-Disposition: form-data; x="; name=z"; name="%s"' % name,
            b'Content-Disposition: "form-data"; name="%s"' % name,
        )
    )


def more_headers(dice, form):
    lines = dice.choice(form.parts)[0]
    lines.insert(
        dice.randrange(len(lines) + 1),
        dice.choice(
            (
                b"Content-Transfer-Encoding: base64",
                b"Content-Transfer-Encoding: quoted-printable",
                b"Content-Transfer-Encoding: 8bit",
                b"Content-Type: text/plain; charset=utf-16",
                b"Content-Type: multipart/mixed; boundary=inner",
                b'Content-Type: text/plain; charset="x',
                b"Content-Type: message/rfc822",
                b"Content-Type:",
                b"Content-Length: 1",
                b"Content-Length: -1",
                b"Content-Length: 99999",
                b"X: " + b"y" * 2000,
                b"X-Empty:",
                b"x",
                b":",
                b" folded first",
                b'Content-Disposition: form-data; name="other"',
                b'Content-Disposition: form-data; name="x"',
                b"Content-Type: application/json",
                b"X: a\0b",
                b"X: \x01",
                b"X: \xff",
                b"Content-Encoding: gzip",
            )
        ),
    )


def part_bytes(dice, form):
    b = form.boundary
    part = dice.choice(form.parts)
    part[1] = dice.choice(
        (
            b"",
            b"\r\n",
            b"\n",
            b"\r",
            b"-",
            b"--",
            b"--" + b,
            b"x--" + b,
            b"\n--" + b,
            b"\n--" + b + b"\n",
            b"\r--" + b,
            b"x\r\n--" + b[:-1],
            b"\r\n--" + b + b"x",
            b"x\r\n--" + b + b"\r",
            b"\0",
            b"12\r\n",
            b"\r\n-" + b,
            b"\r\n--\r\n--",
            b"x" * 5000,
            b"MTI=",
            b"=31=32",
            b"\xff\xfe1\x002\0",
            b"\r\n--" + b + b"-\r\n",
            b"\r\n--" + b + b"--",
            b"x\r\n--" + b + b" ",
            b"\r\r\n--" + b,
            b"\xc3\xa9",
            b"a=b&c=d",
        )
    )


def part_count(dice, form):
    which = dice.randrange(6)
    if which == 0:
        form.parts = []
    elif which == 1:
        form.parts = form.parts[:1]
    elif which == 2:
        form.parts += [[list(lines), value] for lines, value in form.parts]
    elif which == 3:
        form.parts.append([[disposition(b'"more"')], b""])
    elif which == 4:
        form.parts += [
            [[disposition(b'"p%d"' % i)], b"%d" % i] for i in range(dice.choice((3, 20)))
        ]
    else:
        form.parts.insert(dice.randrange(3), [[], b"a part without headers"])


def nested(dice, form):
    inner = b"inner" if dice.randrange(2) else form.boundary + b"x"
    part = [disposition(b'"files"'), b"Content-Type: multipart/mixed; boundary=" + inner]
    value = b'--%s\r\nContent-Disposition: file; filename="a"\r\n\r\n1\r\n--%s--' % (inner, inner)
    form.parts.insert(dice.randrange(len(form.parts) + 1), [part, value])


STRUCTURED = (
    boundary_spelling,
    boundary_spelling,
    type_spelling,
    boundary_letters,
    delimiter_lines,
    last_line,
    line_ends,
    one_line_end,
    around,
    around,
    header_name,
    header_name,
    folded,
    disposition_spelling,
    disposition_spelling,
    disposition_spelling,
    more_headers,
    more_headers,
    part_bytes,
    part_bytes,
    part_count,
    nested,
)
PIECES = (
    b"\r",
    b"\n",
    b"\r\n",
    b"\0",
    b" ",
    b"\t",
    b'"',
    b"\\",
    b";",
    b"=",
    b"--",
    b":",
    b"\xc3\xa9",
)
