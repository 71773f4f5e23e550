"""The operational log: accession numbers, counts and sizes, never a word of a mail.

Purpose: one logger for the worker, through the standard library, so that whoever runs it decides where it goes (with
nothing set up, warnings go to stderr and the rest nowhere).
"""

import logging

import structlog

log = structlog.wrap_logger(
    logging.getLogger("shouwen.worker"),
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.processors.add_log_level,
        structlog.processors.KeyValueRenderer(key_order=["event"]),
    ],
)
