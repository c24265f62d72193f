"""What is known of a population before anybody asks."""

from neuroagent.tasks.circuit.profile import Column, Profile, Skipped, ValueCount

PROFILE = Profile(
    "p",
    7,
    (Column("Layer", "text", "VARCHAR", distinct=2, values=(ValueCount("1", 4), ValueCount("2", 3))),),
    (Skipped("cube", "too wide"),),
)


def test_a_column_is_found_whatever_case_its_name_is_written_in() -> None:
    assert PROFILE.column("LAYER") is PROFILE.columns[0]
    assert PROFILE.column("depth") is None


def test_it_travels_with_as_many_values_as_somebody_wants() -> None:
    described = PROFILE.described(most_values=1)

    assert [each.value for each in described.columns[0].values] == ["1"]
    assert described.columns[0].distinct == 2
    assert described.skipped[0].why == "too wide"
