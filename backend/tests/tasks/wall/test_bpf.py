"""Conditions on a call become a program that decides by them, whatever the arguments."""

import errno

from tasks.wall.kernel_of_paper import ALLOWED, KILLED, verdict

from neuroagent.tasks.wall.bpf import Check, Machine, Rule, program

HERE = Machine.X86_64


def decided(rule: Rule, *arguments: int) -> str | int:
    return verdict(program(HERE, [rule], errno.ENOSYS), HERE, rule.number, arguments)


def test_a_call_without_conditions_passes_and_one_without_a_rule_does_not_exist() -> None:
    code = program(HERE, [Rule(7, ((),), errno.EPERM)], errno.ENOSYS)

    assert verdict(code, HERE, 7) == ALLOWED
    assert verdict(code, HERE, 8) == errno.ENOSYS


def test_another_instruction_set_ends_the_process() -> None:
    assert verdict(program(HERE, [Rule(7, ((),), errno.EPERM)], errno.ENOSYS), Machine.AARCH64, 7) == KILLED
    assert verdict(program(HERE, [Rule(7, ((),), errno.EPERM)], errno.ENOSYS), 0x40000003, 7) == KILLED


def test_the_second_numbering_of_the_same_calls_is_closed() -> None:
    assert verdict(program(HERE, [Rule(7, ((),), errno.EPERM)], errno.ENOSYS), HERE, 0x40000007) == errno.ENOSYS


def test_all_checks_of_one_way_must_hold() -> None:
    rule = Rule(7, ((Check(0, 1), Check(2, 5)),), errno.EPERM)

    assert decided(rule, 1, 9, 5) == ALLOWED
    assert decided(rule, 1, 9, 6) == errno.EPERM
    assert decided(rule, 2, 9, 5) == errno.EPERM


def test_any_way_will_do() -> None:
    rule = Rule(7, ((Check(0, 1), Check(1, 1)), (Check(0, 2),), (Check(0, 3),)), errno.EPERM)

    assert [decided(rule, first, 0) for first in (1, 2, 3, 4)] == [errno.EPERM, ALLOWED, ALLOWED, errno.EPERM]


def test_a_mask_leaves_the_other_bits_free() -> None:
    rule = Rule(7, ((Check(0, 0b10, 0b11),),), errno.EPERM)

    assert decided(rule, 0b1110) == ALLOWED
    assert decided(rule, 0b1111) == errno.EPERM


def test_a_narrow_check_reads_what_the_kernel_reads_and_a_wide_one_all_of_it() -> None:
    high = 1 << 32

    assert decided(Rule(7, ((Check(0, 5),),), errno.EPERM), high + 5) == ALLOWED
    assert decided(Rule(7, ((Check(0, 5, wide=True),),), errno.EPERM), high + 5) == errno.EPERM
    assert decided(Rule(7, ((Check(0, high + 5, wide=True),),), errno.EPERM), high + 5) == ALLOWED
    assert decided(Rule(7, ((Check(0, high + 5, wide=True),),), errno.EPERM), 5) == errno.EPERM
