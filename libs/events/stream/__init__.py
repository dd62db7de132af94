"""Stream: the journal's events on Kafka, and their effect elsewhere, once."""
