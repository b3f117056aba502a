"""Writes the files of tests/vectors; each module or folder is named for the file it writes."""

from . import (
    cookies,
    deposits,
    forms,
    grounds,
    hand_overs,
    keys,
    marks,
    once,
    payloads,
    revocations,
    shapes,
    tickets,
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
    tickets,
    cookies,
    deposits,
    transports,
    forms,
    grounds,
    hand_overs,
)
