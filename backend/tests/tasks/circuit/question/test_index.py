"""What words can mean in a population."""

import pytest
from question_sets import Table

from neuroagent.tasks.circuit.profile import Column, Profile, ValueCount
from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.question.tree import OneOf


def index(*columns: Column, synonyms: dict[str, str] | None = None, population: str = "default") -> Index:
    return Index(Profile(population, 10, columns), synonyms or {})


def text(name: str, *values: str) -> Column:
    return Column(name, "text", "VARCHAR", distinct=len(values), values=tuple(ValueCount(each, 5) for each in values))


@pytest.mark.parametrize("name", ["thresholdcurrent", "rheobase"])
def test_a_column_of_the_field_has_all_its_names(neurons: Table, name: str) -> None:
    assert neurons.index.columns[name].name == "threshold_current"


@pytest.mark.parametrize("name", ["dynamics_params/threshold_current", "@dynamics:threshold_current"])
def test_a_folder_before_a_name_may_be_left_out(name: str) -> None:
    column = Column(name, "number", "DOUBLE")

    assert index(column).columns["thresholdcurrent"] is column


def test_a_unit_may_be_left_out() -> None:
    assert index(Column("height_m", "number", "DOUBLE")).columns["height"].name == "height_m"


def test_a_columns_own_name_wins_over_a_synonym() -> None:
    found = index(text("mtype", "A"), text("cell_type", "B"))

    assert found.columns["celltype"].name == "cell_type"


def test_excitatory_is_whatever_stands_for_it_here() -> None:
    assert index(text("ei", "e", "i")).field_words["inhibitory"] == OneOf("ei", ("i",))


def test_a_synonym_of_this_place_names_a_value_or_a_column() -> None:
    found = index(text("morph_class", "PYR"), synonyms={"cone cells": "morph_class = PYR", "form": "morph_class"})

    assert found.values["conecells"] == (OneOf("morph_class", ("PYR",)),)
    assert found.columns["form"].name == "morph_class"


def test_a_row_is_called_after_its_id_and_its_table(orders: Table) -> None:
    assert "order" in orders.index.entities
    assert "neuron" not in orders.index.entities


def test_part_of_a_value_stands_for_all_that_have_it(neurons: Table) -> None:
    assert set(neurons.index.value_parts["MC"].values) == {"L23_MC", "L5_MC", "L6_MC"}
