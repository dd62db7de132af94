-- Erasures are read again at every start, whatever the length of the log.
CREATE INDEX event_erased ON journal.event (seq) WHERE type = 'PersonDataErased';
