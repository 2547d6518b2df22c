"""Reads a C file with libclang and lists its mutants. Only code that stands in the file itself is
changed: what a macro made is left alone, its arguments are not. Constant expressions (case labels,
sizes of arrays, static initialisers) stay too: a mutant that is chosen at run time cannot be one."""

import collections
import ctypes
import hashlib
import re

import clang.cindex as cindex
from clang.cindex import CursorKind as K, TypeKind as T

from operators import OPERATORS, RELATIONS, Edit

Mutant = collections.namedtuple("Mutant", "id file function operator line text edit")

BINARY = {K.BINARY_OPERATOR, K.COMPOUND_ASSIGNMENT_OPERATOR}
JUMPS = {K.BREAK_STMT, K.CONTINUE_STMT, K.GOTO_STMT}
LEFT_ALONE = {K.CXX_UNARY_EXPR, K.ENUM_DECL, K.STATIC_ASSERT, K.GENERIC_SELECTION_EXPR,
              K.STRUCT_DECL, K.UNION_DECL, K.TYPEDEF_DECL}
INTEGERS = {T.CHAR_S, T.CHAR_U, T.SCHAR, T.UCHAR, T.SHORT, T.USHORT, T.INT, T.UINT, T.LONG, T.ULONG,
            T.LONGLONG, T.ULONGLONG, T.ENUM, T.BOOL}
NUMBER = re.compile(r"^(0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]*$|^'(\\?.|\\x[0-9a-fA-F]+|\\[0-7]+)'$")
COMMENT = re.compile(rb"/\*.*?\*/", re.S)


class Node:
    """What an operator may ask of a place in the file."""
    op = op_range = right_start = semicolon = value_start = enum_range = None
    right_is_integer = is_truth = is_number = in_for_head = False
    is_statement = is_call = is_assignment = is_jump = False
    value, returns, value_text = 0, "", ""

    def __init__(self, reader, start, end):
        self.start, self.end = start, end
        self.text = reader.source[start:end].decode()


