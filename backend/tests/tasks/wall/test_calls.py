"""What passes the filter, on both kinds of machine; the numbers are the kernel's, written down here once more."""

import errno
import platform
from itertools import pairwise

import pytest
from tasks.wall.kernel_of_paper import ALLOWED, verdict

from neuroagent.tasks.wall.bpf import Machine
from neuroagent.tasks.wall.calls import Secret, calls, pick_secret, seccomp_filter, this_machine

PROCESS = 4321
SECRET = Secret(path=0x3_0000_1008, arguments=0x7_0000_2010, environment=0x9_0000_3018)
# name: numbers on x86-64 and aarch64
DANGEROUS = {
    "ptrace": (101, 117),
    "socket": (41, 198),
    "connect": (42, 203),
    "sendmsg": (46, 211),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "execveat": (322, 281),
    "memfd_create": (319, 279),
    "io_uring_setup": (425, 425),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "clone3": (435, 435),
    "landlock_restrict_self": (446, 446),
    "setuid": (105, 146),
    "symlinkat": (266, 36),
    "linkat": (265, 37),
    "a call of tomorrow": (999, 999),
}
EVERYDAY = {"read": (0, 63), "write": (1, 64), "openat": (257, 56), "futex": (202, 98), "exit_group": (231, 94)}
MACHINES = list(enumerate(Machine))


def decided(machine: Machine, numbers: tuple[int, int], *arguments: int, network: bool = False) -> str | int:
    code = seccomp_filter(machine, PROCESS, SECRET, network=network)
    return verdict(code, machine, numbers[list(Machine).index(machine)], arguments)


@pytest.mark.parametrize("machine", Machine)
@pytest.mark.parametrize("name", DANGEROUS)
def test_what_no_child_needs_does_not_exist(name: str, machine: Machine) -> None:
    assert decided(machine, DANGEROUS[name]) == errno.ENOSYS


@pytest.mark.parametrize("machine", Machine)
@pytest.mark.parametrize("name", EVERYDAY)
def test_everyday_calls_pass(name: str, machine: Machine) -> None:
    assert decided(machine, EVERYDAY[name]) == ALLOWED


