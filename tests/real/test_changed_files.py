"""Real files with bytes changed at random: no traceback, no number changed in silence.

Each changed file is read as the workflow does. Where nothing new is said of it, its
counts must be those that plain Python reads in the changed bytes by the letter of the
format. `make fuzz` runs it for ten minutes.
"""

import gzip
import os
import random
import re
import traceback
from math import nan
from time import monotonic

import pandas as pd
import pytest
from reading import as_sample, read_batch

from her2ctdna.calls.callers import read_caller
from her2ctdna.calls.vcf_header import HeaderError, parse_header
from her2ctdna.depth.alignment_file import CoverageError
from her2ctdna.depth.depth_track import check_depth_track, read_depths
from her2ctdna.depth.molecules import Site

SECONDS = float(os.environ.get("FUZZ_SECONDS", "60"))
SEED = int(os.environ.get("FUZZ_SEED", "20240601"))
BATCH = 40
MOST_RECORDS = 12
# the sample that is read, and by which rule plain Python counts it
FILES = {
    "somaticseq/paired.LoFreq.snv.vcf.gz": (None, "DP4"),
    "somaticseq/paired.MuTect2.vcf.gz": ("TUMOR", "AD"),
    "somaticseq/tumoronly.MuTect2.vcf.gz": (None, "AD"),
    "somaticseq/tumoronly.Strelka.vcf.gz": (None, "AD"),
    "somaticseq/tumoronly.VarDict.vcf.gz": (None, "VD"),
    "umivar/strelka2_vep_csq_dilution.hgmd_ngsd_removed.vcf": (
        "NA12877N1287820_02",
        "tiers",
    ),
    "cyvcf2/test.snpeff.vcf": ("1094PC0012", "AD"),
    "vatools/input.no_gt_in_format.vcf": (None, "tiers"),
}
BYTES = b"0123456789ACGTN.,;:|/=\t\n\r#<>*% \x00\xe9\xff-"
COUNTED = ("AD", "DP", "VD", "DP4", "AU", "CU", "GU", "TU", "TIR", "TAR")
COUNT = re.compile(r"[0-9]+(\.0*)?")


@pytest.fixture(scope="module")
def originals(real_data):
    """The header, the records and the warnings of each file, cut to a few records."""
    found = {}
    for name in FILES:
        raw = (real_data / "vcf" / name).read_bytes()
        text = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        lines = text.splitlines(keepends=True)
        head = [line for line in lines if line.startswith(b"#")]
        # annotations are long and hold no counts
        records = [
            re.sub(rb"CSQ=[^;\t]*", b"CSQ=T", line) for line in lines[len(head) :]
        ]
        found[name] = head, records[:MOST_RECORDS]
    return found


# Changes


def change_byte(chance, text):
    at = chance.randrange(len(text))
    new = bytes([chance.choice(BYTES)])
    kinds = (text[at + 1 :], text[at:], new + text[at + 1 :], new + text[at:])
    return text[:at] + chance.choice(kinds)


def change_cells(chance, text):
    """Swap, drop, empty or double a cell between tabs, colons, commas or semicolons."""
    divider = chance.choice([b"\t", b":", b",", b";", b"\n"])
    cells = text.split(divider)
    one, other = chance.randrange(len(cells)), chance.randrange(len(cells))
    kind = chance.randrange(4)
    if kind == 0:
        cells[one], cells[other] = cells[other], cells[one]
    elif kind == 1:
        del cells[one]
    elif kind == 2:
        cells[one] = chance.choice(
            [b"", b".", b"0", b"-1", b"1e3", b"9.5", b"99999999999"]
        )
    else:
        cells.insert(other, cells[one])
    return divider.join(cells)


def change_end(chance, text):
    return text[: chance.randrange(len(text))]


def change_number(chance, text):
    """Declare another number or type of values, of this or a later VCF version."""
    new = chance.choice([b"P", b"LA", b"LR", b"LG", b"M", b"A", b"R", b".", b"Q", b""])
    found = list(re.finditer(rb"Number=[^,>]*", text))
    if not found:
        return text
    one = chance.choice(found)
    return text[: one.start()] + b"Number=" + new + text[one.end() :]


CHANGES = (change_byte, change_byte, change_cells, change_cells, change_end)


def changed(chance, head, records):
    """The header and records of a file, one of them changed, and which one."""
    head, records = b"".join(head), b"".join(records)
    if chance.random() < 0.3:
        return chance.choice((*CHANGES, change_number))(chance, head), records
    for _ in range(chance.choice((1, 1, 2))):
        records = chance.choice(CHANGES)(chance, records) if records else records
    return head, records


# What the changed bytes say by the letter


def numbers(text):
    cells = (text or ".").split(",")
    return [float(c) if COUNT.fullmatch(c) else nan for c in cells]


def first(texts, tag):
    return numbers(texts.get(tag))[0] if "," not in texts.get(tag, "") else nan


