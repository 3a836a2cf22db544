"""A MAF in place of a table of calls, and the one form of calls in tables."""

import gzip

import pandas as pd
import pytest
from reading import FOLDER, read_calls

from her2ctdna.calls.all_calls import CALL_COLUMNS, derive_calls
from her2ctdna.inputs.sheets import read_sheet
from her2ctdna.inputs.study import check_inputs

REFERENCE = str(FOLDER / "reference.fa")
HEADER = (
    "#version 2.4\n#made by hand\n"
    "Hugo_Symbol\tNCBI_Build\tChromosome\tStart_Position\tVariant_Classification\t"
    "Reference_Allele\tTumor_Seq_Allele1\tTumor_Seq_Allele2\tTumor_Sample_Barcode\t"
    "HGVSp_Short\tt_depth\tt_ref_count\tt_alt_count\tFILTER\tgnomAD_AF\n"
)
SNV = (
    "TP53\tGRCh38\t17\t7675088\tMissense_Mutation\tC\tC\tT\tS1\tp.R175H\t{}\tPASS\t{}\n"
)
INDEL = "X\tGRCh38\t1\t{}\tFrame_Shift_Del\t{}\t{}\t{}\tS1\t\t100\t90\t10\t.\t\n"


@pytest.fixture
def study(tmp_path):
    """Return a function that checks a study with calls in a MAF, or a TSV."""

    def check(text, *, name="calls.maf", reference=None):
        sheets = {
            "patients.tsv": "patient_id\nP1\n",
            "samples.tsv": "sample_id\tpatient_id\tcollected_day\ttimepoint\n"
            "S1\tP1\t0\tC1D1\nS2\tP1\t21\tC2D1\n",
            name: text,
        }
        for sheet, content in sheets.items():
            (tmp_path / sheet).write_text(content)
        inputs = {
            "patients": str(tmp_path / "patients.tsv"),
            "samples": str(tmp_path / "samples.tsv"),
            "variants": str(tmp_path / name),
        }
        tables, findings = check_inputs(
            inputs,
            data_cutoff=None,
            partial_dates={"patients": "refuse", "samples": "refuse"},
            reference=reference,
            baseline_window=None,
            origin="first dose",
            day_one=0,
        )
        kept = [found for found in findings if found.table == "variants"]
        return tables, kept

    return check


def places(calls):
    return list(
        calls[["chrom", "pos", "ref", "alt"]].itertuples(index=False, name=None)
    )


def test_a_maf_gives_the_calls_of_a_table(study):
    tables, findings = study(HEADER + SNV.format("1000\t\t12", "0.0001"))
    assert findings == []
    calls = derive_calls(tables["variants"], tables["samples"])
    assert list(calls.columns) == CALL_COLUMNS
    (row,) = calls.to_dict("records")
    caller_vaf = row.pop("caller_vaf")
    assert pd.isna(caller_vaf)
    assert row == {
        "sample_id": "S1",
        "patient_id": "P1",
        "chrom": "17",
        "pos": 7675088,
        "ref": "C",
        "alt": "T",
        "gene": "TP53",
        "consequence": "missense_variant",
        "protein_change": "p.R175H",
        "filter": "PASS",
        "alt_count": 12,
        "depth": 1000,
        "vaf": 0.012,
        "caller": "unknown",
        "population_af": 0.0001,
    }
    assert tables["variants"]["build"].tolist() == ["GRCh38"]


def test_without_a_depth_the_counts_are_added(study):
    tables, findings = study(HEADER + SNV.format("\t988\t12", "."))
    assert findings == []
    assert tables["variants"]["depth"].tolist() == [1000]
    assert tables["variants"]["population_af"].isna().all()


def test_a_count_that_is_missing_is_not_zero(study):
    tables, _ = study(HEADER + SNV.format("\t\t12", "") + SNV.format("NA\t9\tNA", ""))
    assert tables["variants"]["depth"].isna().all()
    assert tables["variants"]["alt_count"].tolist()[0] == 12


