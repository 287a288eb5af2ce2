"""The database's history: one Piccolo app, one file a step, in the order of their names."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

APP_CONFIG = AppConfig(
    app_name="notices",
    migrations_folder_path=str(Path(__file__).parent),
    table_classes=[],
)
