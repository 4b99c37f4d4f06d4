"""Random choices that depend only on names, not on other choices, their order, or the number of workers."""

from hashlib import sha256

import numpy as np


def digest(*names: object) -> str:
    """A digest of these names, as 64 hexadecimal digits."""
    return sha256("\0".join(str(name) for name in names).encode()).hexdigest()


def generator(*names: object) -> np.random.Generator:
    """A random number generator that is seeded by these names."""
    return np.random.default_rng(int(digest(*names)[:32], 16))
