# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Greets, from templates that lie beside it."""

import importlib.resources

_templates = importlib.resources.files(__package__) / "templates"


def languages():
    return sorted(template.name.removesuffix(".txt") for template in _templates.iterdir())


def greet(language, name):
    return _templates.joinpath(f"{language}.txt").read_text(encoding="utf-8").strip().format(name=name)
