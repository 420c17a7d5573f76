# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Draws docs/performance.svg from results of tests/bench/bench.

    python chart.py RESULTS.json > docs/performance.svg

One row of bars for each file call and runtime: packed, over the runtime's host mount, native, and the
floor of bare memory.init. The scale is logarithmic: a longer bar is a slower call.
"""
import json
import math
import sys

ROWS = [("stat_hit", "stat", "init_28"), ("open_read_close", "open + read + close, 4 KB", "init_4k"),
        ("readdir", "readdir, per entry", None), ("random_4k", "random 4 KiB seek + read", "init_4k"),
        ("stream_64k", "64 KiB streaming read", "init_64k")]
RUNTIMES = [("wasmtime", "Wasmtime"), ("node24", "Node 24")]
KINDS = [("packed", "packed", "#1a7f5a"), ("host", "host mount", "#b3541e"), ("native", "native", "#6b7280"),
         ("floor", "floor: bare memory.init", "#c9b458")]
WIDTH, LEFT, RIGHT, BAR, GAP, ROW_GAP, TOP = 860, 250, 90, 11, 2, 14, 64
LOW, HIGH = 1, 1_000_000  # nanoseconds


def length(value):
    share = (math.log10(max(value, LOW)) - math.log10(LOW)) / (math.log10(HIGH) - math.log10(LOW))
    return share * (WIDTH - LEFT - RIGHT)


def text_of(nanoseconds):
    for unit, size in (("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def main():
    with open(sys.argv[1]) as file:
        guest = json.load(file)["guest_ns"]
    parts, y = [], TOP
    for measure, title, floor in ROWS:
        for runtime, runtime_title in RUNTIMES:
            bars = []
            for kind, _, colour in KINDS:
                if kind == "floor":
                    found = guest.get(floor, {}).get(f"{runtime} floor") if floor else None
                else:
                    found = guest.get(measure, {}).get("native" if kind == "native" else f"{runtime} {kind}")
                if found:
                    bars.append((found["median"], colour))
            height = len(bars) * (BAR + GAP)
            middle = y + height / 2
            parts.append(f'<text x="{LEFT - 10}" y="{middle - 1:.0f}" text-anchor="end">{title}</text>')
            parts.append(f'<text x="{LEFT - 10}" y="{middle + 12:.0f}" text-anchor="end" class="value">{runtime_title}</text>')
            for value, colour in bars:
                parts.append(f'<rect x="{LEFT}" y="{y}" width="{length(value):.1f}" height="{BAR}" fill="{colour}"/>')
                parts.append(f'<text x="{LEFT + length(value) + 5:.1f}" y="{y + BAR - 2}" class="value">{text_of(value)}</text>')
                y += BAR + GAP
            y += ROW_GAP
    lines, legend = [], []
    for power in range(int(math.log10(LOW)), int(math.log10(HIGH)) + 1):
        x = LEFT + length(10**power)
        lines.append(f'<line x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{y}" stroke="#e5e7eb"/>')
        lines.append(f'<text x="{x:.1f}" y="{TOP - 14}" text-anchor="middle" class="value">{text_of(10**power)}</text>')
    x = LEFT
    for _, title, colour in KINDS:
        legend.append(f'<rect x="{x}" y="14" width="{BAR}" height="{BAR}" fill="{colour}"/>')
        legend.append(f'<text x="{x + BAR + 5}" y="24">{title}</text>')
        x += 40 + 7 * len(title)
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" font-family="sans-serif" font-size="12">')
    print('<style>.value { font-size: 10px; fill: #374151 }</style>')
    print(f'<rect width="{WIDTH}" height="{y}" fill="#ffffff"/>')
    print("\n".join([*lines, *legend, *parts]))
    print("</svg>")


if __name__ == "__main__":
    main()
