"""What can go wrong while an image is built or opened."""


class ImageError(Exception):
    """There is no image to run; the message says why and what to do."""


class OutOfReach(ImageError):
    """What an image can't do without isn't to be had from here."""
