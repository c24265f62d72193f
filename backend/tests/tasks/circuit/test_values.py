"""The values of one attribute, a run of rows at a time, as Arrow sees them."""

import numpy as np
import pyarrow as pa
import pytest

from neuroagent.tasks.circuit.values import Enumerated, Mapped, Missing, Numbers, OfType, RowNumbers, Same, TypeIds


def test_numbers_are_not_copied() -> None:
    kept = np.arange(6.0)

    read = Numbers(Mapped(kept)).read(2, 5)

    assert read.to_pylist() == [2.0, 3.0, 4.0]
    assert read.buffers()[1].address == kept[2:].ctypes.data


def test_truth_and_what_is_not_a_number() -> None:
    assert Numbers(Mapped(np.array([True, False, True]))).read(0, 3).to_pylist() == [True, False, True]
    assert Numbers(Mapped(np.array([np.nan, 1.0]))).read(0, 2).to_pylist() == [None, 1.0]


@pytest.mark.parametrize("kind", ["u1", "u4", "i4", "i8", "u8"])
def test_places_in_a_library_are_of_any_width(kind: str) -> None:
    values = Enumerated(Mapped(np.array([1, 0, 9], dtype=kind)), pa.array(["a", "b"]))

    assert values.read(0, 3).to_pylist() == ["b", "a", None]
    assert values.count_outside(0, 3) == 1


def test_a_library_may_be_empty() -> None:
    assert Enumerated(Mapped(np.zeros(2, "u4")), pa.array([], pa.string())).read(0, 2).to_pylist() == [None, None]


@pytest.mark.parametrize("far", [5, 10**12])
def test_types_are_found_by_their_id_near_and_far(far: int) -> None:
    known = TypeIds(np.array([-1, 2, far]))

    assert known.places(np.array([far, 2, -1, 3, -2, 10**15])).tolist() == [2, 1, 0, 3, 3, 3]
    assert TypeIds(np.zeros(0, np.int64)).places(np.array([1])).tolist() == [0]


def test_what_a_type_says_is_said_of_its_nodes() -> None:
    ids, known = Mapped(np.array([1, 2, 1, 7])), TypeIds(np.array([1, 2]))

    assert OfType(ids, known, pa.array(["a", None])).read(0, 4).to_pylist() == ["a", None, "a", None]
    assert OfType(ids, known, pa.array([5, 6])).read(1, 4).to_pylist() == [6, 5, None]


def test_what_is_the_same_for_all_and_what_nobody_has() -> None:
    assert Same("p").read(0, 2).to_pylist() == ["p", "p"]
    assert Missing(pa.int8()).read(0, 2).to_pylist() == [None, None]
    assert RowNumbers().read(3, 5).to_pylist() == [3, 4]
