"""Chance that depends on names alone: the same choice whatever else is chosen, in whatever order, by however many."""

from hashlib import sha256

import numpy as np


def digest(*names: object) -> str:
    """64 hexadecimal digits of these names."""
    return sha256("\0".join(str(name) for name in names).encode()).hexdigest()


def generator(*names: object) -> np.random.Generator:
    """A generator of random numbers that these names seed."""
    return np.random.default_rng(int(digest(*names)[:32], 16))
