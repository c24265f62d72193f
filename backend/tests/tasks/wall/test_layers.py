"""What is said of a wall."""

from neuroagent.tasks.wall.layers import HOLDS, Layer, Standing, WallIncomplete


def test_every_layer_says_what_it_holds() -> None:
    assert set(HOLDS) == set(Layer)


def test_a_layer_is_one_line_whether_it_stands_or_not() -> None:
    standing, missing = Standing(Layer.LANDLOCK, "version 7"), Standing(Layer.LANDLOCK, "too old", stands=False)

    assert str(standing) == "landlock: opens only what it was given, no TCP, signals nobody (version 7)"
    assert str(missing) == "landlock: MISSING, too old"


def test_a_required_layer_that_is_missing_names_itself_the_reason_and_the_setting() -> None:
    error = WallIncomplete([Standing(Layer.SECCOMP, "switched off", stands=False)])

    assert "seccomp: switched off" in str(error)
    assert "TASKS_SANDBOX__REQUIRE" in str(error)
