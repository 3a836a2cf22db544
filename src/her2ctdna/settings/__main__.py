"""Write what follows from the types of the settings: `make settings`."""

import sys
from pathlib import Path

from her2ctdna.settings.config_schema import dump_schema
from her2ctdna.settings.readme_tables import write_tables


def main(root: Path) -> None:
    """Write the schema of the config and the tables of ``config/README.md``."""
    schema = root / "workflow" / "schemas" / "config.schema.yaml"
    schema.write_text(dump_schema(), encoding="utf-8")
    readme = root / "config" / "README.md"
    text = write_tables(readme.read_text(encoding="utf-8"))
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
