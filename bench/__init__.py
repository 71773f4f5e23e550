"""Benchmarks that anyone can run: `python -m bench.NAME`; each prints what it measured and on what.

Limits: times are of the machine at hand; run them with nothing else at work.
"""
