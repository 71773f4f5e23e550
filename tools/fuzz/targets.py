"""What is fuzzed: one function a target, octets in, nothing out, and what must hold beyond "it does not raise".

Purpose: `TARGETS`, and `named()` for one of them, or for any function "module:function" that takes octets.
Map: mails.py, readers.py, stated.py the targets · promise.py how a broken promise is told.
Limits: nothing of the product is imported before a target is asked for: an engine must instrument it first.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

Target = Callable[[bytes], None]

TARGETS = {
    "parse": "mails",
    "unpack": "mails",
    "tnef": "mails",
    "docx": "readers",
    "sheet": "readers",
    "slides": "readers",
    "ofd": "readers",
    "rtf": "readers",
    "doc": "readers",
    "odf": "readers",
    "flat_word": "readers",
    "flat_sheet": "readers",
    "html": "readers",
    "links": "mails",
    "compound": "mails",
    "figures": "stated",
}
"""Targets by name, in the order of the way of a mail, with the module that holds the function of that name."""


def named(name: str) -> Target:
    """Give the target of that name, or the function that "module:function" names.

    Raises:
        KeyError, ImportError, AttributeError: there is none.
    """
    module, _, function = (name if ":" in name else f"tools.fuzz.{TARGETS[name]}:{name}").partition(":")
    found: Target = getattr(importlib.import_module(module), function)
    return found
