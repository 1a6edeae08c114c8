"""Rows of many costs, one lane for each origin, handled as one wide number.

A sweep carries the costs of many origins side by side. Whether a compiler turns a loop over such a row into
wide instructions depends on its mood and on the length of the row, so the few operations that matter are
given to it as vector code; it then cuts them to whatever registers the machine has. The length of the row
is the length of the tuple ``lanes``, known when a kernel is compiled; a stack of rows is an array of shape
(rows, lanes).
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from __future__ import annotations

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic

__all__ = [
    "BLOCK",
    "LINE",
    "add_within",
    "copy_row",
    "new_row",
    "relax_row",
    "row_within",
    "set_row",
    "settle",
    "turn_block",
]

BLOCK = 16
"""Rows and columns that `turn_block` turns at once."""

LINE = 64
"""Bytes that go to memory at once, and to which an answer's lines are aligned."""


def _data(context, builder, kind, value):
    return context.make_array(kind)(context, builder, value).data


def _vector(builder, data, element, index, count):
    """Pointer to the row that starts at ``index * count``."""
    place = builder.mul(index, ir.Constant(index.type, count))
    return builder.bitcast(builder.gep(data, [place]), ir.VectorType(element, count).as_pointer())


def _load(builder, pointer, element):
    loaded = builder.load(pointer)
    loaded.align = element.width // 8 if isinstance(element, ir.IntType) else 8
    return loaded


