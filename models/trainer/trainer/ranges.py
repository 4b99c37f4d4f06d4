"""Numbers of a configuration that must lie within bounds; what is no finite number lies within none."""

import math

from trainer.errors import TrainerError


def require_range(name: str, value: float, least: float, most: float = math.inf) -> None:
    """An error that names a value below `least` or above `most`."""
    if not math.isfinite(value):
        raise TrainerError(f"{name} {value:.10g} must be a finite number")
    if not least <= value <= most:
        wanted = f"at least {least:.10g}" if most == math.inf else f"from {least:.10g} to {most:.10g}"
        raise TrainerError(f"{name} {value:.10g} must be {wanted}")


def require_ordered(name: str, values: tuple[float, ...]) -> None:
    """An error that names what is not two numbers, the lower first."""
    if len(values) != 2 or not all(map(math.isfinite, values)) or values[0] > values[1]:
        raise TrainerError(f"{name} {list(values)} must be two numbers, the lower first")
