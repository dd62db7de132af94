"""Guard of tracks: why a case is not put on one, as enforcement would say (F-2.3.0)."""

from collections.abc import Mapping

from services.reporting.reading.guards import About, Guard, handled


def _to_classify(about: About) -> str | None:
    page = about.page
    standing = [one for one in page.claims if one.counted]
    if not standing or any(one.verified is None for one in standing):
        return "not-verified"
    if not any(one.verified or one.ordered for one in standing):
        return "no-arrears"
    if page.proceeding.concluded_at and not (page.case and page.case.reopenings):
        return "concluded"
    return handled(about)


ON_TRACK: Mapping[str, Guard] = {"ClassifyCase": _to_classify}
