# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints what the conformance tests counted."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]


def pytest_terminal_summary(terminalreporter):
    reports = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    for line in sorted(value for report in reports for name, value in report.user_properties if name == "conformance"):
        terminalreporter.write_line(line)
