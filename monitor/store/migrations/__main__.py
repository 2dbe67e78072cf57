"""Write a new migration: the difference between `monitor.store.tables` and what the present migrations make.

python -m monitor.store.migrations "what it does"
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from monitor.store.engine import Database
from monitor.store.migrate import MIGRATIONS, revisions, upgrade

message = " ".join(sys.argv[1:]) or sys.exit(__doc__)
number = f"{len(revisions()) + 1:04d}"
with tempfile.TemporaryDirectory() as scratch:
    database = Database(f"sqlite:///{Path(scratch) / 'scratch.db'}")
    if revisions():
        upgrade(database)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message=message, rev_id=number, autogenerate=True)
    database.close()