@pytest.mark.parametrize(
    ("counts", "column", "value"),
    [
        ("1000\t988\ttwelve", "t_alt_count", "twelve"),
        ("\tmany\t12", "t_ref_count", "many"),
        ("1e3\t\t12", "t_depth", "1e3"),
        ("10\t\t12", "t_alt_count", "12"),
    ],
)
def test_findings_name_row_and_column_of_the_maf(study, counts, column, value):
    _, (found,) = study(HEADER + "\n" + SNV.format(counts, ""))
    assert (found.severity, found.row, found.column) == ("error", 5, column)
    assert found.value == value


def test_a_column_that_a_maf_lacks_is_named_as_a_maf_names_it(study):
    text = (HEADER + SNV.format("1000\t988\t12", "")).replace("t_alt_count", "alts")
    _, findings = study(text)
    assert [(found.row, found.column) for found in findings] == [(1, "t_alt_count")]


def test_only_calls_may_be_a_maf(tmp_path):
    (tmp_path / "patients.maf").write_text("patient_id\nP1\n")
    inputs = {"patients": str(tmp_path / "patients.maf")}
    _, findings = check_inputs(
        inputs,
        data_cutoff=None,
        partial_dates={"patients": "refuse", "samples": "refuse"},
        reference=None,
        baseline_window=None,
        origin="first dose",
        day_one=0,
    )
    assert "save it as one of .tsv, .csv" in findings[0].message


DASHES = INDEL.format(9, "-", "-", "A") + INDEL.format(16, "CA", "CA", "-")


def test_without_a_reference_dashes_stay_and_are_told(study):
    tables, (found,) = study(HEADER + DASHES)
    assert places(tables["variants"]) == [
        ("1", 9, "-", "A"),
        ("1", 16, "CA", "-"),
    ]
    assert (found.severity, found.row) == ("warning", None)
    assert found.message.startswith("2 insertions or deletions are written with `-`")


def test_with_a_reference_dashes_become_the_variants_of_a_vcf(study):
    tables, (found,) = study(HEADER + DASHES, reference=REFERENCE)
    vcf, _ = read_calls("shifted_indels", reference=REFERENCE)
    named = {("1", *place[1:]) for place in places(vcf)}
    assert set(places(tables["variants"])) <= named
    assert found.message.startswith("2 insertions or deletions were moved")


def test_dashes_of_another_genome_stay_and_are_told(study):
    rows = INDEL.format(9, "GGG", "G", "-") + INDEL.format(99, "-", "-", "A")
    tables, findings = study(HEADER + rows, reference=REFERENCE)
    assert places(tables["variants"]) == [
        ("1", 9, "GGG", "-"),
        ("1", 99, "-", "A"),
    ]
    assert findings[0].message.startswith("2 insertions or deletions have a REF")


def test_a_maf_as_programs_write_it(study):
    """Counts with a decimal, the ALT in the other column, X by its number."""
    row = "TP53\tGRCh38\t{}\t76.0\tIGR\t{}\t{}\t{}\tS1\t\t1000.0\t940.0\t60.0\t{}\t\n"
    rows = [("17", "C", "T", "C", "Pass"), ("23", "C", "C", "G", "0")]
    tables, findings = study(HEADER + "".join(row.format(*cells) for cells in rows))
    assert findings == []
    calls = tables["variants"]
    assert places(calls) == [("17", 76, "C", "T"), ("X", 76, "C", "G")]
    assert calls[["alt_count", "depth"]].to_numpy().tolist() == [[60, 1000]] * 2
    assert calls["filter"].tolist() == ["PASS", "PASS"]


@pytest.mark.parametrize("name", ["data_mutations.txt", "calls.maf.txt"])
def test_a_maf_may_be_named_as_a_text(study, name):
    tables, findings = study(HEADER + SNV.format("1000\t\t12", ""), name=name)
    assert findings == []
    assert tables["variants"]["alt_count"].tolist() == [12]


