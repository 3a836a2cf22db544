"""Where the counts of each caller stand: one file in tests/vcf a caller."""

import pytest
from reading import FOLDER, read_calls

from her2ctdna.calls.callers import CALLERS, RULES, TELLING_FIELDS

NONE = None


def rows(name, **config):
    """Position, ALT, counts and the caller's own fraction of the calls of a file."""
    calls, _ = read_calls(name, **config)
    cells = calls[["pos", "alt", "alt_count", "depth", "caller_vaf"]].astype(object)
    return list(cells.where(cells.notna(), None).itertuples(index=False, name=None))


def messages(name, **config):
    return [found.message for found in read_calls(name, **config)[1]]


@pytest.mark.parametrize(
    ("name", "caller", "expected"),
    [
        ("strelka_somatic", "Strelka2", [(100, "T", 10, 100, NONE)]),
        (
            "strelka_indel",
            "Strelka2",
            [(100, "C", 12, 100, NONE), (200, "CAA", 5, 50, NONE)],
        ),
        (
            "freebayes",
            "FreeBayes",
            [
                (100, "T", 15, 100, NONE),
                (100, "G", 5, 100, NONE),
                (200, "T", 20, 80, NONE),
                (300, "T", 0, 50, NONE),
            ],
        ),
        ("varlociraptor", "Varlociraptor", [(100, "T", NONE, 250, 0.04)]),
        (
            "dragen",
            "DRAGEN",
            [(100, "T", 10, 2500, 0.004), (200, "T", 1, 1800, 0.0006)],
        ),
        ("tnscope", "TNscope", [(100, "T", 10, 1005, 0.01)]),
        ("muse", "MuSE", [(100, "T", 18, 120, NONE)]),
        ("gatk", "GATK", [(100, "T", 55, 101, NONE)]),
        # the flow evaluator's counts; where it has none, the aligner's
        (
            "torrent_flow",
            "TorrentVariantCaller",
            [
                (100, "C", 45, 4900, 0.009184),
                (200, "T", 14, 90, 0.15556),
                (200, "G", 4, 90, 0.04444),
                (300, "T", 10, 100, 0.1),
            ],
        ),
        ("torrent_sites", "TorrentVariantCaller", [(100, "T", 45, 4900, 0.009184)]),
        (
            "vardict_strands",
            "VarDict",
            [(100, "T", 40, 1000, 0.04), (200, "T", 5, 500, 0.01)],
        ),
        ("strands_by_header", "unknown", [(100, "T", 40, 1000, NONE)]),
        (
            "platypus",
            "Platypus",
            [
                (100, "T", 12, 1000, NONE),
                (200, "T", 12, 1000, NONE),
                (200, "G", 7, 980, NONE),
            ],
        ),
        ("lofreq_with_column", "LoFreq", [(100, "T", 11, 44, 0.25)]),
        # the second record sums over two samples
        (
            "freebayes_sites",
            "FreeBayes",
            [
                (100, "T", 15, 100, NONE),
                (100, "G", 5, 100, NONE),
                (200, "T", NONE, 100, NONE),
            ],
        ),
        (
            "depths_of_site",
            "unknown",
            [(100, "T", 15, 100, NONE), (100, "G", 5, 100, NONE)],
        ),
        # two ALTs are counted alone; one number of one ALT is nobody's
        (
            "pisces",
            "Pisces",
            [
                (100, "T", 40, 1000, 0.04),
                (200, "T", 15, 100, NONE),
                (200, "G", 5, 100, NONE),
                (300, "T", NONE, 1000, 0.01),
            ],
        ),
        ("decimal_comma", "Pisces", [(100, "T", 40, 1000, 0.04)]),
        ("clairs", "ClairS", [(100, "T", 12, 100, 0.12)]),
        ("popaf_log10", "Mutect2", None),
        ("vardict", "VarDict", [(100, "T", 20, 100, 0.2)]),
        (
            "varscan",
            "VarScan2",
            [(100, "T", 123, 1000, 0.123), (200, "T", 20, 80, 0.25)],
        ),
        ("no_sample_column", "LoFreq", None),
        ("alternate_observations", "unknown", [(100, "T", 10, 100, NONE)]),
        ("plain", "unknown", None),
    ],
)
def test_a_caller_is_recognised_and_its_counts_are_read(name, caller, expected):
    calls, _ = read_calls(name)
    assert set(calls["caller"]) == {caller}
    assert expected is None or rows(name) == expected


def test_what_a_caller_does_not_count_is_a_finding_and_no_zero():
    assert messages("varlociraptor") == [
        "1 of 1 variants have no counts (Varlociraptor counts no reads): not measured; "
        "as the calls of a tissue row they are a list of sites"
    ]


@pytest.mark.parametrize(
    ("name", "expected", "n_molecules"),
    [
        ("smcounter", [(100, "T", 33, 3000, 0.011)], 1),
        (
            "torrent_molecules",
            [
                (100, "T", 14, 2000, 0.007),
                (100, "G", 6, 2000, 0.003),
                (200, "T", 10, 1000, 0.01),
            ],
            2,
        ),
        # this caller writes DP and AC in each other's place
        (
            "umivar",
            [(100, "T", 165, 7139, 0.023112), (200, "T", NONE, NONE, NONE)],
            1,
        ),
    ],
)
def test_molecules_go_before_reads(name, expected, n_molecules):
    assert rows(name) == expected
    told = f"{n_molecules} variants are counted in molecules, not reads"
    assert told in messages(name)


def test_the_caller_of_the_config_goes_before_that_of_the_header():
    assert rows("freebayes", caller="generic")[0] == (100, "T", 15, 100, NONE)
    assert rows("alternate_observations", caller="Mutect2") == [
        (100, "T", NONE, NONE, NONE)
    ]
    calls, _ = read_calls("alternate_observations", caller="FreeBayes")
    assert set(calls["caller"]) == {"FreeBayes"}
    assert calls["alt_count"].tolist() == [10]


def test_a_fraction_of_the_caller_beyond_binomial_error_is_a_warning():
    _, (found,) = read_calls("disagreeing_fraction")
    assert found.severity == "warning"
    assert found.message == (
        "1 of 4 variants have another fraction by their counts than the caller gives, "
        "beyond rounding and binomial error, most at chr1:400 A>T, 0.1 against 0.2; "
        "the counts are taken: do they stand where they were looked for?"
    )


def test_a_fraction_that_is_no_rounding_but_within_binomial_error_is_a_note(tmp_path):
    path = tmp_path / "posterior.vcf"
    lines = (FOLDER / "disagreeing_fraction.vcf").read_text().splitlines()
    path.write_text("\n".join(line for line in lines if "\t400\t" not in line) + "\n")
    _, (found,) = read_calls(path)
    assert found.severity == "note"
    assert found.message == (
        "2 of 3 variants have another fraction by their counts than the caller gives, "
        "most at chr1:200 A>T, 0.01 against 0.013; the counts are taken"
    )


def test_every_caller_that_is_recognised_has_a_rule_and_can_be_set(schema):
    named = set(CALLERS.values()) | set(TELLING_FIELDS.values())
    assert named | {"generic"} == set(RULES)
    settable = schema["properties"]["study"]["properties"]["caller"]["enum"]
    assert set(settable) == {None, *RULES}
