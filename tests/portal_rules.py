"""What the validator of cBioPortal asks of a study folder, a rule a function.

Its program cannot be had without the portal (no package holds it), so its rules are
written again: https://docs.cbioportal.org/file-formats/, and ``validateData.py`` and
``cbioportal_common.py`` of cbioportal-core, as they stood in 2026.
"""

import calendar
import re

import pandas as pd

META = {"cancer_study_identifier", "genetic_alteration_type", "datatype"}
META |= {"data_filename"}
STUDY = {"cancer_study_identifier", "type_of_cancer", "name", "description"}
PROFILE = {"stable_id", "show_profile_in_analysis_tab", "profile_name"}
PROFILE |= {"profile_description"}
OF_PATIENTS = {"AGE", "DFS_STATUS", "DFS_MONTHS", "GENDER", "OS_STATUS", "OS_MONTHS"}
OF_PATIENTS |= {"PATIENT_DISPLAY_NAME", "SEX", "TUMOR_SITE"}
OF_SAMPLES = {"METASTATIC_SITE", "PRIMARY_SITE", "SAMPLE_CLASS", "SAMPLE_TYPE"}
OF_SAMPLES |= {"SAMPLE_DISPLAY_NAME", "OTHER_SAMPLE_ID", "TUMOR_TISSUE_SITE"}
NUMBERS = {"AGE", "OS_MONTHS", "DFS_MONTHS"}
WORDS = {"OS_STATUS", "DFS_STATUS", "SEX", "GENDER", "SAMPLE_CLASS", "SAMPLE_TYPE"}
BANNED = {"MUTATION_COUNT", "FRACTION_GENOME_ALTERED"}
CLASSES = {
    *("Frame_Shift_Del", "Frame_Shift_Ins", "In_Frame_Del", "In_Frame_Ins"),
    *("Missense_Mutation", "Nonsense_Mutation", "Nonstop_Mutation", "Silent"),
    *("Splice_Site", "Splice_Region", "Translation_Start_Site", "Intron", "IGR"),
    *("3'UTR", "3'Flank", "5'UTR", "5'Flank", "RNA", "Unknown"),
}
CATEGORIES = {"all_cases_in_study", "all_cases_with_mutation_data"}


def fields_of(path):
    """Return the fields of a meta file or case list, each on a line of its own."""
    pairs = [line.split(":", 1) for line in path.read_text().splitlines()]
    assert len({name for name, _ in pairs}) == len(pairs), path
    return {name: value.strip() for name, value in pairs}


def table_of(path):
    lines = [line for line in path.read_text().splitlines() if line[0] != "#"]
    header, *rows = [line.split("\t") for line in lines]
    assert {len(row) for row in rows} <= {len(header)}, path
    return pd.DataFrame(rows, columns=header, dtype=object)


def clinical_of(folder):
    names = ("data_clinical_patient.txt", "data_clinical_sample.txt")
    return [folder / name for name in names if (folder / name).exists()]


def timelines_of(folder):
    return sorted(folder.glob("data_timeline_*.txt"))


def samples_of(folder):
    path = folder / "data_clinical_sample.txt"
    return table_of(path) if path.exists() else None


def study_has_its_fields(folder):
    fields = fields_of(folder / "meta_study.txt")
    assert STUDY <= fields.keys() <= STUDY | {"reference_genome"}
    assert all(fields.values())
    assert fields["type_of_cancer"] == "brca"
    assert re.fullmatch("[a-z0-9_]+", fields["cancer_study_identifier"])


def each_data_file_has_a_meta_file_of_one_study(folder):
    study = fields_of(folder / "meta_study.txt")["cancer_study_identifier"]
    told = set()
    for path in folder.glob("meta_*.txt"):
        if path.name != "meta_study.txt":
            fields = fields_of(path)
            assert fields["cancer_study_identifier"] == study
            assert all(fields[name] for name in META)
            told.add(fields["data_filename"])
    assert told == {path.name for path in folder.glob("data_*")}


def meta_files_have_the_fields_of_their_type(folder):
    for path in folder.glob("meta_*.txt"):
        fields = fields_of(path)
        if fields.get("datatype") == "MAF":
            optional = {"variant_classification_filter", "namespaces"}
            assert META | PROFILE <= fields.keys() <= META | PROFILE | optional
            assert fields["stable_id"] == "mutations"
            assert fields["genetic_alteration_type"] == "MUTATION_EXTENDED"
        elif path.name != "meta_study.txt":
            assert fields.keys() == META
            assert fields["genetic_alteration_type"] == "CLINICAL"
            words = {"PATIENT_ATTRIBUTES", "SAMPLE_ATTRIBUTES", "TIMELINE"}
            assert fields["datatype"] in words


