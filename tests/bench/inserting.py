"""A door that inserts what it is told, without events: what ours is held beside."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
import uvicorn
from fastapi import FastAPI, Request
from pydantic import BaseModel

from deploy.local import ports

INSERT = "INSERT INTO complaint (body) VALUES ($1::text::jsonb) RETURNING id"


class Complaint(BaseModel):
    """What is told."""

    channel: str
    mode: str
    employer: dict[str, str]
    workers: list[dict[str, Any]]


def application(dsn: str) -> FastAPI:
    """Return the application, its pool as large as a service's."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(dsn, min_size=2, max_size=10) as pool:
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/complaints", status_code=201)
    async def complaint(request: Request, body: Complaint) -> dict[str, str]:
        text = orjson.dumps(body.model_dump()).decode()
        return {"id": str(await request.app.state.pool.fetchval(INSERT, text))}

    return app


if __name__ == "__main__":
    uvicorn.run(
        application(sys.argv[1]),
        host=ports.LOOPBACK,
        port=int(sys.argv[2]),
        log_level="warning",
    )
