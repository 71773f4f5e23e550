"""Fuzzing of the stages that look at strangers' octets: `make fuzz`, or `python -m tools.fuzz --seconds 60`.

Map: targets.py what is called and what must hold · seeds.py the saved corpus, made for it · changes.py how octets and packages
are changed, words.py with what · structured.py the Hypothesis engine · guided.py the atheris engine · running.py one engine on one
target in a process of its own · __main__.py the command and its table.
"""
