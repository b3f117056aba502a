"""Writes the files of tests/vectors; each module or folder is named for the file it writes."""

from . import (
    cookies,
    deposits,
    forms,
    keys,
    marks,
    once,
    payloads,
    revocations,
    shapes,
    tokens,
    transports,
)

WRITERS = (
    keys,
    tokens,
    payloads,
    shapes,
    marks,
    revocations,
    once,
    cookies,
    deposits,
    transports,
    forms,
)
