// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//! The guest that does what its arguments say, in Zig without a libc; files.c says what each does. Relative paths are
//! relative to descriptor 3, which is Zig's working directory. Zig knows no absolute paths: a program looks its preopens up
//! by name, and this one takes the longest that the path begins with.

const std = @import("std");

const allocator = std.heap.wasm_allocator;
var preopens: std.fs.wasi.Preopens = undefined;

fn say(comptime format: []const u8, values: anytype) void {
    var buffer: [8192]u8 = undefined;
    const text = std.fmt.bufPrint(&buffer, format, values) catch unreachable;
    _ = std.posix.write(1, text) catch {};
}

const Place = struct { dir: std.fs.Dir, path: []const u8 };

fn place(path: []const u8) !Place {
    if (path[0] != '/') return .{ .dir = std.fs.cwd(), .path = path };
    var end = path.len;
    while (true) {
        const name = if (end == 0) "/" else path[0..end];
        if (preopens.find(name)) |fd| {
            const rest = std.mem.trimLeft(u8, path[end..], "/");
            return .{ .dir = .{ .fd = fd }, .path = if (rest.len == 0) "." else rest };
        }
        if (end == 0) return error.FileNotFound;
        end = std.mem.lastIndexOfScalar(u8, path[0..end], '/').?;
    }
}

fn lessThan(_: void, a: []const u8, b: []const u8) bool {
    return std.mem.lessThan(u8, a, b);
}

fn printContents(dir: std.fs.Dir, name: []const u8) !void {
    const file = try dir.openFile(name, .{});
    defer file.close();
    var buffer: [4096]u8 = undefined;
    say("{s}\n", .{buffer[0..try file.read(&buffer)]});
}

fn list(at: Place) !void {
    var dir = try at.dir.openDir(at.path, .{ .iterate = true });
    defer dir.close();
    var names: std.ArrayList([]u8) = .empty;
    var it = dir.iterate();
    while (try it.next()) |entry| try names.append(allocator, try allocator.dupe(u8, entry.name));
    std.mem.sort([]u8, names.items, {}, struct {
        fn less(_: void, a: []u8, b: []u8) bool {
            return lessThan({}, a, b);
        }
    }.less);
    say("{s}\n", .{try std.mem.join(allocator, ",", names.items)});
}

fn printStat(at: Place) !void {
    const stat = try at.dir.statFile(at.path);
    if (stat.kind == .directory) say("directory\n", .{}) else say("file {d}\n", .{stat.size});
}

fn writeText(at: Place, text: []const u8) !void {
    const file = try at.dir.createFile(at.path, .{});
    defer file.close();
    try file.writeAll(text);
    say("ok\n", .{});
}

fn readAt(at: Place, name: []const u8) !void {
    var dir = try at.dir.openDir(at.path, .{});
    defer dir.close();
    try printContents(dir, name);
}

fn printLink(at: Place) !void {
    var buffer: [4096]u8 = undefined;
    say("{s}\n", .{try at.dir.readLink(at.path, &buffer)});
}

fn ok(result: anyerror!void) !void {
    try result;
    say("ok\n", .{});
}

fn run(operation: []const u8, at: Place, second: []const u8) !void {
    if (std.mem.eql(u8, operation, "read")) return printContents(at.dir, at.path);
    if (std.mem.eql(u8, operation, "list")) return list(at);
    if (std.mem.eql(u8, operation, "stat")) return printStat(at);
    if (std.mem.eql(u8, operation, "mkdir")) return ok(at.dir.makeDir(at.path));
    if (std.mem.eql(u8, operation, "unlink")) return ok(at.dir.deleteFile(at.path));
    if (std.mem.eql(u8, operation, "rmdir")) return ok(at.dir.deleteDir(at.path));
    if (std.mem.eql(u8, operation, "readlink")) return printLink(at);
    if (std.mem.eql(u8, operation, "write")) return writeText(at, second);
    if (std.mem.eql(u8, operation, "at")) return readAt(at, second);
    const to = try place(second);
    return ok(std.fs.rename(at.dir, at.path, to.dir, to.path));
}

/// WASI's number of an error, as far as these operations have it.
fn number(err: anyerror) u16 {
    return switch (err) {
        error.FileNotFound => 44,
        error.NotDir => 54,
        error.IsDir => 31,
        error.ReadOnlyFileSystem => 69,
        error.PathAlreadyExists => 20,
        error.DirNotEmpty => 55,
        error.NotLink => 28,
        error.RenameAcrossMountPoints => 75,
        error.PermissionDenied => 63,
        error.AccessDenied => 76,
        error.SymLinkLoop => 32,
        else => 0,
    };
}

pub fn main() !void {
    const args = try std.process.argsAlloc(allocator);
    preopens = try std.fs.wasi.preopensAlloc(allocator);
    var i: usize = 1;
    while (i + 1 < args.len) {
        const operation = args[i];
        const wide = for ([_][]const u8{ "write", "rename", "at" }) |name| {
            if (std.mem.eql(u8, operation, name)) break true;
        } else false;
        const second: []const u8 = if (wide) args[i + 2] else "";
        const result = if (place(args[i + 1])) |at| run(operation, at, second) else |err| err;
        result catch |err| {
            const n = number(err);
            if (n != 0) say("errno {d}\n", .{n}) else say("error {s}\n", .{@errorName(err)});
        };
        i += if (wide) 3 else 2;
    }
}
