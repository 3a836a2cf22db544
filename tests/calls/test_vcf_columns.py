import random

import numpy as np
import pyarrow as pa
import pytest

from her2ctdna.calls.vcf_columns import split, split_alike


def parts_of(lists, n):
    """The parts of each text, as they are picked one by one."""
    rows = np.arange(n)
    most = lists.lengths.max(initial=0)
    columns = [lists.pick(rows, nth).to_pylist() for nth in range(most)]
    assert not n or lists.pick(np.full(n, -1), 0).null_count == n
    return [list(parts) for parts in zip(*columns, strict=True)]


@pytest.mark.parametrize("letters", ["a,", "ab", ","])
def test_texts_are_split_alike_with_a_copy_and_without(letters):
    random.seed(1)
    for _ in range(100):
        texts = [
            None
            if random.random() < 0.1
            else "".join(random.choices(letters, k=random.randrange(3))).encode()
            for _ in range(random.randrange(8))
        ]
        column = pa.array(texts, pa.binary())[random.randrange(3) :]
        whole, parts = split(column, b","), split_alike(column, b",")
        assert list(whole.lengths) == list(parts.lengths)
        known = column.to_pylist()
        expected = [[] if text is None else text.split(b",") for text in known]
        most = max(map(len, expected), default=0)
        filled = [found + [None] * (most - len(found)) for found in expected]
        n = len(column)
        assert parts_of(whole, n) == parts_of(parts, n) == (filled if most else [])


def test_texts_with_as_many_separators_are_not_copied():
    column = pa.array([b"a:b", b":", b"cc:d"])[1:]
    lists = split_alike(column, b":")
    assert lists.step == 2
    assert lists.items.buffers()[2].address == column.buffers()[2].address
    assert parts_of(lists, 2) == [[b"", b""], [b"cc", b"d"]]
    # as many in all, but not in each
    assert split_alike(pa.array([b"a::b", b"c"]), b":").step == 1
