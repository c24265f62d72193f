import os
import signal

import pytest

from neuroagent.launcher.signals import STOPPING, listening


@pytest.mark.parametrize("number", STOPPING)
def test_before_anything_runs_a_signal_interrupts(number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt), listening():
        os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", STOPPING)
def test_later_a_signal_is_noted(number: signal.Signals) -> None:
    with listening() as wish:
        wish.patient = True
        os.kill(os.getpid(), number)

    assert wish.stop
    assert not wish.hurry


@pytest.mark.parametrize(("second", "hurry"), [(signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGHUP, False)])
def test_only_a_second_ctrl_c_is_impatience(second: signal.Signals, hurry: bool) -> None:
    with listening() as wish:
        wish.patient = True
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), second)

    assert wish.hurry is hurry


def test_afterwards_everything_is_as_before() -> None:
    before = [signal.getsignal(number) for number in STOPPING]

    with listening():
        pass

    assert [signal.getsignal(number) for number in STOPPING] == before