@pytest.mark.parametrize("machine", Machine)
class TestOnEitherMachine:
    def test_threads_pass_and_processes_do_not(self, machine: Machine) -> None:
        clone = (56, 220)

        assert decided(machine, clone, 0x3D0F00) == ALLOWED
        assert decided(machine, clone, 0x1200011) == errno.EPERM
        assert decided(machine, clone, 0x3D0F00 | 0x10000000) == errno.EPERM
        assert decided(machine, clone, 0x4111) == errno.EPERM

    def test_one_program_starts_and_only_from_the_secret_place(self, machine: Machine) -> None:
        execve = (59, 221)
        right = (SECRET.path, SECRET.arguments, SECRET.environment)

        assert decided(machine, execve, *right) == ALLOWED
        for wrong in range(3):
            moved = [place + (8 if index == wrong else 0) for index, place in enumerate(right)]
            elsewhere = [place + (1 << 40 if index == wrong else 0) for index, place in enumerate(right)]
            assert decided(machine, execve, *moved) == errno.EPERM
            assert decided(machine, execve, *elsewhere) == errno.EPERM

    def test_signals_reach_nobody_but_itself(self, machine: Machine) -> None:
        kill, tgkill = (62, 129), (234, 131)

        assert decided(machine, kill, PROCESS, 6) == ALLOWED
        assert decided(machine, tgkill, PROCESS, PROCESS + 1, 6) == ALLOWED
        assert {decided(machine, kill, other, 9) for other in (1, PROCESS + 1, 2**32 - 1)} == {errno.EPERM}
        assert decided(machine, tgkill, 1, 1, 9) == errno.EPERM

    def test_a_pair_of_sockets_may_be_of_the_kind_that_reaches_nobody_else(self, machine: Machine) -> None:
        socketpair, sendto = (53, 199), (44, 206)

        assert decided(machine, socketpair, 1, 1 | 0x80800) == ALLOWED
        assert decided(machine, socketpair, 1, 2) == errno.EPERM
        assert decided(machine, socketpair, 2, 1) == errno.EPERM
        assert decided(machine, sendto, 5, 6, 7, 0, 0, 0) == ALLOWED
        assert decided(machine, sendto, 5, 6, 7, 0, 1 << 40, 16) == errno.EPERM

    def test_the_tie_to_the_parent_cannot_be_undone(self, machine: Machine) -> None:
        prctl = (157, 167)

        assert decided(machine, prctl, 15) == ALLOWED
        assert {decided(machine, prctl, option) for option in (1, 8, 22, 28, 36, 47)} == {errno.EPERM}

    def test_memory_that_no_limit_counts_is_refused(self, machine: Machine) -> None:
        mmap = (9, 222)

        assert decided(machine, mmap, 0, 4096, 3, 0x22) == ALLOWED
        assert decided(machine, mmap, 0, 4096, 1, 0x01) == ALLOWED
        assert decided(machine, mmap, 0, 4096, 3, 0x21) == errno.EPERM
        assert decided(machine, mmap, 0, 4096, 3, 0x4021) == errno.EPERM

    def test_terminals_cannot_be_typed_into_and_files_cannot_signal(self, machine: Machine) -> None:
        ioctl, fcntl = (16, 29), (72, 25)

        assert decided(machine, ioctl, 0, 0x5401) == ALLOWED
        assert {decided(machine, ioctl, 0, request) for request in (0x5412, 0x541C, 0x8901)} == {errno.ENOTTY}
        assert decided(machine, fcntl, 0, 3) == ALLOWED
        assert {decided(machine, fcntl, 0, command) for command in (8, 10, 15)} == {errno.EPERM}

    def test_only_its_own_limits_are_its_business(self, machine: Machine) -> None:
        prlimit = (302, 261)

        assert decided(machine, prlimit, 0, 7) == ALLOWED
        assert decided(machine, prlimit, PROCESS, 7) == ALLOWED
        assert decided(machine, prlimit, 1, 7) == errno.EPERM

    def test_an_open_network_opens_sockets_and_nothing_more(self, machine: Machine) -> None:
        assert decided(machine, DANGEROUS["socket"], 2, 1, network=True) == ALLOWED
        assert decided(machine, DANGEROUS["connect"], network=True) == ALLOWED
        assert decided(machine, (44, 206), 5, 6, 7, 0, 1 << 40, 16, network=True) == ALLOWED
        assert decided(machine, DANGEROUS["ptrace"], network=True) == errno.ENOSYS

    def test_the_kernel_takes_a_program_of_this_length(self, machine: Machine) -> None:
        assert len(seccomp_filter(machine, PROCESS, SECRET, network=True)) // 8 <= 4096


def test_no_call_stands_twice_in_the_table() -> None:
    for machine in Machine:
        numbers = [call.numbers[machine] for call in calls() if machine in call.numbers]
        assert len(numbers) == len(set(numbers))
    assert len({call.name for call in calls()}) == len(calls())


def test_a_secret_is_another_each_time_and_its_places_lie_apart() -> None:
    secrets = [pick_secret() for _ in range(200)]

    assert len({(secret.path, secret.arguments, secret.environment) for secret in secrets}) == 200
    for secret in secrets:
        places = sorted((secret.path, secret.arguments, secret.environment))
        assert all(2**32 < place < 2**38 and place % 8 == 0 for place in places)
        assert all(later - earlier > 2**30 for earlier, later in pairwise(places))


def test_the_machine_we_are_on_is_known_where_we_know_its_calls() -> None:
    if platform.machine() in {"x86_64", "aarch64"}:
        assert this_machine() is not None
