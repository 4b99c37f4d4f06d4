"""Pushes a verified model package to a repository of the Hugging Face hub, completely or not at all."""

from trainer.hub import Destination, require_login, upload
from trainer.model_package import ModelPackage
from trainer.verify_package import verify_package


def push(package: ModelPackage, destination: Destination, is_dry_run: bool) -> None:
    """Verifies the package, prints what will be uploaded where, and commits that unless it is a dry run."""
    token = None if is_dry_run else require_login()
    verify_package(package)
    print("\n".join(_plan(package, destination)))
    if token is None:
        print("dry run: nothing was contacted")
        return
    print(f"committed: {upload(package.folder, package.files, destination, token)}")


def _plan(package: ModelPackage, destination: Destination) -> list[str]:
    sizes = {file: (package.folder / file).stat().st_size for file in package.files}
    width = max(map(len, sizes))
    visibility = "private where it is new" if destination.is_private else "public where it is new"
    return [
        f"{package.title}, verified → {destination.repo_id}, branch {destination.branch}, {visibility}",
        f"commit: {destination.message}",
        *(f"  {file:<{width}}  {size:>13,} bytes" for file, size in sizes.items()),
        f"  {f'{len(sizes)} files':<{width}}  {sum(sizes.values()):>13,} bytes",
        *(f"not part of the package, stays here: {file}" for file in _left_behind(package)),
    ]


def _left_behind(package: ModelPackage) -> list[str]:
    present = (path for path in package.folder.rglob("*") if not path.is_dir())
    return sorted({path.relative_to(package.folder).as_posix() for path in present} - set(package.files))
