"""What a season needs: a province, a nation; reckoned from figures that were measured on one machine.

Purpose: `python -m bench.scale` measures (figures.py), reckons (reckoning.py), replays a nation's season
(../simulation) and writes docs/scale.md with its picture (page.py). The figures are kept beside it, docs/scale.toml, so
that the page can be written anew without hours of measuring.
"""