def clinical_files_begin_with_four_lines_on_each_attribute(folder):
    for path in clinical_of(folder):
        lines = path.read_text().splitlines()
        heads = [line[1:].split("\t") for line in lines if line[0] == "#"]
        assert [line[0] for line in lines[:4]] == ["#"] * 4
        assert len(heads) == 4
        assert {len(head) for head in heads} == {len(lines[4].split("\t"))}
        assert all(cell.strip() for head in heads for cell in head)
        assert set(heads[2]) <= {"STRING", "NUMBER", "BOOLEAN"}
        assert all(int(priority) >= -1 for priority in heads[3])


def attributes_are_capitals_and_stand_once(folder):
    names = [list(table_of(path)) for path in clinical_of(folder)]
    for own in names:
        assert len(set(own)) == len(own)
        assert all(name.isupper() for name in own)
        assert not BANNED & set(own)
    if len(names) == 2:
        assert set(names[0]) & set(names[1]) == {"PATIENT_ID"}


def attributes_that_the_portal_knows_are_of_their_level_and_type(folder):
    for path in clinical_of(folder):
        others = OF_SAMPLES if "patient" in path.name else OF_PATIENTS
        lines = path.read_text().splitlines()
        kinds = dict(zip(lines[4].split("\t"), lines[2][1:].split("\t"), strict=True))
        assert not others & kinds.keys()
        for name in NUMBERS & kinds.keys():
            assert kinds[name] == "NUMBER"
        for name in WORDS & kinds.keys():
            assert kinds[name] == "STRING"


def identifiers_are_there_once_and_of_allowed_letters(folder):
    patients = table_of(folder / "data_clinical_patient.txt")
    assert "SAMPLE_ID" not in patients
    assert patients["PATIENT_ID"].is_unique
    assert patients["PATIENT_ID"].str.fullmatch(r"[A-Za-z0-9._-]+").all()
    samples = samples_of(folder)
    if samples is not None:
        assert samples["SAMPLE_ID"].is_unique
        assert samples["SAMPLE_ID"].str.fullmatch(r"[A-Za-z0-9._-]{1,63}").all()
        assert set(samples["PATIENT_ID"]) <= set(patients["PATIENT_ID"])


def numbers_are_numbers(folder):
    for path in clinical_of(folder):
        kinds = path.read_text().splitlines()[2][1:].split("\t")
        table = table_of(path)
        for name, kind in zip(table, kinds, strict=True):
            cells = table[name][table[name] != ""]
            if kind == "NUMBER":
                pd.to_numeric(cells, errors="raise")


def survival_stands_in_pairs_whose_status_begins_with_its_number(folder):
    patients = table_of(folder / "data_clinical_patient.txt")
    ends = {name.removesuffix("_STATUS") for name in patients if "_STATUS" in name}
    ends &= {name.removesuffix("_MONTHS") for name in patients}
    assert {"OS", "PFS"} == ends
    for end in ends:
        status, months = patients[f"{end}_STATUS"], patients[f"{end}_MONTHS"]
        assert ((status == "") == (months == "")).all()
        assert status[status != ""].str.match("[01]:[A-Z]").all()


def no_cell_is_a_date(folder):
    months = {name.lower() for name in calendar.month_abbr[1:]}
    for path in folder.rglob("*.txt"):
        text = path.read_text()
        assert not re.search(r"\b(19|20)\d\d-[01]\d-[0-3]\d\b", text)
        for cell in re.findall(r"[^\t\n]+", text.lower()):
            assert not months & set(cell.split("-")), (path, cell)


def timelines_begin_with_the_columns_they_need_in_order(folder):
    for path in timelines_of(folder):
        first = list(table_of(path))[:4]
        assert first == ["PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE"]


def timelines_are_of_one_kind_and_count_whole_days(folder):
    known = set(table_of(folder / "data_clinical_patient.txt")["PATIENT_ID"])
    for path in timelines_of(folder):
        events = table_of(path)
        assert set(events["PATIENT_ID"]) <= known
        assert events["START_DATE"].str.fullmatch(r"-?\d+").all()
        assert events["STOP_DATE"].str.fullmatch(r"(-?\d+)?").all()
        (kind,) = set(events["EVENT_TYPE"])
        assert path.name == f"data_timeline_{kind.lower()}.txt"


def tests_of_levels_have_numbers_alone(folder):
    path = folder / "data_timeline_lab_test.txt"
    if path.exists():
        events = table_of(path)
        levels = events[events["TEST"] != "ctDNA state"]
        pd.to_numeric(levels["RESULT"], errors="raise")
        assert (events["RESULT"] != "").all()


def specimens_are_samples_of_the_clinical_file(folder):
    path, samples = folder / "data_timeline_specimen.txt", samples_of(folder)
    if path.exists():
        pairs = ["PATIENT_ID", "SAMPLE_ID"]
        known = set(samples[pairs].itertuples(index=False, name=None))
        assert set(table_of(path)[pairs].itertuples(index=False, name=None)) <= known


def mutations_of(folder):
    path = folder / "data_mutations.txt"
    return table_of(path) if path.exists() else pd.DataFrame(columns=MAF)


