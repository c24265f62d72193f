"""A hostile child: tries each thing it is told to, and says for each whether it got it or what kept it.

An attempt must do no harm when it succeeds, for it runs once without the layer that forbids it, and as root: it aims at
a decoy, sends signal 0, or passes the kernel an impossible argument, whose refusal (EINVAL, EFAULT) is a success.
"""

import ctypes
import errno
import fcntl
import json
import mmap
import os
import platform
import resource
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

X86 = platform.machine() == "x86_64"
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
IMPOSSIBLE = {"mount", "host_name", "kernel_program", "io_uring", "performance"}
TARGETS: dict[str, Any] = {}  # what to aim at, from the parent


def system_call(x86_64: int, aarch64: int, *arguments: int | bytes | None) -> int:
    given = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result: int = libc.syscall(ctypes.c_long(x86_64 if X86 else aarch64), *given)
    if result < 0:
        raise OSError(ctypes.get_errno(), "")
    return result


def read_secret() -> str:
    return Path(TARGETS["secret"]).read_text(encoding="utf-8")


def see_secret() -> int:
    return Path(TARGETS["secret"]).stat().st_size


def read_through_link() -> str:
    return Path(TARGETS["link"]).read_text(encoding="utf-8")


def list_root() -> list[str]:
    return [path.name for path in Path("/").iterdir()]


def read_passwords() -> str:
    return Path("/etc/passwd").read_text(encoding="utf-8")[:10]


def write_file() -> None:
    Path(TARGETS["folder"], "planted").write_text("planted", encoding="utf-8")


def delete_secret() -> None:
    Path(TARGETS["secret"]).unlink()


def change_secret_mode() -> None:
    Path(TARGETS["secret"]).chmod(0o777)


def parents_environment() -> str:
    return Path(f"/proc/{os.getppid()}/environ").read_text(encoding="utf-8", errors="replace")[:20]


def list_processes() -> list[str]:
    return [one.name for one in Path("/proc").iterdir() if one.name.isdigit() and one.name != str(os.getpid())]


def tcp() -> None:
    socket.create_connection(("127.0.0.1", TARGETS["tcp"]), timeout=5).close()


def udp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(b"leak", ("127.0.0.1", TARGETS["udp"]))


def listen() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()


def unix_path() -> None:
    with socket.socket(socket.AF_UNIX) as out:
        out.connect(TARGETS["unix"])


def unix_abstract() -> None:
    with socket.socket(socket.AF_UNIX) as out:
        out.connect("\0" + TARGETS["abstract"])


def datagram_pair() -> None:
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    a.close()
    b.close()


def netlink() -> None:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()


def fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def run_program() -> str:
    child = os.posix_spawn("/bin/true", ["true"], {})
    return f"exit {os.waitpid(child, 0)[1]}"


def become_program() -> None:
    os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", 'print(\'{"become_program": "got: it"}\')'])


def become_program_by_handle() -> None:
    handle = os.open(sys.executable, os.O_RDONLY)
    nothing = (ctypes.c_char_p * 1)(None)
    system_call(322, 281, handle, b"", ctypes.addressof(nothing), ctypes.addressof(nothing), 0x1000)


def signal_parent() -> None:
    os.kill(os.getppid(), 0)


def signal_decoy() -> None:
    os.kill(TARGETS["decoy"], signal.SIGCONT)


def signal_all() -> None:
    os.kill(-1, 0)


def signal_by_handle() -> None:
    handle = system_call(434, 434, TARGETS["decoy"], 0)
    system_call(424, 424, handle, 0, 0, 0)


def signal_by_owner() -> None:
    reading, _ = os.pipe()
    fcntl.fcntl(reading, fcntl.F_SETOWN, TARGETS["decoy"])


def trace() -> None:
    system_call(101, 117, 0x4206, TARGETS["decoy"], 0, 0)  # PTRACE_SEIZE


def read_memory_of_others() -> None:
    nothing = (ctypes.c_size_t * 2)(0, 0)
    system_call(310, 270, TARGETS["decoy"], ctypes.addressof(nothing), 1, ctypes.addressof(nothing), 1, 0)


def memory_file() -> None:
    os.close(os.memfd_create("x"))


def shared_memory() -> None:
    mmap.mmap(-1, 4096, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS).close()


def old_shared_memory() -> None:
    system_call(29, 194, 0x5EC, 4096, 0o1666)


def mount() -> None:
    system_call(165, 40, None, -1, None, 0, None)


def new_user_namespace() -> None:
    system_call(272, 97, 0x10000000)


def keyring() -> None:
    system_call(248, 217, b"user", b"x", b"y", 1, -1)


def kernel_program() -> None:
    system_call(321, 280, 0, bytes(128), 128)


def io_uring() -> None:
    system_call(425, 425, 1, bytes(120))


def page_faults() -> None:
    os.close(system_call(323, 282, 1))


def performance() -> None:
    system_call(298, 241, struct.pack("=II", 1, 112) + bytes(104), 0, -1, -1, 0)


def become_root() -> None:
    os.setresuid(0, 0, 0)


def user_number() -> int:
    return os.getuid()


def outlive_parent() -> None:
    if libc.prctl(1, 0, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "")


def gain_privileges() -> str:
    """Whether a program with the setuid bit would still give its owner's rights."""
    if libc.prctl(39, 0, 0, 0, 0) == 1:
        raise OSError(errno.EPERM, "")
    return "setuid works"


def raise_limits() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard + 1, hard + 1))


def fill_memory() -> str:
    filled = [bytearray(50_000_000) for _ in range(20)]
    return f"{len(filled) * 50} MB"


def fill_disk() -> int:
    with Path(TARGETS["writable"], "big").open("wb") as out:
        return out.write(bytes(3_000_000))


def open_many() -> int:
    return len([os.dup(0) for _ in range(2000)])


def many_threads() -> int:
    stop = threading.Event()
    threads = [threading.Thread(target=stop.wait, daemon=True) for _ in range(300)]
    try:
        for thread in threads:
            thread.start()
    finally:
        stop.set()
    return len(threads)


def type_into_terminal() -> None:
    fcntl.ioctl(0, 0x5412, b"x")  # TIOCSTI


def host_name() -> None:
    system_call(170, 161, b"x", -1)


def environment() -> dict[str, str]:
    return dict(os.environ)


def open_handles() -> list[int]:
    def is_open(number: int) -> bool:
        try:
            os.fstat(number)
        except OSError:
            return False
        return True

    return [number for number in range(200) if is_open(number)]


def attempt(name: str) -> str:
    action: Callable[[], object] = globals()[name]
    try:
        return f"got: {action()}"
    except OSError as error:
        if name in IMPOSSIBLE and error.errno in {errno.EINVAL, errno.EFAULT}:
            return "got: the kernel to look at it"
        return f"denied: {errno.errorcode.get(error.errno or 0, error)}"
    except (MemoryError, RuntimeError, ValueError) as error:
        return f"denied: {type(error).__name__}"


if __name__ == "__main__":
    names, TARGETS = json.loads(sys.argv[1])
    sys.stdout.write(json.dumps({name: attempt(name) for name in names}))
