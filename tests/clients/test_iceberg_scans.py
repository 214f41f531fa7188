"""Scans planned by the server, as PyIceberg asks for them; its own planning of the same scans says what is right."""

import datetime
import decimal
import random

import pyarrow as pa
import pytest
from pyiceberg.catalog import load_catalog
from pyiceberg.expressions import (
    AlwaysTrue,
    And,
    EqualTo,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNaN,
    IsNull,
    LessThan,
    LessThanOrEqual,
    Not,
    NotEqualTo,
    NotIn,
    NotNaN,
    NotNull,
    NotStartsWith,
    Or,
    StartsWith,
)
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import (
    BucketTransform,
    DayTransform,
    HourTransform,
    IdentityTransform,
    MonthTransform,
    TruncateTransform,
    YearTransform,
)
from pyiceberg.types import (
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
    TimestamptzType,
)

SCHEMA = Schema(
    NestedField(1, "id", LongType(), required=False),
    NestedField(2, "n", IntegerType(), required=False),
    NestedField(3, "name", StringType(), required=False),
    NestedField(4, "price", DecimalType(10, 2), required=False),
    NestedField(5, "at", TimestampType(), required=False),
    NestedField(6, "day", DateType(), required=False),
    NestedField(7, "share", DoubleType(), required=False),
    NestedField(8, "ok", BooleanType(), required=False),
    NestedField(9, "zoned", TimestamptzType(), required=False),
)

SPECS = {
    "nothing": (),
    "identities": ((2, IdentityTransform()), (8, IdentityTransform())),
    "days and buckets": ((5, DayTransform()), (1, BucketTransform(4))),
    "months and starts": ((6, MonthTransform()), (3, TruncateTransform(2))),
    "years, hours and tens": ((6, YearTransform()), (5, HourTransform()), (1, TruncateTransform(10))),
    "texts and prices": ((3, IdentityTransform()), (4, TruncateTransform(100))),
}

BEFORE_1970 = ("days and buckets", "months and starts", "years, hours and tens")

COLUMNS = {
    "id": lambda dice: dice.randint(-25, 25),
    "n": lambda dice: dice.randint(-3, 3),
    "name": lambda dice: dice.choice(["a", "ab", "abc", "abd", "b", "bcd", "ü", "", "z" * 20]),
    "price": lambda dice: decimal.Decimal(dice.randint(-500, 500)).scaleb(-2),
    "at": lambda dice: datetime.datetime(1969, 12, 30) + datetime.timedelta(hours=dice.randint(0, 96)),
    "day": lambda dice: datetime.date(1969, 11, 1) + datetime.timedelta(days=dice.randint(0, 150)),
    "share": lambda dice: dice.choice([-1.5, -0.0, 0.0, 0.5, 2.0, 1e300]),
    "ok": lambda dice: dice.random() < 0.5,
}


def some(dice, count, never_null=()):
    rows = []
    for _ in range(count):
        row = {name: None if name not in never_null and dice.random() < 0.15 else value(dice) for name, value in COLUMNS.items()}
        row["zoned"] = row["at"] and row["at"].replace(tzinfo=datetime.timezone.utc)
        rows.append(row)
    types = {"n": pa.int32(), "price": pa.decimal128(10, 2), "at": pa.timestamp("us"), "zoned": pa.timestamp("us", "UTC")}
    arrays = {name: pa.array([row[name] for row in rows], types.get(name)) for name in [*COLUMNS, "zoned"]}
    return pa.table(arrays)


def condition(dice, depth=3):
    if depth > 0 and dice.random() < 0.6:
        kind = dice.choice(["and", "or", "not"])
        if kind == "not":
            return Not(condition(dice, depth - 1))
        return (And if kind == "and" else Or)(condition(dice, depth - 1), condition(dice, depth - 1))
    name = dice.choice(list(COLUMNS))
    value = COLUMNS[name]
    if name == "share" and dice.random() < 0.2:
        return dice.choice([IsNaN, NotNaN])(name)
    if name == "name" and dice.random() < 0.4:
        return dice.choice([StartsWith, NotStartsWith])(name, value(dice) or "a")
    operator = dice.choice(
        [EqualTo, NotEqualTo, LessThan, LessThanOrEqual, GreaterThan, GreaterThanOrEqual, In, NotIn, IsNull, NotNull]
    )
    if operator in (IsNull, NotNull):
        return operator(name)
    if operator in (In, NotIn):
        return operator(name, {value(dice) for _ in range(3)})
    if name == "ok":
        operator = dice.choice([EqualTo, NotEqualTo])
    return operator(name, value(dice))


