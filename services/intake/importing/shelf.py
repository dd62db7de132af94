"""The profiles at hand: those of the release, and those that officers put in force."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.import_profiles import BOOK, KIND, ImportProfiles
from services.intake.importing.jobs import Job
from services.intake.profiles.profile import Profile
from services.intake.profiles.shelf import (
    ProfileUnknown,
    profile_names,
    read_profile,
    released_text,
)
from services.intake.window import Window


@dataclass(frozen=True)
class Shelf:
    """Profiles by name and version; a name of the release is nobody else's."""

    held: ImportProfiles

    def names(self) -> tuple[str, ...]:
        """Return the names of all profiles, the release's first."""
        released = profile_names()
        own = {one.profile for one in self.held.adopted}
        return (*released, *sorted(own.difference(released)))

    def text(self, name: str, version: int | None = None) -> str:
        """Return a profile's TOML, the version in force unless another is asked for.

        Raises `ProfileUnknown`.
        """
        if name in profile_names():
            text = released_text(name)
            if version in (None, read_profile(name, text).version):
                return text
            raise ProfileUnknown(name, self.names())
        if version is None:
            found = self.held.newest(name)
        else:
            found = self.held.version(name, version)
        if found is None:
            raise ProfileUnknown(name, self.names())
        return found.profile_text

    def profile(self, name: str, version: int | None = None) -> Profile:
        """Return a profile; raises `ProfileUnknown`."""
        return read_profile(name, self.text(name, version))

    def versions(self, name: str) -> Sequence[int]:
        """Return the versions of a profile, the oldest first."""
        if name in profile_names():
            return (self.profile(name).version,)
        return [o.profile_version for o in self.held.adopted if o.profile == name]

    def of_job(self, job: Job) -> Profile:
        """Return the profile by which an import reads; raises `ProfileUnknown`.

        A release that goes on with the import may have a newer version of its own.
        """
        if job.profile_text is not None:
            return read_profile(job.profile, job.profile_text)
        released = job.profile in profile_names()
        return self.profile(job.profile, None if released else job.profile_version)


async def shelf(window: Window) -> Shelf:
    """Return the shelf as it stands now, read from the log: one's own act is there."""
    (held,) = await window.folded([(KIND, BOOK)])
    return Shelf(held)