class Reader:
    def __init__(self, path, source, arguments):
        self.path, self.source = path, source
        self.unit = cindex.Index.create().parse(path, arguments)
        errors = [d for d in self.unit.diagnostics if d.severity >= cindex.Diagnostic.Error]
        if errors:
            raise RuntimeError("%s: %s" % (path, errors[0].spelling))
        self.found = []   # (operator, node, function)
        self.seen = set()

    def offset(self, location):
        """Where a location stands in the file, also that of a macro's argument; None elsewhere."""
        handle, offset = cindex.c_object_p(), ctypes.c_uint()
        cindex.conf.lib.clang_getFileLocation(location, ctypes.byref(handle), None, None,
                                              ctypes.byref(offset))
        name = cindex.File(handle).name if handle else None
        return offset.value if name == self.path else None

    def span(self, cursor):
        start, end = self.offset(cursor.extent.start), self.offset(cursor.extent.end)
        return (start, end) if start is not None and end is not None and start < end else None

    def between(self, start, end):
        return COMMENT.sub(b" ", self.source[start:end])

    # ---- a node of each kind, and the operators that read it

    def offer(self, kind, node, function):
        for operator in OPERATORS:
            if operator.kind == kind and (operator.name, node.start, node.end) not in self.seen:
                for edit in operator.function(node) or ():
                    self.seen.add((operator.name, node.start, node.end))
                    self.found.append((operator, node, edit, function))

    def node(self, cursor):
        span = self.span(cursor)
        if span is None or b"\n#" in self.source[slice(*span)]:
            return None
        return Node(self, *span)

    def binary(self, cursor, function):
        node, (left, right) = self.node(cursor), list(cursor.get_children())
        left_span, right_span = self.span(left), self.span(right)
        if not node or not left_span or not right_span or left_span[0] != node.start or \
                right_span[1] != node.end or left_span[1] >= right_span[0]:
            return
        gap = self.between(left_span[1], right_span[0])
        if len(gap) != right_span[0] - left_span[1]:
            return  # a comment: rare
        node.op = gap.strip().decode()
        at = left_span[1] + gap.index(gap.strip())
        node.op_range, node.right_start = (at, at + len(node.op)), right_span[0]
        node.right_is_integer = right.type.get_canonical().kind in INTEGERS and \
            left.type.get_canonical().kind in INTEGERS | {T.POINTER, T.CONSTANTARRAY, T.INCOMPLETEARRAY}
        self.offer("binary", node, function)

    def unary(self, cursor, function, in_for_head):
        node, children = self.node(cursor), list(cursor.get_children())
        inner = self.span(children[0]) if len(children) == 1 else None
        if not node or not inner:
            return
        if inner[0] > node.start:
            node.op, node.op_range = self.between(node.start, inner[0]).strip().decode(), (node.start, node.start + 2)
        else:
            node.op, node.op_range = self.between(inner[1], node.end).strip().decode(), (node.end - 2, node.end)
        node.in_for_head = in_for_head
        self.offer("unary", node, function)

    def operator_between(self, children):
        spans = [self.span(child) for child in children]
        if len(spans) != 2 or not all(spans) or spans[0][1] > spans[1][0]:
            return None
        return self.between(spans[0][1], spans[1][0]).strip().decode()

    def truth(self, cursor, function, parent):
        """A leaf of a condition: && and || are walked down, relations are rows of their own."""
        if self.span(cursor) == self.span(parent):
            return  # both in the body of a macro
        inner = cursor
        while inner.kind in (K.PAREN_EXPR, K.UNEXPOSED_EXPR):
            children = list(inner.get_children())
            if len(children) != 1:
                break
            inner = children[0]
        node = self.node(inner)
        if not node:
            return
        if inner.kind == K.BINARY_OPERATOR and \
                self.operator_between(list(inner.get_children())) in RELATIONS | {"&&", "||"}:
            return
        if inner.kind == K.INTEGER_LITERAL or node.text in ("true", "false"):
            return  # while (true)
        node.is_truth = True
        self.offer("truth", node, function)

    def number(self, cursor, function):
        node = self.node(cursor)
        if not node:
            return
        if self.source[:node.start].rstrip().endswith(b"return") and self.source[node.end:node.end + 1] == b";":
            return  # the operators of return change it
        if NUMBER.match(node.text):
            node.is_number = True
            node.value = int(node.text.rstrip("uUlL"), 0) if node.text[0] != "'" and \
                not re.match(r"^0[0-9]", node.text) else 0
        self.offer("number", node, function)

    def statement(self, cursor, function):
        node = self.node(cursor)
        if not node:
            return
        inner, children = cursor, list(cursor.get_children())
        while inner.kind in (K.UNEXPOSED_EXPR, K.CSTYLE_CAST_EXPR) and len(children) == 1:
            inner = children[0]
            children = list(inner.get_children())
        node.is_statement = True
        node.is_call = inner.kind == K.CALL_EXPR
        node.is_assignment = inner.kind == K.COMPOUND_ASSIGNMENT_OPERATOR or \
            inner.kind == K.UNARY_OPERATOR and ("++" in node.text or "--" in node.text) or \
            inner.kind == K.BINARY_OPERATOR and self.operator_between(children) == "="
        self.offer("statement", node, function)

    def jump(self, cursor, function):
        node = self.node(cursor)
        if not node:
            return
        node.is_jump = True
        rest = re.match(rb"\s*;", self.source[node.end:])
        node.semicolon = node.end + rest.end() if rest else None
        self.offer("jump", node, function)

    def result(self, cursor, value, function, kind):
        node, span = self.node(cursor), self.span(value)
        if not node or not span or span[1] != node.end:
            return
        node.value_start, node.value_text = span[0], self.source[span[0]:span[1]].decode()
        canonical = kind.get_canonical()
        if kind.spelling in ("bool", "_Bool") or canonical.kind == T.BOOL:
            node.returns = "bool"
        elif canonical.kind == T.ENUM:
            node.returns = "enum"
            values = [c.enum_value for c in canonical.get_declaration().get_children()]
            node.enum_range = (min(values), max(values)) if values else (0, 0)
        elif canonical.kind == T.POINTER:
            node.returns = "pointer"
        elif canonical.kind in INTEGERS:
            node.returns = "integer"
        self.offer("return", node, function)

    # ---- the walk

    def walk(self, cursor, function, kind, in_for_head=False):
        """Every node below cursor. kind is the type that the function returns."""
        children = list(cursor.get_children())
        what = cursor.kind
        if what in LEFT_ALONE:
            return
        if what == K.VAR_DECL:
            if cursor.storage_class == cindex.StorageClass.STATIC or not self.has_initialiser(cursor, children):
                return
            children = children[-1:]
        elif what == K.CASE_STMT:
            children = children[1:]
        elif what == K.INIT_LIST_EXPR and len(children) == 1 and children[0].kind == K.INTEGER_LITERAL:
            return  # {0}
        elif what in (K.UNEXPOSED_EXPR, K.CSTYLE_CAST_EXPR) and len(children) == 1 and \
                cursor.type.get_canonical().kind == T.POINTER and children[0].kind == K.INTEGER_LITERAL:
            return  # NULL by another name

        if what in BINARY and len(children) == 2:
            self.binary(cursor, function)
        elif what == K.UNARY_OPERATOR:
            self.unary(cursor, function, in_for_head)
        elif what in (K.INTEGER_LITERAL, K.CHARACTER_LITERAL):
            self.number(cursor, function)
        elif what in JUMPS or what == K.RETURN_STMT and not children:
            self.jump(cursor, function)
        elif what == K.RETURN_STMT:
            self.result(cursor, children[0], function, kind)
        for condition in self.conditions(cursor, children):
            self.truth(condition, function, cursor)
        statements = self.statements(cursor, children)
        for child in children:
            if child in statements and child.kind.is_expression():
                self.statement(child, function)
            in_head = in_for_head or what == K.FOR_STMT and child != children[-1]
            self.walk(child, function, kind, in_head and not child.kind.is_statement())

    def has_initialiser(self, cursor, children):
        span = self.span(children[-1]) if children else None
        own = self.span(cursor)
        return bool(span and own and re.search(rb"=\s*$", self.source[own[0]:span[0]]))

    def conditions(self, cursor, children):
        what = cursor.kind
        if what in (K.IF_STMT, K.WHILE_STMT, K.CONDITIONAL_OPERATOR):
            return children[:1]
        if what == K.DO_STMT:
            return children[-1:]
        if what == K.FOR_STMT:
            return [c for c in children[:-1] if self.semicolons_before(cursor, c) == 1]
        if what == K.BINARY_OPERATOR and self.operator_between(children) in ("&&", "||"):
            return children
        return []

    def semicolons_before(self, cursor, child):
        own, span = self.span(cursor), self.span(child)
        return self.between(own[0], span[0]).count(b";") if own and span else -1

    def statements(self, cursor, children):
        what = cursor.kind
        if what == K.COMPOUND_STMT:
            return children
        if what == K.IF_STMT:
            return children[1:]
        if what in (K.FOR_STMT, K.WHILE_STMT):
            return children[-1:]
        if what in (K.CASE_STMT, K.DEFAULT_STMT, K.LABEL_STMT):
            return children
        return children[:1] if what == K.DO_STMT else []

    def read(self):
        for cursor in self.unit.cursor.get_children():
            if cursor.kind == K.FUNCTION_DECL and cursor.is_definition() and self.offset(cursor.location) is not None:
                for child in cursor.get_children():
                    if child.kind == K.COMPOUND_STMT:
                        self.walk(child, cursor.spelling, cursor.result_type)
        return self.found


