# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints the results of tests/bench/bench as tables, and beside each limit whether it is kept.

    python table.py RESULTS.json              the same for results that were kept
    python table.py RESULTS.json docs/performance.md    puts them into the document

Limits are those of the project's goals; a row without one is for comparison.
"""
import contextlib
import io
import json
import sys


class Printer:
    def __init__(self, markdown):
        self.markdown = markdown

    def table(self, title, header, rows):
        print(f"\n{'### ' if self.markdown else ''}{title}\n")
        if self.markdown:
            print("| " + " | ".join(header) + " |")
            print("|" + "---|" * len(header))
            for row in rows:
                print("| " + " | ".join(row) + " |")
            return
        widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
        for row in [header, *rows]:
            print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def spread(summary, digits=1):
    return f"{summary['median']:.{digits}f} ({summary['low']:.{digits}f}–{summary['high']:.{digits}f})"


def verdict(kept):
    return "kept" if kept else "MISSED"


PACKING = {  # case: (title, limit text, kept(ms, ratio, peak MiB))
    "ruby_200x8k": ("200 × 8 KB into ruby.wasm", "≤ 3 × or 60 ms", lambda ms, ratio, _: ratio <= 3 or ms <= 60),
    "ruby_in_component": ("the same in a component", "≤ 3 × or 60 ms", lambda ms, ratio, _: ratio <= 3 or ms <= 60),
    "small_10x4k": ("10 files into a small C program", "≤ 25 ms", lambda ms, *_: ms <= 25),
    "small_1000x1m": ("1 GB in 1,000 files", "≤ 1.5 ×, ≤ 64 MiB", lambda _, ratio, mib: ratio <= 1.5 and mib <= 64),
    "small_100000x1k": ("100,000 files of 1 KB", "≤ 1.5 ×", lambda _, ratio, __: ratio <= 1.5),
}
TREES = {"small_10x4k": "10 files of 4 KB", "ruby_200x8k": "200 files of 8 KB", "small_64x1m": "64 files of 1 MB",
         "assets_512m": "512 files of 1 MiB", "small_1000x1m": "1 GB in 1,000 files",
         "small_100000x1k": "100,000 files of 1 KB"}
GUEST = {  # measure: (title, floor measure or None, limit in ns for Wasmtime, for V8)
    "stat_hit": ("stat", "init_28", 120, 250),
    "stat_miss": ("stat of a missing file", None, None, None),
    "open_read_close": ("open + read + close, 4 KB", "init_4k", 400, 500),
    "readdir": ("readdir, per entry of 2,000", None, 250, 900),
    "random_4k": ("random 4 KiB seek + read", "init_4k", 300, 300),
    "seek_read_nothing": ("the same, reading 0 bytes", None, None, None),
    "stream_64k": ("64 KiB streaming read", "init_64k", None, None),
    "grow": ("memory.grow by a page", None, None, None),
    "write_nothing": ("write of 0 bytes to stdout", None, None, None),
    "clock": ("clock_time_get", None, None, None),
}


def print_results(results, markdown=False):
    out = Printer(markdown)
    if "packing" in results:
        rows = []
        for name, case in results["packing"].items():
            title, limit, kept = PACKING[name]
            ms, ratio, mib = case["pack"]["ms"], case["ratio"], case["pack"]["peak_mib"]
            rows.append([title, spread(ms), f"{case['baseline']} {spread(case['copy']['ms'])}", spread(ratio, 2),
                         f"{case['pack']['cpu_ms']['median']:.0f}", f"{mib['median']:.0f}", limit, verdict(kept(ms["median"], ratio["median"], mib["median"]))])
        out.table("Packing, the whole command", ["", "ms", "copy, ms", "ratio", "CPU ms", "peak MiB", "limit", ""], rows)

    rows = []
    for name, threads in results.get("compressed_packing", {}).items():
        for count, case in threads.items():
            mib = case["peak_mib"]["median"]
            rows.append([TREES[name], count, spread(case["ms"], 0), f"{case['cpu_ms']['median']:.0f}", f"{mib:.0f}", "≤ 64 MiB",
                         verdict(mib <= 64)])
    if rows:
        out.table("Packing with --compress=3", ["", "threads", "ms", "CPU ms", "peak MiB", "limit", ""], rows)

    rows = []
    for name, tools in results.get("peers", {}).items():
        for tool, case in tools.items():
            rows.append([TREES[name], tool, spread(case["ms"]), f"{case['cpu_ms']['median']:.0f}",
                         f"{case['peak_mib']['median']:.0f}"])
    if rows:
        out.table("Packing beside other tools, the whole command", ["", "", "ms", "CPU ms", "peak MiB"], rows)

    guest = results.get("guest_ns", {})
    runtimes = [r for r in ("wasmtime", "node24", "node20", "wazero") if f"{r} packed" in guest.get("stat_hit", {})]
    rows = []
    for measure, (title, floor, wasmtime_limit, v8_limit) in GUEST.items():
        for runtime in runtimes:
            columns = guest.get(measure, {})
            packed = columns.get(f"{runtime} packed")
            if packed is None:
                continue
            host, native = columns.get(f"{runtime} host"), columns.get("native")
            bare = guest.get(floor, {}).get(f"{runtime} floor")
            limit = wasmtime_limit if runtime == "wasmtime" else v8_limit if runtime.startswith("node") else None
            text, kept = (f"≤ {limit} ns", verdict(packed["median"] <= limit)) if limit else ("", "")
            if measure == "stream_64k" and bare and runtime != "wazero":
                share = bare["median"] / packed["median"]
                text, kept = "≥ 0.75 of the floor", f"{share:.2f}, {verdict(share >= 0.75)}"
            if measure == "grow" and runtime == "wasmtime" and host:
                more = packed["median"] - host["median"]
                text, kept = "≤ 10 µs over unpacked", f"{more / 1000:+.1f} µs, {verdict(more <= 10000)}"
            rows.append([title, runtime, spread(packed), f"{host['median']:.0f}" if host else "",
                         f"{native['median']:.0f}" if native else "", f"{bare['median']:.0f}" if bare else "", text, kept])
    if rows:
        out.table("In the guest, ns for one operation", ["", "runtime", "packed", "host mount", "native", "floor", "limit", ""],
                  rows)
        if guest.get("stream_64k"):
            speeds = [f"{c} {65536 / s['median']:.1f}" for c, s in [*guest["stream_64k"].items(), *guest["init_64k"].items()]]
            print("\n64 KiB streaming, GB/s: " + ", ".join(speeds))

    forward = results.get("forward_ns", {})
    rows = []
    for runtime in ("wasmtime", "node24", "node20"):
        packed, unpacked = forward.get(f"{runtime} packed"), forward.get(f"{runtime} unpacked")
        if packed and unpacked:
            more = packed["median"] - unpacked["median"]
            rows.append([runtime, spread(unpacked), spread(packed), f"{more:+.1f}", "≤ 10 ns more", verdict(more <= 10)])
    if rows:
        out.table("fd_write to a host that does nothing, ns", ["", "unpacked", "packed", "more", "limit", ""], rows)

    rows = []
    for name, engines in results.get("module_ms", {}).items():
        base = ("the same bytes, inert" if name.endswith("inert") else
                "packed, few assets" if name.startswith("assets") else "unpacked")
        for runtime, whats in engines.items():
            for what, kinds in whats.items():
                if name.startswith("assets") and not name.endswith("inert") and what == "compile_ms":
                    continue  # compiling is compared with the inert segment only
                before, after = kinds["base"]["median"], kinds["packed"]["median"]
                if what == "compile_ms":
                    limit = "≤ 1.05 ×" if base != "unpacked" else "≤ 1.05 × or + 5 ms"
                    kept = after <= before * 1.05 or (base == "unpacked" and after <= before + 5)
                else:
                    limit, kept = "≤ 1.1 ×", after <= before * 1.1
                rows.append([name, runtime, what[:-3], base, spread(kinds["base"], 2), spread(kinds["packed"], 2),
                             f"{after / before:.2f}", limit, verdict(kept)])
    if rows:
        out.table("Compile and instantiate, ms", ["", "runtime", "", "beside", "before", "packed", "ratio", "limit", ""], rows)

    rows = []
    if "size" in results:
        size = results["size"]
        for title, code, limit in (("8 intercepted calls", "", 16384), ("Ruby's 29", "_in_ruby", 16384),
                                   ("every call of preview 1", "_every_call", 16384),
                                   ("the same and default arguments and environment", "_every_call_and_defaults", None),
                                   ("every call, and compressed files", "_every_call_compressed", 65536)):
            code = size.get("shim_code_bytes" + code)
            if code:
                rows.append([f"shim code for {title}, bytes", str(code), f"≤ {limit}" if limit else "",
                             verdict(code <= limit) if limit else ""])
        index = size["index_bytes_per_entry_besides_names"]
        rows.append(["index for an entry besides its name, bytes", f"{index:.1f}", "≤ 40", verdict(index <= 40)])
        rows.append(["all that is added besides index and contents, bytes", str(size["module_bytes_besides_segments"]), "", ""])
    for runtime, pages in results.get("linear_memory_pages_over_unpacked", {}).items():
        rows.append([f"linear memory over unpacked, pages ({runtime})", str(pages), "≤ 2", verdict(pages <= 2)])
    if rows:
        out.table("Sizes", ["", "", "limit", ""], rows)

    scaling = results.get("scaling")
    if scaling:
        rows = []
        for what, few in scaling["counted_100"].items():
            many = scaling["counted_100000"][what]
            rows.append([what, f"{few['inits']:.2f}, {few['bytes']:.1f}", f"{many['inits']:.2f}, {many['bytes']:.1f}"])
        out.table("memory.inits and bytes of one call, mean", ["", "100 files", "100,000 files"], rows)
        rows = []
        for measure, columns in scaling["ns"].items():
            if measure == "floor":
                continue
            for runtime in runtimes or ("wasmtime", "node24", "node20", "wazero"):
                if f"{runtime}: 100 of 100" not in columns:
                    continue
                base, same, every = (columns[f"{runtime}: {c}"]["median"]
                                     for c in ("100 of 100", "100 of 100000", "100000 of 100000"))
                floor = ["", "", ""]
                if f"{runtime}: 100" in scaling["ns"].get("floor", {}):
                    few, many = (scaling["ns"]["floor"][f"{runtime}: {c}"]["median"] for c in ("100", "100000"))
                    floor = [f"{few:.0f}", f"{many:.0f}", f"{many / few:.2f}"]
                rows.append([measure, runtime, f"{base:.0f}", f"{same:.0f}", f"{every:.0f}", f"{same / base:.2f}",
                             f"{every / base:.2f}", "≤ 1.3 ×, ≤ 3 ×", verdict(same <= 1.3 * base and every <= 3 * base), *floor])
        out.table("Look-ups in 100,000 files, ns", ["", "runtime", "100 of 100", "100 of 100,000", "all 100,000", "same", "all",
                                                    "limit", "", "bare reads of 100", "of 100,000", "ratio"], rows)


def publish(results, document):
    """Puts the tables between the two markers of a document."""
    with open(document) as file:
        text = file.read()
    start, end = "<!-- tables of tests/bench/table.py -->\n", "<!-- end of tables -->\n"
    before, rest = text.split(start)
    after = rest.split(end)[1]
    tables = io.StringIO()
    with contextlib.redirect_stdout(tables):
        print_results(results, markdown=True)
    with open(document, "w") as file:
        file.write(before + start + tables.getvalue() + "\n" + end + after)


if __name__ == "__main__":
    with open(sys.argv[1]) as results_file:
        read_results = json.load(results_file)
    if len(sys.argv) > 2:
        publish(read_results, sys.argv[2])
    else:
        print_results(read_results)
