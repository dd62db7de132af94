-- Rebuilds: what is built where, how far it is, and the wish to cancel it.
CREATE TABLE public.view_build (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    version integer NOT NULL,
    schema text NOT NULL UNIQUE,
    as_of timestamptz,
    state text NOT NULL DEFAULT 'building'
        CHECK (state IN ('building', 'built', 'switched', 'cancelled', 'discarded')),
    done bigint NOT NULL DEFAULT 0,
    total bigint NOT NULL DEFAULT 0,
    rate bigint NOT NULL DEFAULT 0,
    cancel boolean NOT NULL DEFAULT false,
    checksum text,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, UPDATE (cancel) ON public.view_build TO :"app_role";
