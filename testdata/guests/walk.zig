// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//! The walking guest in Zig, without a libc; walk.c says what it does. Zig's standard library takes descriptor 3 as its
//! working directory and knows no absolute paths: a program looks its preopens up by itself, as `open_absolute` does.

const std = @import("std");

const chunk_size = 4093;
const block_size = 8 << 20;
const allocator = std.heap.wasm_allocator;

var digest = std.hash.Crc32.init();
var entries: usize = 0;
var total: usize = 0;
var grow_target: usize = 0;
var blocks: [256][]u8 = undefined;
var grown: usize = 0;

fn say(comptime format: []const u8, values: anytype) void {
    var buffer: [8192]u8 = undefined;
    const text = std.fmt.bufPrint(&buffer, format, values) catch unreachable;
    _ = std.posix.write(1, text) catch {};
}

pub fn fail(path: []const u8, what: []const u8) noreturn {
    say("FAIL {s}: {s}\n", .{ path, what });
    std.process.exit(1);
}

fn addHeader(kind: u8, path: []const u8, size: u64) void {
    digest.update(&.{ kind, 0 });
    digest.update(path);
    digest.update(&.{0});
    digest.update(std.mem.asBytes(&std.mem.nativeToLittle(u64, size)));
    entries += 1;
}

fn growSome() void {
    if (grown * (block_size >> 20) >= grow_target) return;
    const block = allocator.alloc(u8, block_size) catch fail("grow", "alloc");
    var i: usize = 0;
    while (i < block_size) : (i += 61) block[i] = @truncate(i + grown);
    blocks[grown] = block;
    grown += 1;
}

pub fn checkGrowth() void {
    for (blocks[0..grown], 0..) |block, n| {
        var i: usize = 0;
        while (i < block_size) : (i += 61) {
            if (block[i] != @as(u8, @truncate(i + n))) fail("grow", "memory was overwritten");
        }
    }
}

const Entry = struct { name: []u8, kind: std.fs.File.Kind };

fn lessThan(_: void, a: Entry, b: Entry) bool {
    return std.mem.lessThan(u8, a.name, b.name);
}

/// A directory's entries, sorted. The kind is readdir's, since Zig's Dir.statFile follows links.
fn list(dir: std.fs.Dir) ![]Entry {
    var found: std.ArrayList(Entry) = .empty;
    var it = dir.iterate();
    while (try it.next()) |entry| {
        try found.append(allocator, .{ .name = try allocator.dupe(u8, entry.name), .kind = entry.kind });
    }
    std.mem.sort(Entry, found.items, {}, lessThan);
    return found.toOwnedSlice(allocator);
}

fn readFile(dir: std.fs.Dir, name: []const u8, path: []const u8, size: usize) !void {
    const file = try dir.openFile(name, .{});
    defer file.close();
    const stat = try file.stat();
    if (stat.kind != .file or stat.size != size) fail(path, "fstat");

    const content = try allocator.alloc(u8, size + chunk_size);
    defer allocator.free(content);
    var done: usize = 0;
    while (true) {
        const n = try file.read(content[done..][0..chunk_size]);
        if (n == 0) break;
        done += n;
        if (done > size) fail(path, "longer than its size");
    }
    if (done != size) fail(path, "shorter than its size");

    const middle = size / 2;
    if (try file.getEndPos() != size) fail(path, "getEndPos");
    try file.seekTo(middle);
    var piece: [256]u8 = undefined;
    const n = try file.read(&piece);
    if (!std.mem.eql(u8, piece[0..n], content[middle..][0..n])) fail(path, "read after a seek");
    const m = try file.pread(&piece, middle);
    if (m != n or !std.mem.eql(u8, piece[0..m], content[middle..][0..m])) fail(path, "pread");
    if (try file.getPos() != middle + n) fail(path, "tell");

    digest.update(content[0..size]);
    total += size;
}

fn walk(dir: std.fs.Dir, path: []const u8) !void {
    for (try list(dir)) |entry| {
        const name = entry.name;
        const child = if (path.len == 0) name else try std.fmt.allocPrint(allocator, "{s}/{s}", .{ path, name });
        switch (entry.kind) {
            .directory => {
                addHeader('d', child, 0);
                var sub = try dir.openDir(name, .{ .iterate = true });
                defer sub.close();
                try walk(sub, child);
            },
            .file => {
                const size: usize = @intCast((try dir.statFile(name)).size);
                addHeader('f', child, size);
                try readFile(dir, name, child, size);
            },
            .sym_link => {
                var buffer: [4096]u8 = undefined;
                const target = try dir.readLink(name, &buffer);
                addHeader('l', child, target.len);
                digest.update(target);
            },
            else => fail(child, "of no known kind"),
        }
        growSome();
    }
}

/// The CRC of a directory.
pub fn digestOf(path: []const u8) !u32 {
    digest = std.hash.Crc32.init();
    var dir = try std.fs.cwd().openDir(path, .{ .iterate = true });
    defer dir.close();
    try walk(dir, "");
    return digest.final();
}

/// Takes so many MB more; returns how much there is now.
pub fn growBy(more: usize) usize {
    grow_target += more;
    while (grown * (block_size >> 20) < grow_target) growSome();
    return grow_target;
}

fn printFirstLine(label: []const u8, file: std.fs.File) !void {
    defer file.close();
    var buffer: [4096]u8 = undefined;
    const n = try file.read(&buffer);
    const end = std.mem.indexOfScalar(u8, buffer[0..n], '\n') orelse n;
    say("{s} {s}\n", .{ label, buffer[0..end] });
}

fn openAbsolute(preopens: std.fs.wasi.Preopens, path: []const u8) !std.fs.File {
    const root = std.fs.Dir{ .fd = preopens.find("/") orelse fail(path, "no preopen /") };
    return root.openFile(path[1..], .{});
}

fn isMissing(result: anyerror!std.fs.File) bool {
    if (result) |file| {
        file.close();
        return false;
    } else |err| return err == error.FileNotFound;
}

pub fn main() !void {
    const args = try std.process.argsAlloc(allocator);
    const root = args[1];
    if (args.len > 3) grow_target = try std.fmt.parseInt(usize, args[3], 10);
    const preopens = try std.fs.wasi.preopensAlloc(allocator);

    const crc = try digestOf(root[1..]);
    checkGrowth();
    say("digest {x:0>8} entries {d} bytes {d}\n", .{ crc, entries, total });

    const file = try std.fmt.allocPrint(allocator, "{s}/{s}", .{ root, args[2] });
    try printFirstLine("relative", try std.fs.cwd().openFile(file[1..], .{}));
    try printFirstLine("absolute", try openAbsolute(preopens, file));

    const top = std.fs.Dir{ .fd = preopens.find("/") orelse fail("/", "no preopen /") };
    say("root ", .{});
    for (try list(top), 0..) |entry, i| say("{s}{s}", .{ if (i > 0) "," else "", entry.name });
    say("\n", .{});

    const missing = try std.fmt.allocPrint(allocator, "{s}/no/such/file", .{root[1..]});
    const both = isMissing(std.fs.cwd().openFile(missing, .{})) and isMissing(openAbsolute(preopens, "/no-such-file-at-all"));
    say("missing {s}\n", .{if (both) "ENOENT" else "WRONG"});
    if (grow_target > 0) say("grown {d}\n", .{grown * (block_size >> 20)});
}
