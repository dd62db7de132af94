-- The relay's memory: how far the journal has been acknowledged by Kafka.
CREATE TABLE relay_checkpoint (
    topic      text PRIMARY KEY,
    seq        bigint NOT NULL,
    -- A new leader raises it; one that was deposed moves nothing any more.
    epoch      bigint NOT NULL,
    -- The backend that holds the lock, and whether it found journal and topic agree.
    leader_pid int,
    checked    boolean NOT NULL DEFAULT false
);

CREATE TABLE relay_partition (
    topic        text   NOT NULL,
    partition    int    NOT NULL,
    idx          bigint NOT NULL,
    id           uuid   NOT NULL,
    kafka_offset bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON relay_checkpoint, relay_partition TO :"app_role";
