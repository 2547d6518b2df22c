"""The operators: what is changed, one row each. A row names the operator, the kind of node it reads,
and the function that changes the node. A function returns a list of changes (Edit without a number),
or nothing where the node does not fit. Text in an edit may hold {n}, the number of the mutant.

An edit only inserts text and replaces operators, so edits nest. The original stays in place, and
each operand is written once: the operands get names in a statement expression of GNU C."""

from collections import namedtuple

# insert before START and behind END; swaps: (start, end, text) in between. width orders two edits
# of the same place: the wider one is outside.
Edit = namedtuple("Edit", "start end before behind swaps width")
Operator = namedtuple("Operator", "name kind function what")

# An operand is one of an assignment: a truth whose sign was changed is a truth no more.
STATEMENT = OPERAND = 3
VALUE, INNER = 2, 1
BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
RELATIONS = set(BOUNDARY) | {"==", "!="}
# Calls whose loss changes nothing but a promise to the reader, or what is never true.
NO_STATEMENT = ("assert(", "va_start(", "va_end(", "va_copy(")


def around(node, before, behind, width=INNER, swaps=()):
    return [Edit(node.start, node.end, before, behind, list(swaps), width)]


def operands(node, tail):
    """Left and right operand get the names l_N and r_N; tail is the value."""
    return around(node, "({{ __auto_type l_{n} = (", "); %s; }})" % tail, INNER,
                  [(*node.op_range, "); __auto_type r_{n} = (")])


def relation_boundary(node):
    if node.op not in BOUNDARY:
        return None
    new = BOUNDARY[node.op]
    return operands(node, "ailab_m({n}, (l_{n} %s r_{n}) != (l_{n} %s r_{n})) ? l_{n} %s r_{n} : l_{n} %s r_{n}"
                    % (new, node.op, new, node.op))


def relation_negated(node):
    return around(node, "((", ") != ailab_m({n}, 1))", VALUE) if node.op in RELATIONS else None


def logical_swapped(node):
    if node.op not in ("&&", "||"):
        return None
    goes_on = "!=" if node.op == "&&" else "=="
    return around(node, "({{ int l_{n} = !!(", ") : l_{n}; }})", INNER,
                  [(*node.op_range, "); (l_{n} %s ailab_m({n}, 1)) ? !!(" % goes_on)])


def condition_negated(node):
    """A condition, or an operand of && and ||, that is no relation: those have a row of their own."""
    return around(node, "(!!(", ") != ailab_m({n}, 1))", VALUE) if node.is_truth else None


def constant_up(node):
    return around(node, "(", " + ailab_m({n}, 1))") if node.is_number else None


def constant_down(node):
    return around(node, "(", " - ailab_m({n}, 1))") if node.is_number and node.value else None


def constant_flipped(node):
    return around(node, "(", " != ailab_m({n}, 1))") if node.text in ("true", "false") else None


def sum_swapped(node):
    if node.op not in ("+", "-") or not node.right_is_integer:
        return None
    new = "-" if node.op == "+" else "+"
    return operands(node, "ailab_m({n}, r_{n} != 0) ? l_{n} %s r_{n} : l_{n} %s r_{n}" % (new, node.op))


def sum_assignment_swapped(node):
    if node.op not in ("+=", "-=") or not node.right_is_integer:
        return None
    return [Edit(node.right_start, node.end, "({{ __auto_type r_{n} = (",
                 "); ailab_m({n}, r_{n} != 0) ? -(long long)r_{n} : r_{n}; }})", [], OPERAND)]


def step_swapped(node):
    """x++ and its sisters, but not in the head of a for loop: that would never end."""
    if node.op not in ("++", "--") or node.in_for_head:
        return None
    new, first = "--" if node.op == "++" else "++", node.op_range[0] == node.start
    this, that = ("%s*p_{n}", "%s*p_{n}") if first else ("(*p_{n})%s", "(*p_{n})%s")
    value = "ailab_m({n}, 1) ? %s : %s" % (this % new, that % node.op)
    before, behind = "({{ __auto_type p_{n} = &(", "); %s; }})" % value
    return [Edit(node.start, node.end, before if not first else "", behind if first else "",
                 [(*node.op_range, before if first else behind)], INNER)]


def deleted(node):
    if node.text.startswith(NO_STATEMENT):
        return None
    return around(node, "(ailab_m({n}, 1) ? (void)0 : (void)(", "))", STATEMENT)


def call_deleted(node):
    return deleted(node) if node.is_statement and node.is_call else None


def assignment_deleted(node):
    return deleted(node) if node.is_statement and node.is_assignment else None


def jump_deleted(node):
    """return without a value, break, continue, goto; with the semicolon."""
    if not node.is_jump or node.semicolon is None:
        return None
    return [Edit(node.start, node.semicolon, "{{ if (!ailab_m({n}, 1)) ", " }}", [], STATEMENT)]


def returned(node, changed, differs="1"):
    return [Edit(node.value_start, node.end, "({{ __auto_type v_{n} = (",
                 "); ailab_m({n}, %s) ? %s : v_{n}; }})" % (differs, changed), [], STATEMENT)]


def return_zero(node):
    if node.returns == "pointer" and node.value_text != "NULL":
        return returned(node, "(void *)0", "v_{n} != 0")
    if node.returns == "integer" and node.value_text != "0":
        return returned(node, "0", "v_{n} != 0")
    return None


def return_one(node):
    if node.returns != "integer" or node.value_text == "1":
        return None
    return returned(node, "1", "v_{n} != 1")


def return_flipped(node):
    return returned(node, "!v_{n}") if node.returns == "bool" else None


def return_neighbour(node):
    if node.returns != "enum":
        return None
    first, last = node.enum_range
    if first == last:
        return None
    return returned(node, "(v_{n} == %s ? %s : v_{n} + 1)" % (last, first))


OPERATORS = [
    Operator("relation-boundary", "binary", relation_boundary, "< and <=, > and >= are exchanged"),
    Operator("relation-negated", "binary", relation_negated, "a relation says the opposite"),
    Operator("logical-swapped", "binary", logical_swapped, "&& and || are exchanged"),
    Operator("condition-negated", "truth", condition_negated, "a condition, or an operand of && and ||, says the opposite"),
    Operator("constant-up", "number", constant_up, "a number or a character is one more"),
    Operator("constant-down", "number", constant_down, "a number is one less"),
    Operator("constant-flipped", "number", constant_flipped, "true and false are exchanged"),
    Operator("sum-swapped", "binary", sum_swapped, "+ and - are exchanged"),
    Operator("sum-assignment-swapped", "binary", sum_assignment_swapped, "+= and -= are exchanged"),
    Operator("step-swapped", "unary", step_swapped, "++ and -- are exchanged"),
    Operator("call-deleted", "statement", call_deleted, "a statement that is a call is gone"),
    Operator("assignment-deleted", "statement", assignment_deleted, "a statement that is an assignment is gone"),
    Operator("jump-deleted", "jump", jump_deleted, "return, break, continue or goto is gone"),
    Operator("return-zero", "return", return_zero, "a number returned is 0, a pointer NULL"),
    Operator("return-one", "return", return_one, "a number returned is 1"),
    Operator("return-flipped", "return", return_flipped, "a truth returned is the opposite"),
    Operator("return-neighbour", "return", return_neighbour, "an enumerator returned is the next one"),
]
