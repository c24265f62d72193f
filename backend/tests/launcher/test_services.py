from pathlib import Path

from launcher.stand_ins import planned

from neuroagent.launcher import services
from neuroagent.launcher.redis import password_of


def test_both_sides_are_told_of_the_same_redis(tmp_path: Path) -> None:
    made = planned(tmp_path)

    given = services.environment(made, colours=False)

    for side in ("NEUROAGENT_", "TASKS_"):
        assert given[f"{side}REDIS__HOST"] == "127.0.0.1"
        assert given[f"{side}REDIS__PORT"] == str(made.redis_port)
        assert given[f"{side}REDIS__PASSWORD"] == password_of(made.data, {})


def test_the_app_is_told_where_it_is_and_where_its_data_lies(tmp_path: Path) -> None:
    made = planned(tmp_path)

    given = services.environment(made, colours=True)

    assert given["NEUROAGENT_SERVER__PORT"] == str(made.port)
    assert given["NEUROAGENT_STORAGE__PUBLIC_URL"] == made.url
    assert given["NEUROAGENT_DATA_FOLDER"] == str(tmp_path / "data")
    assert given["TASKS_CIRCUIT__CACHE_FOLDER"] == str(tmp_path / "data" / "circuits")
    assert given["NEUROAGENT_LOGGING__COLOURS"] == given["TASKS_LOGGING__COLOURS"] == "true"


def test_what_the_user_has_set_wins(tmp_path: Path) -> None:
    made = planned(tmp_path, TASKS_LOGGING__FORMAT="json", NEUROAGENT_STORAGE__PUBLIC_URL="https://box")

    given = services.environment(made, colours=False)

    assert given["TASKS_LOGGING__FORMAT"] == "json"
    assert given["NEUROAGENT_STORAGE__PUBLIC_URL"] == "https://box"


def test_the_users_own_redis_reaches_the_workers_too(tmp_path: Path) -> None:
    made = planned(tmp_path, NEUROAGENT_REDIS__URL="redis://box", NEUROAGENT_REDIS__PASSWORD="secret")

    given = services.environment(made, colours=False)

    assert given["TASKS_REDIS__URL"] == given["NEUROAGENT_REDIS__URL"] == "redis://box"
    assert given["TASKS_REDIS__PASSWORD"] == "secret"
    assert "TASKS_REDIS__HOST" not in given


def test_workers_with_a_redis_of_their_own_keep_it(tmp_path: Path) -> None:
    made = planned(tmp_path, TASKS_REDIS__URL="redis://box")

    given = services.environment(made, colours=False)

    assert given["TASKS_REDIS__URL"] == "redis://box"
    assert "TASKS_REDIS__PASSWORD" not in given


def test_the_launchers_own_search_path_is_not_passed_on(tmp_path: Path) -> None:
    given = services.environment(planned(tmp_path, PYTHONPATH="/launcher"), colours=False)

    assert "PYTHONPATH" not in given


def test_all_have_time_to_end_within_ten_seconds() -> None:
    assert sum(services.GRACE.values()) < 10
