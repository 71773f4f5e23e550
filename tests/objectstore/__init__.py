"""An object store for tests: moto as a process of its own (server.py), and a line to it that misbehaves (faulty.py)."""
