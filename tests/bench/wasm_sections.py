# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The little that the benchmarks must know of the binary format: sections and data segments, to measure
what packing added, and to make the modules that packed ones are compared with.
Specification: https://webassembly.github.io/spec/core/binary/modules.html
Tested by tests/bench/bench --quick, which runs all of it.
"""

CUSTOM, CODE, DATA, DATA_COUNT = 0, 10, 11, 12


def read_leb(data, at):
    """An unsigned LEB128 number at an offset: (value, offset after it)."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def leb(value):
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def sections(module):
    """(id, start and end of the contents) of each section."""
    found, at = [], 8
    while at < len(module):
        kind = module[at]
        size, at = read_leb(module, at + 1)
        found.append((kind, at, at + size))
        at += size
    return found


def section_size(module, wanted):
    return sum(end - start for kind, start, end in sections(module) if kind == wanted)


def skip_expression(module, at):
    """The offset after a constant expression of the kind that offsets of segments are."""
    while True:
        opcode = module[at]
        at += 1
        if opcode == 0x0B:
            return at
        if opcode in (0x23, 0x41, 0x42):  # global.get, i32.const, i64.const: a LEB
            while module[at] >= 0x80:
                at += 1
            at += 1
        elif opcode not in (0x6A, 0x6B, 0x6C):
            raise ValueError(f"constant expression with opcode {opcode:#x}")


def passive_segments(module):
    """(start, size) of the bytes of each passive data segment."""
    found = []
    for kind, at, _ in sections(module):
        if kind != DATA:
            continue
        count, at = read_leb(module, at)
        for _ in range(count):
            flags, at = read_leb(module, at)
            if flags == 2:
                _, at = read_leb(module, at)
            if flags != 1:
                at = skip_expression(module, at)
            size, at = read_leb(module, at)
            if flags == 1:
                found.append((at, size))
            at += size
    return found


def with_passive_segment(module, contents, replace=False):
    """The module with one more passive data segment, or with this one in the place of all it had."""
    out = bytearray(module[:8])
    for kind, start, end in sections(module):
        body = module[start:end]
        if kind == DATA_COUNT:
            continue  # written before the code
        if kind == CODE:
            count = 0 if replace else sum(read_leb(module, s)[0] for k, s, _ in sections(module) if k == DATA)
            out += bytes([DATA_COUNT]) + leb(len(leb(count + 1))) + leb(count + 1)
        if kind == DATA:
            count, at = read_leb(body, 0)
            before = b"" if replace else body[at:]
            head = leb(1 if replace else count + 1) + before + b"\x01" + leb(len(contents))
            out += bytes([DATA]) + leb(len(head) + len(contents)) + head + contents
        else:
            out += bytes([kind]) + leb(len(body)) + body
    return bytes(out)
