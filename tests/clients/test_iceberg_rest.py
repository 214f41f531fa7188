"""Iceberg tables through the REST catalog, as PyIceberg writes and reads them, beside Athena on the same tables."""

import datetime

import pyarrow as pa
import pytest
from pyiceberg.catalog import load_catalog
from pyiceberg.exceptions import (
    CommitFailedException,
    NamespaceAlreadyExistsError,
    NamespaceNotEmptyError,
    NoSuchNamespaceError,
    NoSuchTableError,
    TableAlreadyExistsError,
)
from pyiceberg.expressions import EqualTo, GreaterThan
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import BucketTransform, DayTransform, IdentityTransform
from pyiceberg.types import DecimalType, IntegerType, LongType, NestedField, StringType, TimestampType

ACCOUNT = "000000000000"


@pytest.fixture(params=["signed", "without a key"])
def catalog(request, endpoint):
    """As AWS documents it for Glue; on loopback a key is not needed, and keys for the files are given out."""
    signed = {"rest.sigv4-enabled": "true", "rest.signing-name": "glue", "rest.signing-region": "us-east-1"}
    properties = {"type": "rest", "uri": f"{endpoint}/iceberg", "warehouse": ACCOUNT}
    return load_catalog("lake", **properties, **(signed if request.param == "signed" else {}))


@pytest.fixture()
def namespace(catalog, bucket, database):
    catalog.update_namespace_properties(database, updates={"location": f"s3://{bucket}/{database}"})
    return database


def rows(table, **scan):
    found = table.scan(**scan).to_arrow().to_pylist()
    return sorted(found, key=lambda row: [str(value) for value in row.values()])


SCHEMA = Schema(
    NestedField(1, "id", LongType(), required=False),
    NestedField(2, "name", StringType(), required=False),
    NestedField(3, "price", DecimalType(10, 2), required=False),
    NestedField(4, "at", TimestampType(), required=False),
)
SPEC = PartitionSpec(
    PartitionField(4, 1000, DayTransform(), "at_day"), PartitionField(1, 1001, BucketTransform(4), "id_bucket")
)


def some(*ids):
    import decimal

    return pa.table(
        {
            "id": pa.array(ids, pa.int64()),
            "name": pa.array([None if n % 5 == 0 else f"n{n}" for n in ids]),
            "price": pa.array([decimal.Decimal(n).scaleb(-1).quantize(decimal.Decimal("0.01")) for n in ids], pa.decimal128(10, 2)),
            "at": pa.array([datetime.datetime(2024, 1, 1 + n % 3, n % 24) for n in ids], pa.timestamp("us")),
        }
    )


def test_namespaces_and_what_is_refused(catalog, bucket):
    name = f"ns_{bucket.replace('-', '_')}"
    catalog.create_namespace(name, {"location": f"s3://{bucket}/{name}", "owner": "me"})
    with pytest.raises(NamespaceAlreadyExistsError):
        catalog.create_namespace(name)
    assert catalog.load_namespace_properties(name)["owner"] == "me"
    assert (name,) in catalog.list_namespaces()
    catalog.create_table(f"{name}.t", SCHEMA)
    with pytest.raises(TableAlreadyExistsError):
        catalog.create_table(f"{name}.t", SCHEMA)
    with pytest.raises(NamespaceNotEmptyError):
        catalog.drop_namespace(name)
    catalog.purge_table(f"{name}.t")
    with pytest.raises(NoSuchTableError):
        catalog.load_table(f"{name}.t")
    catalog.drop_namespace(name)
    with pytest.raises(NoSuchNamespaceError):
        catalog.list_tables(name)


