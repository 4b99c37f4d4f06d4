"""Checks of numbers in a configuration; a number that is not finite is never valid."""

import math

from trainer.errors import TrainerError


def require_range(name: str, value: float, least: float, most: float = math.inf) -> None:
    """Raises a TrainerError that names the value if it is below `least`, above `most`, or not finite."""
    if not math.isfinite(value):
        raise TrainerError(f"{name} {value:.10g} must be a finite number")
    if not least <= value <= most:
        wanted = f"at least {least:.10g}" if most == math.inf else f"from {least:.10g} to {most:.10g}"
        raise TrainerError(f"{name} {value:.10g} must be {wanted}")


def require_ordered(name: str, values: tuple[float, ...]) -> None:
    """Raises a TrainerError unless `values` are two finite numbers, the lower first."""
    if len(values) != 2 or not all(map(math.isfinite, values)) or values[0] > values[1]:
        raise TrainerError(f"{name} {list(values)} must be two numbers, the lower first")
