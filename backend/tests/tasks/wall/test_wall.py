"""Each layer holds without the others, and all of them together; run by root, once more as an ordinary user."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tasks.wall.hostile import MEGABYTES, SCRIPT, SECRET, Surroundings, needs, surroundings, survey

from neuroagent.tasks.wall.layers import Layer, WallError, WallIncomplete
from neuroagent.tasks.wall.python import interpreter_folders
from neuroagent.tasks.wall.wall import Wall

# attempts that the layer denies without any other
HELD_BY = {
    Layer.NAMESPACES: ("tcp", "udp", "unix_abstract"),
    Layer.ROOT: (
        "read_secret", "see_secret", "read_through_link", "read_passwords", "write_file", "parents_environment",
        "unix_path", "run_program",
    ),
    Layer.NO_NEW_PRIVS: ("gain_privileges",),
    Layer.LANDLOCK: (
        "read_secret", "read_through_link", "list_root", "read_passwords", "write_file", "parents_environment",
        "list_processes", "run_program", "trace", "delete_secret",
    ),
    Layer.SECCOMP: (
        "listen", "unix_path", "datagram_pair", "netlink", "fork", "run_program", "become_program",
        "become_program_by_handle", "signal_parent", "signal_decoy", "signal_all", "signal_by_handle",
        "signal_by_owner", "trace", "read_memory_of_others", "memory_file", "shared_memory", "old_shared_memory",
        "mount", "new_user_namespace", "keyring", "kernel_program", "page_faults", "outlive_parent", "host_name",
        "change_secret_mode",
    ),
}  # fmt: skip
# attempts that succeed on any machine where nothing is in their way, and so prove that it is the layers that deny them
REAL = (
    "read_secret", "see_secret", "read_through_link", "read_passwords", "list_root", "write_file", "list_processes",
    "tcp", "udp", "listen", "unix_path", "unix_abstract", "datagram_pair", "fork", "run_program", "signal_parent",
    "signal_decoy", "signal_by_owner", "memory_file", "shared_memory", "outlive_parent", "change_secret_mode",
    "delete_secret",
)  # fmt: skip
IN_THEIR_NEED = {Layer.ROOT: {Layer.NAMESPACES}}
SPOILS_WHAT_FOLLOWS = ("delete_secret", "new_user_namespace")
EVERYTHING = (
    *sorted({name for names in HELD_BY.values() for name in names}.difference(SPOILS_WHAT_FOLLOWS)),
    *SPOILS_WHAT_FOLLOWS,
)
ROOT = Path(__file__).parents[4]
NOBODY = 65534


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Surroundings]:
    with surroundings(tmp_path) as things:
        yield things


def only(*layers: Layer) -> Wall:
    return Wall(layers=frozenset(layers), file_size=MEGABYTES)


@pytest.mark.parametrize("layer", HELD_BY)
def test_a_layer_alone_holds_what_it_is_for(layer: Layer, around: Surroundings) -> None:
    needs(layer, *IN_THEIR_NEED.get(layer, ()))

    results = around.tried(only(layer, *IN_THEIR_NEED.get(layer, ())), *HELD_BY[layer])

    assert {name: result for name, result in results.items() if not result.startswith("denied")} == {}
    assert around.folder.joinpath("secret").read_text(encoding="utf-8") == SECRET


def test_without_any_layer_the_attempts_succeed(around: Surroundings) -> None:
    results = around.tried(only(), *REAL)

    assert {name: result for name, result in results.items() if not result.startswith("got")} == {}


@pytest.mark.parametrize(("since", "names"), [(4, ("tcp", "listen")), (6, ("signal_decoy", "unix_abstract"))])
def test_a_newer_landlock_holds_more(since: int, names: tuple[str, ...], around: Surroundings) -> None:
    needs(Layer.LANDLOCK)
    version = next(int(one.detail.split()[1].rstrip(",")) for one in survey() if one.layer == Layer.LANDLOCK)
    if version < since:
        pytest.skip(f"this kernel's landlock is version {version}; {', '.join(names)} need {since}")

    results = around.tried(only(Layer.LANDLOCK), *names)

    assert {name: result for name, result in results.items() if not result.startswith("denied")} == {}


def test_all_layers_together_hold_everything(around: Surroundings) -> None:
    needs(*Layer)

    results = around.tried(Wall(read=(around.folder / "readable",), write=(around.folder / "writable",)), *EVERYTHING)

    assert {name: result for name, result in results.items() if not result.startswith("denied")} == {}


def test_the_child_runs_as_somebody_whom_nobody_else_is(around: Surroundings) -> None:
    needs(Layer.NAMESPACES, Layer.ROOT)
    wall = only(Layer.NAMESPACES, Layer.ROOT, Layer.USER)

    first, second = (int(around.tried(wall, "user_number")["user_number"].removeprefix("got: ")) for _ in range(2))

    assert 0 not in {first, second}
    if os.geteuid() == 0 and NOBODY not in {first, second}:  # a container may know no other users
        assert first != second


def test_the_way_back_to_root_is_closed(around: Surroundings) -> None:
    needs(Layer.NAMESPACES, Layer.ROOT)

    results = around.tried(only(Layer.NAMESPACES, Layer.ROOT, Layer.USER), "become_root", "host_name", "signal_decoy")

    assert results["become_root"] in {"denied: EPERM", "denied: EINVAL"}  # a user namespace doesn't know user 0
    if os.geteuid() == 0:
        assert results["signal_decoy"] == "denied: EPERM"


@pytest.mark.parametrize(
    ("wall", "attempt", "denied"),
    [
        (Wall(memory_bytes=300 * MEGABYTES), "fill_memory", "MemoryError"),
        (Wall(address_space_bytes=400 * MEGABYTES), "fill_memory", "MemoryError"),
        (Wall(file_size=MEGABYTES), "fill_disk", "EFBIG"),
        (Wall(open_files=64), "open_many", "EMFILE"),
        (Wall(), "raise_limits", "ValueError"),
    ],
)
def test_what_a_child_may_use_up_is_counted(wall: Wall, attempt: str, denied: str, around: Surroundings) -> None:
    needs(Layer.NAMESPACES, Layer.ROOT)
    counted = Wall(
        write=(around.folder / "writable",),
        layers=frozenset({Layer.NAMESPACES, Layer.ROOT, Layer.USER, Layer.LIMITS}),  # root may take any limit back
        memory_bytes=wall.memory_bytes,
        address_space_bytes=wall.address_space_bytes,
        file_size=wall.file_size,
        open_files=wall.open_files,
    )

    result = around.tried(counted, attempt)[attempt]

    assert result == f"denied: {denied}" or (attempt == "fill_disk" and result == f"got: {MEGABYTES}")


def test_a_child_that_computes_for_ever_is_killed_by_its_cpu_limit() -> None:
    with Wall(read=interpreter_folders(), cpu_seconds=1).start(
        [sys.executable, "-I", "-S", "-c", "while True: pass"]
    ) as child:
        assert -child.wait(timeout=60) in {signal.SIGXCPU, signal.SIGKILL}


def test_threads_run_until_there_are_too_many(around: Surroundings) -> None:
    needs(Layer.NAMESPACES, Layer.ROOT)
    few, many = Wall(threads=100), Wall(threads=1000)

    if os.geteuid() == 0:  # only then is the child's user its own, and nothing else counts
        assert around.tried(few, "many_threads")["many_threads"] == "denied: RuntimeError"
    assert around.tried(many, "many_threads")["many_threads"] == "got: 300"


def test_the_environment_and_the_handles_are_those_it_was_given(around: Surroundings) -> None:
    results = around.tried(Wall(), "environment", "open_handles", env={"ONE": "1"})

    assert eval(results["environment"].removeprefix("got: ")).keys() - {"LC_CTYPE"} == {"ONE"}  # Python's own addition
    assert results["open_handles"] == "got: [0, 1, 2]"


def test_a_folder_to_write_in_can_be_written_in(around: Surroundings) -> None:
    around.targets["folder"] = str(around.folder / "writable")

    result = around.tried(Wall(write=(around.folder / "writable",), file_size=1000), "write_file")

    assert result == {"write_file": "got: None"}
    assert (around.folder / "writable" / "planted").exists()


def test_a_folder_to_read_in_the_new_tree_cannot_be_written_in(around: Surroundings) -> None:
    needs(Layer.NAMESPACES, Layer.ROOT)
    folder = around.folder / "readable"
    around.targets["folder"] = str(folder)
    wall = Wall(read=(folder,), file_size=1000, layers=frozenset({Layer.NAMESPACES, Layer.ROOT}))

    assert around.tried(wall, "write_file") == {"write_file": "denied: EROFS"}


def test_a_link_in_a_readable_folder_leads_nowhere_else(around: Surroundings) -> None:
    result = around.tried(Wall(read=(around.folder / "readable",)), "read_through_link")

    assert result["read_through_link"].startswith("denied")


def test_an_open_network_is_open_and_all_else_is_not(around: Surroundings) -> None:
    results = around.tried(Wall(network=True), "tcp", "udp", "fork", "read_secret")

    assert (results["tcp"], results["udp"]) == ("got: None", "got: None")
    assert results["fork"].startswith("denied")
    assert results["read_secret"].startswith("denied")


def test_the_child_dies_with_its_parent_even_when_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from neuroagent.tasks.wall.python import interpreter_folders; "
        "from neuroagent.tasks.wall.wall import Wall; "
        "child = Wall(read=interpreter_folders()).start([sys.executable, '-I', '-S', '-c', 'while True: pass']); "
        "print(child.pid, flush=True); time.sleep(100)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()

    assert_dies(child)


def test_the_child_outlives_the_thread_that_started_it() -> None:
    children: list[subprocess.Popen[bytes]] = []
    wall = Wall(read=interpreter_folders())
    command = [sys.executable, "-I", "-S", "-c", "print(input())"]

    def start() -> None:
        children.append(wall.start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()

    assert children[0].communicate(b"still here\n", timeout=30)[0] == b"still here\n"


@pytest.mark.parametrize("name", ["no-such-program", "/no/such/program"])
def test_a_program_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(WallError, match=f"no program '{name}'"):
        Wall().start([name])


def test_a_path_that_is_not_there_is_named() -> None:
    with pytest.raises(WallError, match="'/no/such/folder'"):
        Wall(read=(Path("/no/such/folder"),)).start([sys.executable])


def test_a_file_that_is_no_program_says_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "odd").write_bytes(b"\x7fELF nothing")
    (tmp_path / "odd").chmod(0o755)

    with pytest.raises(WallError, match=r"could not be started: .*odd"):
        Wall().start([tmp_path / "odd"])


def test_a_required_layer_that_is_missing_stops_the_start_and_says_why() -> None:
    wall = Wall(layers=frozenset({Layer.ROOT}), require=frozenset({Layer.ROOT}))

    with pytest.raises(WallIncomplete, match=r"root: it needs the namespaces.*TASKS_SANDBOX__REQUIRE"):
        wall.start([sys.executable])


def test_a_missing_layer_that_nobody_requires_is_reported_and_the_rest_stands() -> None:
    standings = {one.layer: one for one in Wall(layers=frozenset({Layer.ROOT, Layer.NO_NEW_PRIVS})).survey()}

    assert not standings[Layer.ROOT].stands
    assert str(standings[Layer.ROOT]) == "root: MISSING, it needs the namespaces"
    assert standings[Layer.NO_NEW_PRIVS].stands


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has what is taken away here")
def test_where_a_container_forbids_nearly_everything_each_missing_layer_is_named_and_the_child_runs() -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(SCRIPT.with_name("poor_machine.py"))]

    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    missing, said = json.loads(ran.stdout or ran.stderr)
    assert said == "runs\n"
    assert (
        missing.items()
        >= {
            "namespaces": "the machine or its container forbids them",
            "root": "it needs the namespaces",
            "landlock": "this kernel is too old for it or has it switched off (Operation not permitted)",
        }.items()
    )
    assert {"parent", "no_new_privs", "limits"}.isdisjoint(missing)


def test_a_survey_has_one_line_for_every_layer() -> None:
    assert [one.layer for one in Wall().survey()] == list(Layer)


def test_starting_leaves_no_process_and_no_handle_behind() -> None:
    before = open_handles()

    for _ in range(20):
        Wall(read=interpreter_folders()).start([sys.executable, "-I", "-S", "-c", ""]).wait()
        with pytest.raises(WallError):
            Wall(layers=frozenset({Layer.ROOT}), require=frozenset({Layer.ROOT})).survey()

    assert open_handles() <= before


@pytest.mark.skipif(os.geteuid() != 0, reason="this whole file ran as an ordinary user already")
def test_it_all_holds_for_an_ordinary_user_too() -> None:
    needs(Layer.NAMESPACES)  # to become one whom the interpreter is open to
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    somebody = SCRIPT.with_name("as_somebody.py")
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to other users
        Path(folder).chmod(0o777)
        options = ["-q", "--noconftest", "-p", "no:cacheprovider", f"--basetemp={folder}/base", str(Path(__file__))]
        command = [sys.executable, str(somebody), "-m", "pytest", *options]
        ran = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
        )

    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-2000:]


def open_handles() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def assert_dies(process: int) -> None:
    end = time.monotonic() + 30
    while is_alive(process):
        assert time.monotonic() < end, f"process {process} still runs"
        time.sleep(0.01)