def _store(builder, value, pointer, element):
    builder.store(value, pointer, align=element.width // 8 if isinstance(element, ir.IntType) else 8)


def _splat(builder, value, count):
    vector = ir.VectorType(value.type, count)
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    mask = ir.Constant(ir.VectorType(ir.IntType(32), count), [0] * count)
    return builder.shuffle_vector(first, ir.Constant(vector, ir.Undefined), mask)


@intrinsic
def relax_row(typing, stack, level, arc_level, arc_weight, first, last, lanes):
    """Least of ``stack[level]`` and ``stack[arc_level[a]] + arc_weight[a]`` over the arcs first to last - 1."""
    signature = types.void(stack, types.intp, arc_level, arc_weight, types.intp, types.intp, lanes)

    def generate(context, builder, signature, arguments):
        element = context.get_data_type(stack.dtype)
        rows = _data(context, builder, stack, arguments[0])
        own = _vector(builder, rows, element, arguments[1], lanes.count)
        known = _load(builder, own, element)
        _relax(context, builder, signature, rows, known, own, arguments[2:6])
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def new_row(typing, stack, level, far, arc_level, arc_weight, first, last, lanes):
    """As `relax_row` for two arcs or more, where ``stack[level]`` is ``far`` in every lane, whatever is there."""
    signature = types.void(
        stack, types.intp, stack.dtype, arc_level, arc_weight, types.intp, types.intp, lanes
    )

    def generate(context, builder, signature, arguments):
        element = context.get_data_type(stack.dtype)
        rows = _data(context, builder, stack, arguments[0])
        own = _vector(builder, rows, element, arguments[1], lanes.count)
        known = _splat(builder, arguments[2], lanes.count)
        _relax(context, builder, signature, rows, known, own, arguments[3:7], 2)
        return context.get_dummy_value()

    return signature, generate


def _relax(context, builder, signature, rows, known, own, arcs, at_least=0):
    """Take the arcs (levels, weights, first, last) into a row that is kept in registers, and store it.

    The first ``at_least`` of them are taken without asking whether they are there.
    """
    count, element = known.type.count, known.type.element
    level_kind, weight_kind = signature.args[-5:-3]
    levels, weights = (
        _data(context, builder, level_kind, arcs[0]),
        _data(context, builder, weight_kind, arcs[1]),
    )
    start, stop = arcs[2], arcs[3]
    step = ir.Constant(start.type, 1)

    def taken(arc, known):
        above = builder.zext(builder.load(builder.gep(levels, [arc])), start.type)
        from_above = _load(builder, _vector(builder, rows, element, above, count), element)
        weight = _splat(builder, builder.load(builder.gep(weights, [arc])), count)
        through = builder.add(from_above, weight)
        return builder.select(builder.icmp_signed("<", through, known), through, known)

    for _ in range(at_least):
        known = taken(start, known)
        start = builder.add(start, step)
    best = cgutils.alloca_once_value(builder, known)
    with cgutils.for_range_slice(builder, start, stop, step, start.type) as (arc, _):
        builder.store(taken(arc, builder.load(best)), best)
    _store(builder, builder.load(best), own, element)


@intrinsic
def row_within(typing, stack, level, limit, lanes):
    """Whether any lane of ``stack[level]`` is at most ``limit``."""
    count = lanes.count
    signature = types.boolean(stack, types.intp, stack.dtype, lanes)

    def generate(context, builder, signature, arguments):
        element = context.get_data_type(stack.dtype)
        rows = _data(context, builder, stack, arguments[0])
        row = _load(builder, _vector(builder, rows, element, arguments[1], count), element)
        inside = builder.icmp_signed("<=", row, _splat(builder, arguments[2], count))
        bits = builder.bitcast(inside, ir.IntType(count))
        return builder.icmp_unsigned("!=", bits, ir.Constant(bits.type, 0))

    return signature, generate


@intrinsic
def set_row(typing, stack, level, value, lanes):
    """``stack[level] = value`` in every lane."""
    count = lanes.count
    signature = types.void(stack, types.intp, stack.dtype, lanes)

    def generate(context, builder, signature, arguments):
        element = context.get_data_type(stack.dtype)
        rows = _data(context, builder, stack, arguments[0])
        pointer = _vector(builder, rows, element, arguments[1], count)
        _store(builder, _splat(builder, arguments[2], count), pointer, element)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def add_within(typing, stack, level, limit, sums, row, value, lanes):
    """``sums[row] += value`` in the lanes where ``stack[level]`` is at most ``limit``."""
    count = lanes.count
    signature = types.void(stack, types.intp, stack.dtype, sums, types.intp, sums.dtype, lanes)
    is_float = isinstance(sums.dtype, types.Float)

    def generate(context, builder, signature, arguments):
        element = context.get_data_type(stack.dtype)
        total = context.get_data_type(sums.dtype)
        rows = _data(context, builder, stack, arguments[0])
        costs = _load(builder, _vector(builder, rows, element, arguments[1], count), element)
        inside = builder.icmp_signed("<=", costs, _splat(builder, arguments[2], count))
        pointer = _vector(builder, _data(context, builder, sums, arguments[3]), total, arguments[4], count)
        so_far = _load(builder, pointer, total)
        more = _splat(builder, arguments[5], count)
        grown = builder.fadd(so_far, more) if is_float else builder.add(so_far, more)
        _store(builder, builder.select(inside, grown, so_far), pointer, total)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def copy_row(typing, stack, level, rows, row, lanes):
    """``rows[row] = stack[level]``."""
    signature = types.void(stack, types.intp, rows, types.intp, lanes)

    def generate(context, builder, signature, arguments):
        element = context.get_data_type(stack.dtype)
        source, target = (
            _data(context, builder, stack, arguments[0]),
            _data(context, builder, rows, arguments[2]),
        )
        costs = _load(builder, _vector(builder, source, element, arguments[1], lanes.count), element)
        _store(builder, costs, _vector(builder, target, element, arguments[3], lanes.count), element)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def turn_block(typing, rows, slot, first, lane, limit, out, start, base):
    """Turn 16 nodes by 16 lanes into aligned lines of the answer; costs above ``limit`` become -1.

    ``out.flat[start[lane + j] + base + i] = rows[slot[first + i], lane + j]``.
    """
    signature = types.void(rows, slot, types.intp, types.intp, rows.dtype, out, start, types.intp)

    def generate(context, builder, signature, arguments):
        first, lane, base = arguments[2], arguments[3], arguments[7]
        element = context.get_data_type(rows.dtype)
        vector = ir.VectorType(element, BLOCK)
        source = context.make_array(rows)(context, builder, arguments[0])
        slots = _data(context, builder, slot, arguments[1])
        width = builder.extract_value(source.shape, 1)
        most = _splat(builder, arguments[4], BLOCK)
        none = ir.Constant(vector, [-1] * BLOCK)
        lines = []
        for i in range(BLOCK):
            row = builder.load(builder.gep(slots, [builder.add(first, ir.Constant(first.type, i))]))
            place = builder.add(builder.mul(builder.sext(row, first.type), width), lane)
            pointer = builder.bitcast(builder.gep(source.data, [place]), vector.as_pointer())
            costs = _load(builder, pointer, element)
            lines.append(builder.select(builder.icmp_signed("<=", costs, most), costs, none))
        # blocks of 1, 2, 4 and 8 change places across the diagonal
        size = 1
        while size < BLOCK:
            lines = _swap_blocks(builder, lines, size)
            size *= 2
        target = _data(context, builder, out, arguments[5])
        starts = _data(context, builder, start, arguments[6])
        for j in range(BLOCK):
            line = builder.load(builder.gep(starts, [builder.add(lane, ir.Constant(lane.type, j))]))
            pointer = builder.bitcast(builder.gep(target, [builder.add(line, base)]), vector.as_pointer())
            _store_past_caches(builder, lines[j], pointer)
        return context.get_dummy_value()

    return signature, generate


def _store_past_caches(builder, value, pointer):
    """Store whole lines of memory that are not read again soon, without reading first what was there."""
    store = builder.store(value, pointer, align=LINE)
    one = ir.Constant(ir.IntType(32), 1)
    store.set_metadata("nontemporal", builder.module.add_metadata([one]))


@intrinsic
def settle(typing):
    """Have all that was stored past the caches seen by other threads."""

    def generate(context, builder, signature, arguments):
        builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.void(), generate


def _swap_blocks(builder, lines, size):
    """Swap the blocks off the diagonal of every 2 x 2 blocks of some size."""
    index = ir.IntType(32)
    near, far = [], []
    for j in range(BLOCK):
        left = (j // size) % 2 == 0
        near.append(j if left else BLOCK + j - size)
        far.append(j + size if left else BLOCK + j)
    masks = [ir.Constant(ir.VectorType(index, BLOCK), mask) for mask in (near, far)]
    swapped = list(lines)
    for k in range(BLOCK):
        if (k // size) % 2 == 0:
            swapped[k] = builder.shuffle_vector(lines[k], lines[k + size], masks[0])
            swapped[k + size] = builder.shuffle_vector(lines[k], lines[k + size], masks[1])
    return swapped
