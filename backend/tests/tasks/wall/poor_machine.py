"""Run as a program: a machine that gives no namespaces, mounts, landlock or filters; what does the wall say and do?"""

import errno
import json
import struct
import subprocess
import sys

from neuroagent.tasks.wall.bpf import Machine, Rule, program
from neuroagent.tasks.wall.calls import this_machine
from neuroagent.tasks.wall.inside.kernel import address_of, prctl
from neuroagent.tasks.wall.layers import Layer
from neuroagent.tasks.wall.python import interpreter_folders
from neuroagent.tasks.wall.wall import Wall

MOUNT, UNSHARE, PRCTL, SECCOMP = {Machine.X86_64: (165, 272, 157, 317), Machine.AARCH64: (40, 97, 167, 277)}[
    this_machine() or Machine.X86_64
]
LANDLOCK = (444, 445, 446)
LAST = 480


def become_poor() -> None:
    gone = {MOUNT, UNSHARE, SECCOMP, *LANDLOCK}
    rules = [Rule(number, ((),), errno.EPERM) for number in range(LAST) if number not in gone]
    code = program(this_machine() or Machine.X86_64, rules, errno.EPERM)
    prctl(38, 1)
    filtering = struct.pack("=H6xQ", len(code) // 8, address_of(code))
    prctl(22, 2, address_of(filtering))


if __name__ == "__main__":
    become_poor()
    folders = interpreter_folders()
    standings = {one.layer: one.detail for one in Wall(layers=frozenset(Layer)).survey() if not one.stands}
    child = Wall(read=folders).start([sys.executable, "-I", "-S", "-c", "print('runs')"], stdout=subprocess.PIPE)
    sys.stdout.write(json.dumps([standings, child.communicate()[0].decode()]))
