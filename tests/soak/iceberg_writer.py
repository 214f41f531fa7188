"""Appends row after row by pyiceberg's Glue catalog, deletes some again, and says of each what it knows: `table-writers.ts`."""

import os
import sys
import time

import pyarrow as pa
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.expressions import And, EqualTo

endpoint, database, name, writer, until = sys.argv[1:]
os.environ.update(
    AWS_ENDPOINT_URL=endpoint, AWS_REGION="us-east-1", AWS_DEFAULT_REGION="us-east-1",
    AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test",
)
COLUMNS = pa.schema([("writer", pa.string()), ("n", pa.int32())])
# Asked again by boto3 itself, a pointer that has been moved already looks like another's.
catalog = GlueCatalog("glue", **{"s3.endpoint": endpoint, "s3.region": "us-east-1", "glue.max-retries": 0})


def say(n, certainty):
    print(n, certainty, flush=True)


def load():
    while True:
        try:
            return catalog.load_table((database, name))
        except Exception:
            if time.time() > float(until) + 60:
                raise
            time.sleep(0.1)


def commit(change):
    """Whether the change is there; None where nobody knows."""
    while True:
        try:
            change(load())
            return True
        except CommitFailedException:
            if time.time() > float(until):
                return False
        except Exception:
            return None


n = 0
while time.time() < float(until):
    n += 1
    say(n, "unknown")
    there = commit(lambda table: table.append(pa.Table.from_pylist([{"writer": writer, "n": n}], COLUMNS)))
    say(n, {True: "in", False: "out", None: "unknown"}[there])
    if n % 4 == 0 and there:
        gone = commit(lambda table: table.delete(And(EqualTo("writer", writer), EqualTo("n", n))))
        say(n, {True: "out", False: "in", None: "unknown"}[gone])
