"""The whole system on one machine: PostgreSQL, Kafka and the four services."""
