"""DuckDB that reads statements, one line of JSON each, and answers with rows."""

import importlib
import json
import pathlib
import sys

import duckdb

connection = duckdb.connect()
for name in ("httpfs", "avro", "iceberg"):
    package = pathlib.Path(importlib.import_module(f"duckdb_extension_{name}").__file__).parent
    [file] = package.rglob(f"{name}.duckdb_extension")
    connection.load_extension(str(file))


def answer(call):
    rows = connection.execute(call["sql"]).fetchall()
    return [[None if value is None else str(value) for value in row] for row in rows]


print(json.dumps({"rows": []}), flush=True)
for line in sys.stdin:
    try:
        print(json.dumps({"rows": answer(json.loads(line))}), flush=True)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