def test_rows_are_written_changed_and_read_beside_athena(catalog, namespace, athena):
    table = catalog.create_table(f"{namespace}.t", SCHEMA, partition_spec=SPEC)
    table.append(some(*range(1, 21)))
    athena(f"INSERT INTO {namespace}.t SELECT id + 100, name, price, at FROM {namespace}.t WHERE id <= 5")
    athena(f"UPDATE {namespace}.t SET name = 'changed' WHERE id = 3")
    athena(f"DELETE FROM {namespace}.t WHERE id = 4")
    table.refresh()
    expected = sorted([n for n in range(1, 21) if n != 4] + [101, 102, 103, 104, 105])
    assert sorted(row["id"] for row in rows(table)) == expected
    assert [row["name"] for row in rows(table, row_filter=EqualTo("id", 3))] == ["changed"]
    table.delete(GreaterThan("id", 103))
    table.overwrite(some(1, 2), overwrite_filter="id in (1, 2, 103)")
    _, found = athena(f"SELECT id, name, CAST(price AS varchar), CAST(at AS varchar) FROM {namespace}.t ORDER BY id")
    shown = [[str(row["id"]), row["name"], str(row["price"]), f"{row['at']}.000000"] for row in rows(table)]
    assert found == sorted(shown, key=lambda row: int(row[0]))
    assert [int(row[0]) for row in found] == [n for n in range(1, 21) if n != 4] + [101, 102]


def test_columns_partitions_branches_and_tags_evolve(catalog, namespace, athena):
    table = catalog.create_table(f"{namespace}.t", SCHEMA, partition_spec=SPEC, properties={"owner": "me"})
    table.append(some(1, 2, 3))
    with table.update_schema() as update:
        update.add_column("more", IntegerType(), doc="later")
        update.rename_column("name", "title")
        update.move_first("price")
    with table.update_spec() as update:
        update.add_field("title", IdentityTransform(), "title")
        update.remove_field("id_bucket")
    table.append(some(4).rename_columns(["id", "title", "price", "at"]).append_column("more", pa.array([7], pa.int32())))
    table.manage_snapshots().create_tag(table.snapshots()[0].snapshot_id, "first").create_branch(
        table.current_snapshot().snapshot_id, "side"
    ).commit()
    table.append(some(9).rename_columns(["id", "title", "price", "at"]), branch="side")
    _, main = athena(f"SELECT id, title, more FROM {namespace}.t ORDER BY id")
    assert main == [["1", "n1", None], ["2", "n2", None], ["3", "n3", None], ["4", "n4", "7"]]
    _, first = athena(f"SELECT count(*) FROM {namespace}.t FOR VERSION AS OF 'first'")
    _, side = athena(f"SELECT max(id) FROM {namespace}.t FOR VERSION AS OF 'side'")
    assert (first, side) == ([["3"]], [["9"]])
    athena(f"ALTER TABLE {namespace}.t ADD COLUMNS (of_athena string)")
    table.refresh()
    assert [field.name for field in table.schema().fields] == ["price", "id", "title", "at", "more", "of_athena"]
    with table.transaction() as transaction:
        transaction.set_properties(owner="you")
        transaction.append(pa.table({"id": pa.array([5], pa.int64()), "at": pa.array([None], pa.timestamp("us")), "title": ["n"], "of_athena": ["x"]}))
    assert catalog.load_table(f"{namespace}.t").properties["owner"] == "you"
    _, count = athena(f"SELECT of_athena FROM {namespace}.t WHERE id = 5")
    assert count == [["x"]]


def test_a_created_table_has_its_first_rows_at_once(catalog, namespace, athena):
    with catalog.create_table_transaction(f"{namespace}.t", SCHEMA) as transaction:
        transaction.append(some(1, 2))
    _, found = athena(f"SELECT count(*) FROM {namespace}.t")
    assert found == [["2"]]
    catalog.rename_table(f"{namespace}.t", f"{namespace}.u")
    assert catalog.list_tables(namespace) == [(namespace, "u")]
    location = catalog.load_table(f"{namespace}.u").metadata_location
    catalog.drop_table(f"{namespace}.u")
    assert len(rows(catalog.register_table(f"{namespace}.v", location))) == 2


def test_who_comes_second_fails_and_no_row_is_lost(catalog, namespace):
    table = catalog.create_table(f"{namespace}.t", SCHEMA)
    table.append(some(1))
    late = catalog.load_table(f"{namespace}.t")
    with table.update_schema() as update:
        update.add_column("x", IntegerType())
    with pytest.raises(CommitFailedException):
        with late.update_schema() as update:
            update.add_column("y", IntegerType())
    table.append(some(2))
    found = catalog.load_table(f"{namespace}.t")
    assert sorted(row["id"] for row in rows(found)) == [1, 2]
    assert [field.name for field in found.schema().fields] == ["id", "name", "price", "at", "x"]
