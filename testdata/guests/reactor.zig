// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//! walk.zig as a reactor; reactor.c says what it does.

const std = @import("std");
const walk = @import("walk.zig");

export fn digest() u32 {
    return walk.digestOf("static") catch |err| walk.fail("static", @errorName(err));
}

export fn grow() u32 {
    return @intCast(walk.growBy(64));
}

export fn check() u32 {
    walk.checkGrowth();
    return 1;
}

/// The adapter asks for memory by this, in the middle of a call.
export fn cabi_realloc(old: ?[*]u8, old_size: usize, alignment: usize, size: usize) ?[*]u8 {
    const block = std.heap.wasm_allocator.rawAlloc(size, .fromByteUnits(alignment), @returnAddress()) orelse return null;
    if (old) |bytes| @memcpy(block[0..@min(old_size, size)], bytes[0..@min(old_size, size)]);
    return block;
}
