"""Response: assessments, endpoints and the course of each patient."""

from her2ctdna.settings.results.entries import (
    Figure,
    PerLandmark,
    Result,
    flag,
    number,
    text,
)

RESULTS = (
    Result(
        "visits.tsv",
        section="Response",
        needs=("response",),
        rules=("derive_endpoints",),
        row=(
            "assessment, as reported or from lesions: whether it counts (`used`, "
            "`reason`), sum, baseline, nadir, changes"
        ),
        columns=(
            *text("patient_id"),
            *number("assessed_day"),
            *text("evaluator", "overall"),
            *flag("used"),
            *text("reason"),
            *number(
                *("target_sum_mm", "baseline_sum_mm", "nadir_sum_mm"),
                *("change_percent", "change_from_nadir_mm"),
                *("change_from_nadir_percent",),
            ),
            *text("target_response", "non_target_response"),
            *flag("new_lesion"),
        ),
        caption="""
            One row a tumour assessment, as reported or derived from lesions by RECIST
            1.1. ``used`` says whether it counts for response and progression, and
            ``reason`` why not. Sums of target lesions are in millimetres;
            ``change_percent`` is against baseline, ``change_from_nadir_*`` against
            the smallest sum so far, from which progression is measured.
        """,
    ),
    Result(
        "endpoints.tsv",
        section="Response",
        rules=("derive_endpoints",),
        row=(
            "patient: best response, responder, benefit, DoR, PFS, OS, time to next "
            "treatment (`ttnt_*`) and on treatment (`tot_*`), each with its day and "
            "reason"
        ),
        columns=(
            *text("patient_id"),
            *flag("treated"),
            *text("bor", "confirmed_bor"),
            *number("bor_day", "confirmed_bor_day"),
            *flag("responder"),
            *number("response_day"),
            *flag("disease_control", "clinical_benefit_registry", "clinical_benefit"),
            *number("ttr_days", "dor_days"),
            *flag("dor_event"),
            *text("dor_reason"),
            *number("pfs_days"),
            *flag("pfs_event"),
            *text("pfs_reason"),
            *number("os_days"),
            *flag("os_event"),
            *text("os_reason"),
            *number(
                *("best_change_percent", "best_change_day", "n_visits"),
                *("first_visit_day", "progression_day"),
            ),
            *text("bor_reason", "confirmed_bor_reason"),
            *number("progression_free_day"),
            *number("ttnt_days"),
            *flag("ttnt_event"),
            *text("ttnt_reason"),
            *number("tot_days"),
            *flag("tot_event"),
            *text("tot_reason"),
        ),
        caption="""
            One row a patient. ``bor`` is the best overall response without,
            ``confirmed_bor`` with confirmation after {{
            snakemake.params.response["confirmation_days"] }} days; ``responder``
            follows {{ "the confirmed one" if snakemake.params.response["confirmed"]
            else "the unconfirmed one" }}. Times (``ttr_days``, ``dor_days``,
            ``pfs_days``, ``os_days``, ``ttnt_days`` to next treatment or death,
            ``tot_days`` on treatment) are in days{{ ", the first day counting" if
            snakemake.params.response["count_first_day"] }}; ``*_event`` is no where a
            time is censored, and ``*_reason`` says why it ends there. Stable disease
            counts from day {{ snakemake.params.response["sd_min_days"] }}, clinical
            benefit needs {{ snakemake.params.response["clinical_benefit_days"] }}
            days without progression.
        """,
    ),
    Figure(
        "waterfall",
        title="Best change of target lesions",
        section="Response",
        rule="plot_response",
        needs=("response",),
        columns=(
            *text("patient_id", "her2_group", "bor", "confirmed_bor", "response"),
            *text("her2_category"),
            *number("change_percent"),
            PerLandmark(text("clearance")),
        ),
        caption="""
            One bar a treated patient: the best change of the sum of target lesion
            diameters from baseline, up to progression or a new therapy.{% if "her2" in
            chapters %} Bars are coloured by HER2 class: blue are the classes of
            HER2-zero, brown those of HER2-low, hatched what is rarer or unclear.{% else
            %} Bars are coloured by best overall response.{% endif %} The letters are
            the best overall response, with an asterisk where it is not the confirmed
            one. The dashed lines are 30 % shrinkage and 20 % growth: a partial response
            needs the first, which does not make one, as confirmation, new lesions and
            non-target lesions count as well. Growth above 100 % is cut; the bar is
            slashed and its value written at it, or below where bars are too narrow.
            Below the bars: response, that of a patient whose CR or PR was never
            confirmed and does not count hatched{% if "ctdna" in chapters and landmarks
            %}, and ctDNA clearance at {{ landmarks | join(", ") }}{% endif %}. Patients
            without a measured change are named below; they are not dropped from any
            rate.
        """,
    ),
    Figure(
        "swimmer",
        title="Course of each patient",
        section="Response",
        rule="plot_response",
        needs=("response",),
        columns=(
            *text("patient_id", "her2_group", "her2_category", "bor", "response"),
            *text("item", "value"),
            *number("day_from", "day_to"),
        ),
        caption="""
            The course of each treated patient from first dose to the right, one lane
            each, by {% if "her2" in chapters %}HER2 group and then by {% endif %}length
            of follow-up; {% if "her2" in chapters %}HER2 class and {% endif %}best
            overall response stand{% if "her2" not in chapters %}s{% endif %} at the
            left. The thick bar is the time from first
            to last dose, to the end of follow-up where no last dose is given. Its
            colour is the response at an assessment and holds until the next one, the
            last until the last dose; white is the time before the first, hatched a CR
            or PR that was never confirmed and does not count. The thin bar
            is response after the last dose, the thin line follow-up for survival.
            Triangles are first responses, diamonds progression; a square is death, an
            arrow alive at last contact, open while on
            treatment.{% if "ctdna" in chapters %} The row of marks below a bar is
            plasma: black with ctDNA detected, white undetected, a grey cross where a
            sample could not tell.{% endif %} Months are days / 30.4375.
        """,
    ),
    Figure(
        "spider",
        title="Target lesions over time",
        section="Response",
        rule="plot_response",
        needs=("response",),
        columns=(
            *text("patient_id", "her2_group", "bor", "response"),
            *number("day", "change_percent"),
            *flag("new_lesion"),
        ),
        caption="""
            Change of the sum of target lesion diameters from baseline, one line a
            patient,{% if "her2" in chapters %} a panel a HER2 group,{% endif %}
            coloured by best overall response (broken: CR or PR never confirmed, which
            does not count). The baseline is drawn at day 0; each dot
            is an assessment and a cross one with a new lesion, also where the sum was
            not measured (open, at the last sum known). A line that falls and stays down
            is a lasting shrinkage. The dashed lines are 30 % below and 20 % above
            baseline, but progression is counted from the smallest sum so far, so a line
            that turns up may progress below zero. Growth above 100 % leaves the panel
            by an arrow with its value. Lines end with the last measurement; patients
            who leave early make the right of the figure look better than the cohort is.
        """,
    ),
)
