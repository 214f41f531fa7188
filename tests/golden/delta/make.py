"""Makes the Delta tables beside this file with delta-rs, and what it reads from them itself (needs `deltalake`, `pyarrow`)."""

import datetime
import decimal
import json
import pathlib
import shutil

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

HERE = pathlib.Path(__file__).parent
DAY = datetime.date
NOON = datetime.datetime(2024, 5, 6, 12, 0, 0, 123456, tzinfo=datetime.timezone.utc)


def fresh(name):
    shutil.rmtree(HERE / name, ignore_errors=True)
    return str(HERE / name)


def rows(ids, day, **more):
    return pa.table(
        {
            "id": pa.array(ids, pa.int64()),
            "day": pa.array([day] * len(ids), pa.date32()),
            "amount": pa.array([decimal.Decimal(i) / 4 for i in ids], pa.decimal128(10, 2)),
            "at": pa.array([NOON] * len(ids), pa.timestamp("us", tz="UTC")),
            "tags": pa.array([[f"t{i}", None] for i in ids], pa.list_(pa.string())),
            **more,
        }
    )


def orders():
    """Four commits, a checkpoint, two commits; a partition without value, a column added, rows deleted."""
    path = fresh("orders")
    write_deltalake(path, rows([1, 2, 3], DAY(2024, 1, 1)), partition_by=["day"])
    write_deltalake(path, rows([4, 5], DAY(2024, 1, 2)), mode="append")
    write_deltalake(path, rows([6], None), mode="append")
    DeltaTable(path).delete("id = 2")
    DeltaTable(path).create_checkpoint()
    note = pa.array(["a", "b"], pa.string())
    write_deltalake(path, rows([7, 8], DAY(2024, 1, 3), note=note), mode="append", schema_mode="merge")
    DeltaTable(path).delete("id = 8")
    return path


def plain(value):
    return value if value is None or isinstance(value, (int, float, str, list)) else str(value)


for make in (orders,):
    table = DeltaTable(make()).to_pyarrow_table().sort_by("id")
    expected = [{name: plain(value) for name, value in row.items()} for row in table.to_pylist()]
    text = "".join(f"{json.dumps(row)}\n" for row in expected)
    (HERE / f"{make.__name__}.expected.ndjson").write_text(text)