@pytest.fixture()
def catalogs(endpoint, bucket, database):
    """The one plans by the server, the other by itself."""
    properties = {"type": "rest", "uri": f"{endpoint}/iceberg", "warehouse": f"s3://{bucket}/warehouse"}
    served = load_catalog("served", **properties, **{"scan-planning-mode": "server"})
    assert served.supports_server_side_planning()
    return served, load_catalog("own", **properties)


def files(scan):
    return {task.file.file_path: task for task in scan.plan_files()}


def shown(scan):
    return sorted(map(str, scan.to_arrow().to_pylist()))


@pytest.mark.parametrize("partitions", list(SPECS))
def test_random_conditions_find_what_the_clients_own_planning_finds(catalogs, database, partitions):
    served, own = catalogs
    fields = [PartitionField(source, 1000 + i, transform, f"p{i}") for i, (source, transform) in enumerate(SPECS[partitions])]
    table = own.create_table(f"{database}.t", SCHEMA, partition_spec=PartitionSpec(*fields))
    # PyIceberg 0.12 cannot read a partition that is NULL out of what a server has planned.
    never_null = {SCHEMA.find_field(source).name for source, _ in SPECS[partitions]}
    dice = random.Random(partitions)
    for _ in range(2):
        table.append(some(dice, 9, never_null))
    theirs = served.load_table(f"{database}.t")
    pruned = counted = 0
    everything = files(table.scan())
    for turn in range(25):
        row_filter = condition(dice)
        by_server, by_client = theirs.scan(row_filter=row_filter), table.scan(row_filter=row_filter)
        found, wanted = files(by_server), files(by_client)
        # It may know better which files hold nothing that is wanted, and never overlooks one.
        assert found.keys() <= wanted.keys(), row_filter
        # Of moments before 1970 it is more careful: old writers put them elsewhere.
        for path, task in found.items() if partitions not in BEFORE_1970 else ():
            assert task.residual == AlwaysTrue() or wanted[path].residual != AlwaysTrue(), row_filter
        # Files of which nothing is left to ask are counted without being read.
        counted += found.keys() != wanted.keys()
        if turn % 8 == 0 or (found.keys() != wanted.keys() and counted <= 3):
            assert by_server.count() == by_client.count(), row_filter
        if turn == 13:
            assert shown(by_server) == shown(by_client), row_filter
        pruned += len(found) < len(everything)
    assert pruned > 0 or not fields


def test_deletes_columns_of_other_names_and_old_snapshots(catalogs, database, athena):
    served, own = catalogs
    spec = PartitionSpec(PartitionField(5, 1000, DayTransform(), "d"))
    table = own.create_table(f"{database}.t", SCHEMA, partition_spec=spec)
    dice = random.Random(1)
    table.append(some(dice, 15, {"at"}))
    first = table.current_snapshot().snapshot_id
    athena(f"DELETE FROM {database}.t WHERE id > 5")
    athena(f"ALTER TABLE {database}.t CHANGE COLUMN name title string")
    table.refresh()
    table.append(some(dice, 15, {"at"}).rename_columns(["id", "n", "title", "price", "at", "day", "share", "ok", "zoned"]))
    theirs = served.load_table(f"{database}.t")
    for row_filter in ["id < 10", "title = 'ab' or n in (1, 2)", "at >= '1970-01-01T00:00:00' and title is not null"]:
        assert shown(theirs.scan(row_filter=row_filter)) == shown(table.scan(row_filter=row_filter))
    deletes = {path: {one.file_path for one in task.delete_files} for path, task in files(table.scan()).items()}
    assert any(deletes.values())
    assert deletes == {path: {one.file_path for one in task.delete_files} for path, task in files(theirs.scan()).items()}
    assert shown(theirs.scan(snapshot_id=first)) == shown(table.scan(snapshot_id=first))
    assert theirs.scan(row_filter="id < 10").count() == table.scan(row_filter="id < 10").count()
