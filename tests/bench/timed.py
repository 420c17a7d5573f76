# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs a command and prints, as JSON, its wall clock and processor time in milliseconds and its peak
memory in MiB. A program of its own, started with `python -S -E`, because a process inherits the peak
memory of the one that started it, and the benchmark's is larger than what it measures.

    python -S -E timed.py TARGET COMMAND…     TARGET: where its standard output goes; - is nowhere
"""
import os
import sys
import time

target, command = sys.argv[1], sys.argv[2:]
out = os.open(os.devnull if target == "-" else target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
start = time.perf_counter()
child = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out, 1)])
_, status, usage = os.wait4(child, 0)
elapsed = (time.perf_counter() - start) * 1000
code = os.waitstatus_to_exitcode(status)
if code != 0:
    sys.exit(f"{' '.join(command[:4])} … ended with {code}")
print(f"[{elapsed:.3f}, {(usage.ru_utime + usage.ru_stime) * 1000:.3f}, {usage.ru_maxrss / 1024:.1f}]")
