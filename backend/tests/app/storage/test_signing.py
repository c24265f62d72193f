import pytest

from neuroagent.app.storage.signing import Signer, seal, unseal

SECRET = b"0123456789abcdef"


def test_what_was_signed_is_verified() -> None:
    signer = Signer.for_purpose(SECRET, "test")

    assert signer.verifies(signer.sign("a", "b"), "a", "b")


@pytest.mark.parametrize(
    "parts", [("a", "c"), ("ab",), ("ab", ""), ("", "ab"), ("a", "b", ""), ("b", "a"), ('a", "b',)]
)
def test_other_parts_are_not(parts: tuple[str, ...]) -> None:
    signer = Signer.for_purpose(SECRET, "test")

    assert not signer.verifies(signer.sign("a", "b"), *parts)


@pytest.mark.parametrize("signature", ["", "é", "0" * 64, "\ud800"])
def test_what_is_no_signature_verifies_nothing(signature: str) -> None:
    assert not Signer.for_purpose(SECRET, "test").verifies(signature, "a")


def test_a_signature_in_capitals_is_another_one() -> None:
    signer = Signer.for_purpose(SECRET, "test")

    assert not signer.verifies(signer.sign("a").upper(), "a")


def test_one_purpose_proves_nothing_for_another() -> None:
    signature = Signer.for_purpose(SECRET, "one").sign("a")

    assert not Signer.for_purpose(SECRET, "other").verifies(signature, "a")
    assert not Signer.for_purpose(SECRET + b"!", "one").verifies(signature, "a")


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Signer.for_purpose(b"secret", "test")


def test_the_key_is_not_printed() -> None:
    assert repr(Signer.for_purpose(SECRET, "test")) == "Signer()"


def test_what_was_sealed_is_unsealed() -> None:
    assert unseal(seal("ü")) == "ü".encode()
    with pytest.raises(ValueError, match="not sealed"):
        unseal("&")
