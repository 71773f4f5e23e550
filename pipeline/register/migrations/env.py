"""What alembic runs to bring a register up to date: over the connection that `opening.py` hands in.

Limits: no offline mode and no ini file; `opening.py` is the only caller.
"""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
