# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The demo's application: a package with templates, which it finds and reads as any Python program does."""

import os
import sys

sys.path.insert(0, "/app")

from greetings import greet, languages

print(f"Python {sys.version.split()[0]} on {sys.platform}, running {__file__}")
print("It sees these files, and there is no host directory behind them:")
for directory, _, files in os.walk("/app"):
    for name in sorted(files):
        path = os.path.join(directory, name)
        print(f"  {path}  {os.path.getsize(path)} bytes")
print("It says:")
for language in languages():
    print(f"  {greet(language, sys.argv[1] if len(sys.argv) > 1 else 'world')}")