def mutants_of(name, path, source, arguments):
    """The mutants of a file, in its order. name is its path in the tree. The id is made of what the
    code says, not of where it stands, so that it outlives edits elsewhere in the file."""
    found = sorted(Reader(path, source, arguments).read(),
                   key=lambda f: (f[2].start, -f[2].end, OPERATORS.index(f[0])))
    counts, mutants = collections.Counter(), []
    for operator, node, edit, function in found:
        line = source.count(b"\n", 0, node.start) + 1
        start = source.rfind(b"\n", 0, node.start) + 1
        context = b" ".join(source[start:source.find(b"\n", node.end)].split())
        key = (function, operator.name, node.text, hashlib.sha256(context).hexdigest())
        counts[key] += 1
        digest = hashlib.sha256(repr((key, counts[key])).encode()).hexdigest()[:8]
        text = " ".join(node.text.split())
        mutants.append(Mutant(":".join((name, function, operator.name, digest)), name, function,
                              operator.name, line, text, edit))
    return mutants


def render(source, numbered):
    """The file with these mutants in it: a list of (number, edit)."""
    pieces = []   # (offset, rank, text, length of what it replaces)
    for number, edit in numbered:
        size = edit.end - edit.start
        def put(text):
            return text.format(n=number).encode()
        # At one offset: what ends there comes first, the inner before the outer; then what begins,
        # the outer before the inner; then an operator that is replaced.
        if edit.behind:
            pieces.append((edit.end, (0, size, edit.width, -number), put(edit.behind), 0))
        for start, end, text in edit.swaps:
            pieces.append((start, (3, 0, 0, 0), put(text), end - start))
        if edit.before:
            pieces.append((edit.start, (2, -size, -edit.width, number), put(edit.before), 0))
    out, at = [], 0
    for offset, _, text, length in sorted(pieces):
        out.append(source[at:offset])
        out.append(text)
        at = offset + length
    out.append(source[at:])
    return b"".join(out)
