-- Whoever chooses anew how to be told: which messages of the clue are to follow.
CREATE INDEX event_queued ON journal.event
    ((substring(data FROM '"clue_id":"([^"]+)"'))) WHERE type = 'MessageQueued';
