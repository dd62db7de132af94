-- Which version of each view and register its SQL view points at.
CREATE TABLE public.view_live (
    name text PRIMARY KEY,
    version integer NOT NULL,
    switched_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT ON public.view_live TO :"app_role";
