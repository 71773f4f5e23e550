"""What a season needs: a province, a nation; reckoned from figures that were measured on one machine.

Purpose: `python -m bench.scale` measures (figures.py), reckons (reckoning.py), replays a nation's season
(../simulation) and writes docs/scale.md with its picture (page.py). `--figures FILE` keeps what was measured, so that the
page can be written anew without measuring anew; `--runs FILE…` takes seasons that bench.simulation replayed and kept.
"""
