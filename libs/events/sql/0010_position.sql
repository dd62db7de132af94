-- How far each consumer has come, in the database that holds its effects.
CREATE TABLE public.position (
    consumer text NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    idx bigint NOT NULL,
    event_id uuid NOT NULL,
    kafka_offset bigint NOT NULL,
    PRIMARY KEY (consumer, topic, partition)
) WITH (fillfactor = 50);
GRANT SELECT, INSERT, UPDATE, DELETE ON public.position TO :"app_role";