def test_a_text_may_hold_the_columns_of_a_table(study):
    rows = "S1\t1\t100\tA\tT\t5\t100\n"
    tables, findings = study(TABLE + rows, name="calls.txt")
    assert findings == []
    assert tables["variants"]["alt_count"].tolist() == [5]


def test_a_maf_may_be_packed_and_a_cut_one_is_an_error(tmp_path):
    path = tmp_path / "calls.maf.gz"
    packed = gzip.compress((HEADER + SNV.format("1000\t\t12", "")).encode())
    path.write_bytes(packed)
    sheet, findings = read_sheet(path, table="variants")
    assert (sheet["t_alt_count"].tolist(), findings) == (["12"], [])
    path.write_bytes(packed[:-9])
    _, (found,) = read_sheet(path, table="variants")
    assert found.message == "is truncated or damaged; copy or write the file again"


def test_an_alt_that_repeats_the_reference_in_both_columns_is_an_error(study):
    _, (found,) = study(HEADER + SNV.format("1000\t\t12", "").replace("\tT\t", "\tC\t"))
    assert (found.severity, found.column) == ("error", "Tumor_Seq_Allele2")


def test_rows_without_counts_are_a_warning(study):
    rows = SNV.format("1000\t\t12", "") + SNV.replace("88", "89").format("\t\t", "")
    tables, (found,) = study(HEADER + rows)
    assert (found.severity, found.column) == ("warning", "t_alt_count")
    assert found.message == "1 of 2 variants have no counts: not measured"
    assert tables["variants"]["alt_count"].isna().tolist() == [False, True]


def test_a_table_in_which_nothing_passes_is_told_with_its_words(study):
    _, (found,) = study(HEADER + SNV.format("1000\t\t12", "").replace("PASS", "ok"))
    assert (found.severity, found.column) == ("warning", "FILTER")
    assert found.message.startswith("no variant passes; FILTER holds ok (1)")


def test_rows_that_repeat_a_variant_count_once_if_they_agree(study):
    row = SNV.format("1000\t\t12", "")
    tables, (found,) = study(HEADER + row + row.replace("p.R175H", "p.?"))
    assert len(tables["variants"]) == 1
    assert found.message == (
        "1 of 2 variants repeat another one of their sample: the first is kept"
    )
    _, (found,) = study(HEADER + row + row.replace("\t12\t", "\t13\t"))
    assert (found.severity, found.row) == ("error", 5)
    assert "different counts or FILTER" in found.message


TABLE = "sample_id\tchrom\tpos\tref\talt\talt_count\tdepth\n"


def test_a_table_gets_the_same_form(study):
    rows = "S1\t1\t100\tcag\tctg\t5\t100\nS1\tchr1\t200\tA\tT\t5\t100\n"
    tables, (found,) = study(TABLE + rows, name="calls.tsv")
    assert places(tables["variants"]) == [
        ("chr1", 101, "A", "T"),
        ("chr1", 200, "A", "T"),
    ]
    assert found.message == "1 variants were trimmed to their shortest alleles"


def test_the_same_variant_in_two_forms_is_an_error(study):
    rows = "S1\t1\t100\tCAG\tCTG\t5\t100\nS1\tchr1\t101\tA\tT\t6\t100\n"
    rows += "S2\t1\t100\tCAG\tCTG\t5\t100\n"
    _, findings = study(TABLE + rows, name="calls.tsv")
    errors = [found for found in findings if found.severity == "error"]
    assert [(found.row, found.column, found.value) for found in errors] == [
        (3, "sample_id", "S1")
    ]


def test_a_row_with_an_empty_cell_is_left_as_it_is(study):
    tables, findings = study(TABLE + "S1\t1\t\tA\tT\t5\t100\n", name="calls.tsv")
    assert [found.message for found in findings] == ["is empty; fill it in"]
    assert tables["variants"]["chrom"].tolist() == ["1"]
