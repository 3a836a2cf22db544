"""A study folder to start from: config, sheets with a few made-up rows, a README."""

from importlib.resources import as_file, files
from pathlib import Path


def write_study_folder(folder: str | Path) -> list[Path]:
    """Write the files of a study that runs as it is; return their paths, sorted.

    Raises
    ------
    FileExistsError
        One of the files is there already; nothing is written then.
    """
    folder = Path(folder)
    with as_file(files("her2ctdna.starter") / "files") as source:
        names = sorted(path.name for path in source.iterdir() if path.is_file())
        taken = [name for name in names if (folder / name).exists()]
        if taken:
            advice = "choose another folder, or move what is there"
            raise FileExistsError(f"{folder} has {', '.join(taken)}; {advice}")
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            (folder / name).write_bytes((source / name).read_bytes())
    return [folder / name for name in names]