def letter_counts(rule, site, draw, ref, alts, nth):
    """Count and depth of one ALT by the rule of its caller, in plain Python."""
    depth = first(site if rule == "DP4" else draw, "DP")
    listed, alt = numbers(draw.get("AD")), alts[nth]
    count = total = nan
    if rule == "DP4":
        strands = numbers(site.get("DP4"))
        if len(strands) == 4 and len(alts) == 1:
            count, total = strands[2] + strands[3], sum(strands)
    elif rule == "VD" and first(draw, "VD") == first(draw, "VD") and len(alts) == 1:
        count = first(draw, "VD")
    elif rule == "tiers" and len(ref) == len(alt) == 1 and f"{alt}U" in draw:
        tiers = {base: numbers(draw.get(f"{base}U"))[0] for base in (ref, *alts)}
        count, total = tiers[alt], sum(tiers.values())
    elif rule == "tiers" and "TIR" in draw and len(alts) == 1:
        count, reference = numbers(draw["TIR"])[0], numbers(draw.get("TAR"))[0]
        total = count + reference
    elif len(listed) == len(alts) + 1:
        count, total = listed[nth + 1], sum(listed)
    return count, total if pd.isna(depth) else depth


def letter_rows(head, records, calls_sample, rule):
    """POS, REF, ALT (trimmed), count and depth of each allele, in plain Python."""
    names = parse_header(head).samples
    column = 9 + (names.index(calls_sample) if calls_sample else 0)
    rows = []
    for line in records.decode(errors="replace").split("\n")[:-1]:
        cells = line.removesuffix("\r").split("\t")
        site = {}
        for part in cells[7].split(";"):
            key, _, value = part.partition("=")
            site.setdefault(key, value)
        draw = {}
        if names:
            draw = dict(
                zip(cells[8].split(":"), cells[column].split(":"), strict=False)
            )
        alts = [] if cells[4] == "." else cells[4].upper().split(",")
        for nth, alt in enumerate(alts):
            if set(alt) <= set("ACGTN"):
                counts = letter_counts(rule, site, draw, cells[3].upper(), alts, nth)
                rows.append((*counts,))
    return [tuple(None if pd.isna(n) else n for n in row) for row in rows]


def told(findings, row):
    return {
        re.sub(r"\d+", "#", found.message)
        for found in findings
        if found.row == row and found.severity != "note"
    }


def split_header(whole):
    """The lines that start with #, and the rest: a change may move the border."""
    lines = whole.split(b"\n")
    n = next((at for at, line in enumerate(lines) if line[:1] != b"#"), len(lines))
    head = b"".join(line + b"\n" for line in lines[:n])
    return head, b"\n".join(lines[n:])


def rules_of(head):
    """What a header says that the counts depend on."""
    header = parse_header(head)
    declared = header.formats if header.samples else header.info
    return read_caller(header), {tag: declared.get(tag) for tag in COUNTED}


def is_silent_change(file, calls, new, original_head):
    """Say whether counts are others than the bytes say, and nothing is said of it."""
    name, head, records = file
    calls_sample, rule = FILES[name]
    if new:
        return False
    read = [
        tuple(None if pd.isna(n) else n for n in row)
        for row in calls[["alt_count", "depth"]].itertuples(index=False)
    ]
    try:
        same = read == letter_rows(head, records, calls_sample, rule)
    except (HeaderError, IndexError, ValueError):
        return True
    # another caller, or another field of counts declared, is another rule
    return not same and rules_of(head) == rules_of(original_head)


def test_a_changed_file_gives_no_traceback_and_no_other_number(originals, tmp_path):
    chance, end, n = random.Random(SEED), monotonic() + SECONDS, 0
    baseline = {}
    for name, (head, records) in originals.items():
        path = tmp_path / "original.vcf"
        path.write_bytes(b"".join(head + records))
        calls, findings = read_batch([as_sample(path, FILES[name][0])])
        baseline[name] = told(findings, 7)
        file = name, b"".join(head), b"".join(records)
        assert not is_silent_change(file, calls, set(), file[1]), name
    while monotonic() < end:
        files = []
        for number in range(BATCH):
            name = chance.choice(list(FILES))
            head, records = changed(chance, *originals[name])
            path = tmp_path / f"{number}.vcf"
            whole = head + records
            path.write_bytes(gzip.compress(whole, 1) if number % 8 == 0 else whole)
            files.append((path, (name, *split_header(whole))))
        samples = [
            as_sample(path, FILES[file[0]][0], sample_id=str(row), row=row)
            for row, (path, file) in enumerate(files)
        ]
        calls, findings = read_batch(samples)
        for row, (_, file) in enumerate(files):
            new = told(findings, row) - baseline[file[0]]
            own = calls[calls["sample_id"] == str(row)]
            original = b"".join(originals[file[0]][0])
            assert not is_silent_change(file, own, new, original), (n + row, file)
        n += BATCH
    assert n > SECONDS


def test_a_changed_depth_track_gives_no_traceback(originals, tmp_path):
    """The same files as a gVCF, and their bytes as a BED."""
    chance, end = random.Random(SEED), monotonic() + SECONDS / 4
    site = Site("chr1", 122183, "A", "T")
    bed = b"".join(b"chr1\t%d\t%d\t%d\n" % (n, n + 9, n) for n in range(0, 900, 9))
    path = tmp_path / "track"
    while monotonic() < end:
        name = chance.choice([None, *FILES])
        if name is None:
            whole = chance.choice(CHANGES)(chance, bed)
        else:
            whole = b"".join(changed(chance, *originals[name]))
        path.write_bytes(gzip.compress(whole, 1) if chance.random() < 0.2 else whole)
        try:
            list(check_depth_track(path, sample=""))
            read_depths(path, [site], sample="")
        except CoverageError:
            continue
        except Exception:
            pytest.fail(f"{SEED} {whole[:500]!r}\n{traceback.format_exc()}")