MAF = [
    *["Hugo_Symbol", "NCBI_Build", "Chromosome", "Variant_Classification"],
    *["Reference_Allele", "Tumor_Seq_Allele2", "Tumor_Sample_Barcode"],
    *["HGVSp_Short", "t_alt_count", "t_ref_count", "Variant_Type"],
    *["Start_Position", "End_Position"],
]


def mutations_have_the_columns_they_need_and_samples_that_exist(folder):
    mutations, samples = mutations_of(folder), samples_of(folder)
    assert set(MAF) <= set(mutations)
    if len(mutations):
        assert set(mutations["Tumor_Sample_Barcode"]) <= set(samples["SAMPLE_ID"])
        assert (mutations["Hugo_Symbol"] != "").all()
        assert set(mutations["NCBI_Build"]) <= {"", "GRCh37", "GRCh38"}
        assert not mutations["Chromosome"].str.startswith("chr").any()


def mutations_have_words_and_counts_of_a_maf(folder):
    mutations = mutations_of(folder)
    assert set(mutations["Variant_Classification"]) <= CLASSES
    for name in ("t_alt_count", "t_ref_count"):
        assert mutations[name].map(str.isdigit).all()
    for change in mutations["HGVSp_Short"]:
        assert not re.search("[,;]|.p[.]", change)
        assert len(change) <= 255


def alleles_agree_with_positions_and_type(folder):
    for row in mutations_of(folder).itertuples():
        ref, alt = row.Reference_Allele, row.Tumor_Seq_Allele2
        start, end = int(row.Start_Position), int(row.End_Position)
        assert re.fullmatch("[ACGT]+|-", ref)
        assert re.fullmatch("[ACGT]+|-", alt)
        assert start <= end
        if row.Variant_Type == "INS":
            assert end - start == 1 or end - start + 1 == len(ref)
        else:
            assert end - start + 1 == len(ref)
        lengths = {"SNP": 1, "DNP": 2, "TNP": 3}
        if row.Variant_Type in lengths:
            assert len(ref) == len(alt) == lengths[row.Variant_Type]


def no_mutation_stands_twice(folder):
    key = ["Chromosome", "Start_Position", "End_Position", "Variant_Classification"]
    key += ["Tumor_Seq_Allele2", "HGVSp_Short", "Tumor_Sample_Barcode"]
    assert not mutations_of(folder).duplicated(key).any()


def namespaces_have_columns(folder):
    if (folder / "meta_mutations.txt").exists():
        names = fields_of(folder / "meta_mutations.txt")["namespaces"].split(",")
        for name in names:
            assert any(column.startswith(f"{name}.") for column in mutations_of(folder))


def case_lists_name_samples_that_exist(folder):
    study, samples = fields_of(folder / "meta_study.txt"), samples_of(folder)
    asked = {"cancer_study_identifier", "stable_id", "case_list_name"}
    asked |= {"case_list_description", "case_list_ids", "case_list_category"}
    for path in folder.glob("case_lists/*"):
        fields = fields_of(path)
        assert fields.keys() == asked
        identifier = study["cancer_study_identifier"]
        assert fields["cancer_study_identifier"] == identifier
        assert fields["stable_id"].startswith(f"{identifier}_")
        assert fields["case_list_category"] in CATEGORIES
        ids = fields["case_list_ids"].split("\t")
        assert len(set(ids)) == len(ids)
        assert set(ids) - {""} <= set(samples["SAMPLE_ID"])


def case_lists_that_are_asked_for_are_there(folder):
    names = {path.name for path in folder.glob("case_lists/*")}
    needed = {"cases_all.txt"} if samples_of(folder) is not None else set()
    if (folder / "data_mutations.txt").exists():
        needed.add("cases_sequenced.txt")
    assert names == needed


RULES = [
    study_has_its_fields,
    each_data_file_has_a_meta_file_of_one_study,
    meta_files_have_the_fields_of_their_type,
    clinical_files_begin_with_four_lines_on_each_attribute,
    attributes_are_capitals_and_stand_once,
    attributes_that_the_portal_knows_are_of_their_level_and_type,
    identifiers_are_there_once_and_of_allowed_letters,
    numbers_are_numbers,
    survival_stands_in_pairs_whose_status_begins_with_its_number,
    no_cell_is_a_date,
    timelines_begin_with_the_columns_they_need_in_order,
    timelines_are_of_one_kind_and_count_whole_days,
    tests_of_levels_have_numbers_alone,
    specimens_are_samples_of_the_clinical_file,
    mutations_have_the_columns_they_need_and_samples_that_exist,
    mutations_have_words_and_counts_of_a_maf,
    alleles_agree_with_positions_and_type,
    no_mutation_stands_twice,
    namespaces_have_columns,
    case_lists_name_samples_that_exist,
    case_lists_that_are_asked_for_are_there,
]
