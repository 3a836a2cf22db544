"""Names of columns as a reader knows them, in figures and report alike."""

USUAL_START = "first dose"
"""What times count from, unless a study supplies durations from something else."""

COUNTED_FROM = ", from "
"""Between the reason of such a duration and what it counts from."""

ABBREVIATIONS = {
    name.lower(): name
    for name in ("HR", "ER", "PR", "ECOG", "HER2", "IHC", "ISH", "ctDNA", "BMI", "LDH")
}


def spell(name: str) -> str:
    """Return a name as words: ``hr_status`` is HR status, ``prior_lines`` prior lines.

    Words that are abbreviations of the field are written as such; all else stays.
    """
    words = name.replace("_", " ").split(" ")
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)
