"""PyIceberg that reads calls, one line of JSON each, and answers with rows. Its catalogs' settings, by name, are the argument."""

import datetime
import json
import sys

import pyarrow as pa
from pyiceberg.catalog import load_catalog
from pyiceberg.types import IntegerType

catalogs = {name: load_catalog(name, **settings) for name, settings in json.loads(sys.argv[1]).items()}


def aligned(table, rows):
    rows = [{**row, "day": datetime.date.fromisoformat(row["day"])} for row in rows]
    schema = table.schema().as_arrow()
    return pa.Table.from_pylist(rows, schema=pa.schema([pa.field(field.name, field.type) for field in schema]))


def answer(call):
    table = catalogs[call["catalog"]].load_table(call["table"])
    match call["do"]:
        case "append":
            table.append(aligned(table, call["rows"]))
        case "overwrite":
            table.overwrite(aligned(table, call["rows"]), overwrite_filter=call["filter"])
        case "delete":
            table.delete(call["filter"])
        case "add column":
            with table.update_schema() as update:
                update.add_column(call["name"], IntegerType())
        case "read":
            found = table.scan().to_arrow().select(call["columns"]).to_pylist()
            return [[None if value is None else str(value) for value in row.values()] for row in found]
    return []


print(json.dumps({"rows": []}), flush=True)
for line in sys.stdin:
    try:
        print(json.dumps({"rows": answer(json.loads(line))}), flush=True)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
