"""The study folder for cBioPortal: which files a study has, and their text."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from her2ctdna.exports.portal_form import clinical_text, data_text, meta_text
from her2ctdna.exports.portal_mutations import BUILDS, NAMESPACE, derive_mutations
from her2ctdna.exports.portal_patients import derive_clinical_patients
from her2ctdna.exports.portal_samples import clinical_samples, derive_samples
from her2ctdna.exports.portal_timelines import derive_timelines

TYPE_OF_CANCER = "brca"


class PortalStudy(NamedTuple):
    """What a study folder says of itself.

    ``study_id`` and ``title`` are those of the config, ``analysis`` its name and
    ``definitions_id`` that of its definitions; ``metric`` is what levels are.
    """

    study_id: str
    title: str
    is_synthetic: bool
    analysis: str
    definitions_id: str
    metric: str

    @property
    def identifier(self) -> str:
        """The identifier in the portal: one for each analysis."""
        name = f"{self.study_id}_{self.analysis}".lower()
        return re.sub("[^a-z0-9]+", "_", name).strip("_")

    @property
    def name(self) -> str:
        """Its name, stamped where the data are synthetic."""
        stamp = "Synthetic data: " if self.is_synthetic else ""
        return f"{stamp}{self.title} ({self.study_id}, {self.analysis})"

    @property
    def description(self) -> str:
        """How it came about."""
        return (
            f"Analysis {self.analysis} of {self.study_id}, definitions "
            f"{self.definitions_id}, made by her2-ctdna. Times are since first dose."
        )


def derive_files(
    tables: Mapping[str, pd.DataFrame],
    study: PortalStudy,
    *,
    landmarks: Iterable[str],
    covariates: Iterable[str],
    build: str,
) -> dict[str, str]:
    """Return the files of a study folder as text, by their path in it.

    Parameters
    ----------
    tables
        ``patients``, and as the study has them ``visits``, ``her2_readings``,
        ``ctdna_samples``, ``variant_status`` and ``variants``. What is not there has no
        file: without HER2 and ctDNA no samples, without calls of a draw no mutations.
    study
        What it says of itself.
    landmarks, covariates
        See `derive_clinical_patients`.
    build
        The genome build of the calls, see `find_build`.
    """
    draws = tables.get("ctdna_samples")
    samples = derive_samples(tables.get("her2_readings"), draws)
    timelines = derive_timelines(
        tables["patients"],
        samples=samples,
        visits=tables.get("visits"),
        draws=draws,
        metric=study.metric,
    )
    patients = derive_clinical_patients(
        tables["patients"], landmarks=landmarks, covariates=covariates
    )
    files = {"meta_study.txt": meta_text(_study_fields(study, build))}
    files |= _data_file(study, "clinical_patient", clinical_text(*patients))
    if not samples.empty:
        clinical = clinical_text(*clinical_samples(samples))
        files |= _data_file(study, "clinical_sample", clinical)
        files |= _case_list(study, "all", samples["SAMPLE_ID"])
    for kind, events in timelines.items():
        files |= _data_file(study, f"timeline_{kind.lower()}", data_text(events))
    return files | _mutation_files(tables, study, build)


def find_build(files: pd.DataFrame) -> str:
    """Return the genome build of files of calls (`read_files`).

    Empty where none is told, or more than one.
    """
    told = set(files["build"]) & set(BUILDS)
    return told.pop() if len(told) == 1 else ""


_KINDS = {
    "clinical_patient": ("CLINICAL", "PATIENT_ATTRIBUTES"),
    "clinical_sample": ("CLINICAL", "SAMPLE_ATTRIBUTES"),
    "mutations": ("MUTATION_EXTENDED", "MAF"),
}
"""``genetic_alteration_type`` and ``datatype`` of data files; of others a timeline."""

_MUTATION_FIELDS = {
    "stable_id": "mutations",
    "show_profile_in_analysis_tab": "true",
    "profile_name": "Mutations in plasma",
    "profile_description": "Tracked and emergent variants where molecules of them were "
    "counted. Not listed is not the same as not present.",
    # a tracked variant counts whatever it does to the protein: empty is no filter
    "variant_classification_filter": "",
    "namespaces": NAMESPACE,
}
"""What the meta file of mutations says beside what all do."""

_LISTS = {
    "all": ("All samples", "all_cases_in_study"),
    "sequenced": ("Sequenced plasma", "all_cases_with_mutation_data"),
}


def _study_fields(study: PortalStudy, build: str) -> dict[str, str]:
    fields = {
        "type_of_cancer": TYPE_OF_CANCER,
        "cancer_study_identifier": study.identifier,
        "name": study.name,
        "description": study.description,
    }
    return fields | ({"reference_genome": build} if build else {})


def _data_file(study: PortalStudy, name: str, text: str, **more: str) -> dict[str, str]:
    """Return a data file and its meta file."""
    alteration, datatype = _KINDS.get(name, ("CLINICAL", "TIMELINE"))
    fields = {
        "cancer_study_identifier": study.identifier,
        "genetic_alteration_type": alteration,
        "datatype": datatype,
        "data_filename": f"data_{name}.txt",
    }
    return {f"meta_{name}.txt": meta_text(fields | more), f"data_{name}.txt": text}


def _case_list(study: PortalStudy, kind: str, samples: Iterable[str]) -> dict[str, str]:
    ids = list(samples)
    label, category = _LISTS[kind]
    fields = {
        "cancer_study_identifier": study.identifier,
        "stable_id": f"{study.identifier}_{kind}",
        "case_list_name": label,
        "case_list_description": f"{label} ({len(ids)} samples)",
        "case_list_category": category,
        "case_list_ids": "\t".join(ids),
    }
    return {f"case_lists/cases_{kind}.txt": meta_text(fields)}


def _mutation_files(
    tables: Mapping[str, pd.DataFrame],
    study: PortalStudy,
    build: str,
) -> dict[str, str]:
    """Return the MAF and who was sequenced; nothing without calls of any draw."""
    if "variant_status" not in tables:
        return {}
    draws = tables["ctdna_samples"]
    sequenced = draws.loc[draws["n_tracked"].notna(), "sample_id"]
    if sequenced.empty:
        return {}
    mutations = derive_mutations(
        tables["variant_status"],
        tables["variants"],
        samples=set(draws["sample_id"]),
        build=build,
    )
    files = _data_file(study, "mutations", data_text(mutations), **_MUTATION_FIELDS)
    return files | _case_list(study, "sequenced", sequenced)
