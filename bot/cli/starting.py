"""A quick start: while modules are imported nothing looks for garbage among them, and what no log
of ours uses stays out."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

UNUSED = "rich"  # structlog would load it, for tracebacks in frames: 3 MB


class _Without:
    """Says of one package that it is not there (sys.meta_path)."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == UNUSED:
            raise ModuleNotFoundError(f"not used: {name}", name=name)


@contextmanager
def leaving_out() -> Iterator[None]:
    """For imports alone: what is optional and unused is not loaded."""
    without = _Without()
    sys.meta_path.insert(0, without)
    try:
        yield
    finally:
        sys.meta_path.remove(without)


@contextmanager
def importing() -> Iterator[None]:
    """For imports alone: what they make stays until the end, and is not looked through later
    either. A fourth of the processor time until Okno runs."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
