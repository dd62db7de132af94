"""Foreign: records that are no events of ours are told of, and counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from libs.events.stream.envelope import Foreign
from libs.telemetry import instruments

log = structlog.get_logger()


@dataclass
class ToldOnce:
    """Tells of one partition's foreign records, each once, however often it is read."""

    _until: int = -1

    def tell(self, found: Sequence[Foreign]) -> None:
        """Tell of those that lie behind all that were told of."""
        tell_foreign([each for each in found if each.offset > self._until])
        self._until = max([self._until, *(each.offset for each in found)])


def tell_foreign(found: Sequence[Foreign]) -> None:
    """Count a batch's foreign records; a flood of them is a line for each reason."""
    for topic, count in Counter(each.topic for each in found).items():
        instruments.foreign(topic, count)
    alike = Counter((each.topic, each.partition, each.reason) for each in found)
    for (topic, partition, reason), count in alike.items():
        log.warning(
            "foreign_records",
            topic=topic,
            partition=partition,
            reason=reason,
            count=count,
        )
