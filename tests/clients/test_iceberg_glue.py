"""pyiceberg's and awswrangler's Iceberg tables in the Glue catalog, beside Athena's SQL: each reads what the other wrote."""

import os
import threading
import time

import awswrangler as wr
import pandas as pd
import pyarrow as pa
import pytest
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError, TableAlreadyExistsError
from pyiceberg.expressions import EqualTo
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table.update import AssertRefSnapshotId
from pyiceberg.transforms import BucketTransform, IdentityTransform
from pyiceberg.types import DoubleType, IntegerType, LongType, NestedField, StringType, TimestampType

ORDERS = Schema(
    NestedField(1, "id", LongType(), required=False),
    NestedField(2, "region", StringType(), required=False),
    NestedField(3, "amount", DoubleType(), required=False),
)
COLUMNS = pa.schema([("id", pa.int64()), ("region", pa.string()), ("amount", pa.float64())])


def rows(*values):
    return pa.Table.from_pylist([dict(zip(COLUMNS.names, value)) for value in values], COLUMNS)


@pytest.fixture()
def catalog(endpoint):
    return GlueCatalog("glue", **{"s3.endpoint": endpoint, "s3.region": os.environ["AWS_REGION"]})


@pytest.fixture()
def orders(catalog, bucket, database):
    return catalog.create_table((database, "orders"), ORDERS, f"s3://{bucket}/orders")


def ids(table):
    return sorted(table.refresh().scan(selected_fields=("id",)).to_arrow()["id"].to_pylist())


def test_a_table_of_pyiceberg_is_read_and_written_by_athena(orders, athena):
    orders.append(rows((1, "eu", 1.5), (2, "us", 2.5)))
    assert athena("SELECT * FROM orders ORDER BY id")[1] == [["1", "eu", "1.5"], ["2", "us", "2.5"]]
    athena("INSERT INTO orders VALUES (3, 'eu', 3.5)")
    athena("UPDATE orders SET amount = amount + 1 WHERE id = 1")
    athena("DELETE FROM orders WHERE id = 2")
    found = orders.refresh().scan().to_arrow().sort_by("id").to_pylist()
    assert found == [{"id": 1, "region": "eu", "amount": 2.5}, {"id": 3, "region": "eu", "amount": 3.5}]
    athena(
        "MERGE INTO orders t USING (VALUES (3, 'ap', 30.5), (4, 'us', 40.5)) s (id, region, amount) ON t.id = s.id "
        "WHEN MATCHED THEN UPDATE SET region = s.region, amount = s.amount "
        "WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.region, s.amount)"
    )
    orders.refresh().delete(EqualTo("id", 1))
    orders.append(rows((5, None, None)))
    assert athena("SELECT * FROM orders ORDER BY id")[1] == [["3", "ap", "30.5"], ["4", "us", "40.5"], ["5", None, None]]
    assert ids(orders) == [3, 4, 5]


def test_a_table_of_athena_is_read_and_written_by_pyiceberg(catalog, bucket, database, athena):
    athena(
        "CREATE TABLE events (id bigint, name string, at timestamp) PARTITIONED BY (day(at), bucket(4, id)) "
        f"LOCATION 's3://{bucket}/events/' TBLPROPERTIES ('table_type' = 'ICEBERG')"
    )
    athena("INSERT INTO events VALUES (1, 'a', TIMESTAMP '2024-01-01 10:00:00'), (2, 'b', TIMESTAMP '2024-01-02 10:00:00')")
    table = catalog.load_table((database, "events"))
    assert [str(field.transform) for field in table.spec().fields] == ["day", "bucket[4]"]
    assert ids(table) == [1, 2]
    more = {"id": [3], "name": ["c"], "at": pd.to_datetime(["2024-01-03"])}
    table.append(pa.table(more, pa.schema([("id", pa.int64()), ("name", pa.string()), ("at", pa.timestamp("us"))])))
    assert athena("SELECT name FROM events WHERE at >= TIMESTAMP '2024-01-02 00:00:00' ORDER BY id")[1] == [["b"], ["c"]]
    assert athena("SELECT name FROM events WHERE id = 3")[1] == [["c"]]
    assert table.refresh().scan(row_filter="at >= '2024-01-02T00:00:00'").to_arrow()["name"].to_pylist() in (["b", "c"], ["c", "b"])


def test_what_glue_tells_of_a_table_is_what_its_catalog_says(orders, session, bucket, database, athena):
    def told():
        return session.client("glue").get_table(DatabaseName=database, Name="orders")["Table"]

    first = told()
    assert first["TableType"] == "EXTERNAL_TABLE" and first["Parameters"]["table_type"] == "ICEBERG"
    assert first["Parameters"]["metadata_location"] == orders.metadata_location
    orders.append(rows((1, "eu", 1.0)))
    second = told()
    assert second["Parameters"]["metadata_location"] == orders.metadata_location
    assert second["Parameters"]["previous_metadata_location"] == first["Parameters"]["metadata_location"]
    athena("INSERT INTO orders VALUES (2, 'us', 2.0)")
    third = told()
    assert third["Parameters"]["previous_metadata_location"] == second["Parameters"]["metadata_location"]
    assert third["Parameters"]["metadata_location"] == orders.refresh().metadata_location
    assert [int(one["VersionId"]) for one in (first, second, third)] == [0, 1, 2]
    athena("ALTER TABLE orders ADD COLUMNS (note string)")
    columns = told()["StorageDescriptor"]["Columns"]
    assert [(one["Name"], one["Type"]) for one in columns][-1] == ("note", "string")
    assert columns[-1]["Parameters"]["iceberg.field.current"] == "true"


def test_schemas_evolve_on_both_sides(orders, athena):
    orders.append(rows((1, "eu", 1.0)))
    with orders.update_schema() as change:
        change.add_column("count", IntegerType())
        change.rename_column("region", "area")
    athena("INSERT INTO orders (id, area, count) VALUES (2, 'us', 7)")
    athena("ALTER TABLE orders CHANGE COLUMN count count bigint")
    athena("ALTER TABLE orders ADD COLUMNS (note string)")
    assert athena("SELECT id, area, amount, count, note FROM orders ORDER BY id")[1] == [
        ["1", "eu", "1.0", None, None],
        ["2", "us", None, "7", None],
    ]
    table = orders.refresh()
    assert [(field.name, str(field.field_type)) for field in table.schema().fields] == [
        ("id", "long"), ("area", "string"), ("amount", "double"), ("count", "long"), ("note", "string"),
    ]
    found = table.scan().to_arrow().sort_by("id").to_pylist()
    assert [one["area"] for one in found] == ["eu", "us"] and [one["count"] for one in found] == [None, 7]


def test_partitions_evolve_and_both_prune(orders, athena):
    orders.append(rows((1, "eu", 1.0), (2, "us", 2.0)))
    with orders.update_spec() as change:
        change.add_identity("region")
    athena("INSERT INTO orders VALUES (3, 'eu', 3.0), (4, 'ap', 4.0)")
    orders.refresh().append(rows((5, "eu", 5.0)))
    assert athena("SELECT id FROM orders WHERE region = 'eu' ORDER BY id")[1] == [["1"], ["3"], ["5"]]
    assert sorted(orders.refresh().scan(row_filter="region = 'eu'").to_arrow()["id"].to_pylist()) == [1, 3, 5]
    with orders.update_spec() as change:
        change.remove_field("region")
        change.add_field("id", BucketTransform(4), "id_bucket")
    athena("DELETE FROM orders WHERE region = 'eu'")
    assert ids(orders) == [2, 4]


def test_overwrites_and_snapshots(orders, athena):
    orders.append(rows((1, "eu", 1.0), (2, "us", 2.0)))
    first = orders.current_snapshot().snapshot_id
    orders.overwrite(rows((9, "eu", 9.0)), overwrite_filter=EqualTo("region", "eu"))
    assert athena("SELECT id FROM orders ORDER BY id")[1] == [["2"], ["9"]]
    assert athena(f"SELECT id FROM orders FOR VERSION AS OF {first} ORDER BY id")[1] == [["1"], ["2"]]
    orders.manage_snapshots().create_tag(first, "before").commit()
    assert athena("SELECT count(*) FROM orders FOR VERSION AS OF 'before'")[1] == [["2"]]
    orders.upsert(rows((2, "us", 20.0), (3, "us", 3.0)), join_cols=["id"])
    assert athena("SELECT id, amount FROM orders ORDER BY id")[1] == [["2", "20.0"], ["3", "3.0"], ["9", "9.0"]]
    operations = athena('SELECT operation, count(*) FROM "orders$snapshots" GROUP BY 1 ORDER BY 1')[1]
    assert [one[0] for one in operations] == sorted({one.summary.operation.value for one in orders.refresh().snapshots()})


def test_a_commit_on_what_is_no_longer_there_fails_and_harms_nothing(catalog, orders, database, athena):
    stale = catalog.load_table((database, "orders"))
    athena("INSERT INTO orders VALUES (1, 'eu', 1.0)")
    with pytest.raises(CommitFailedException):
        with stale.transaction() as change:
            # Stands for a transaction that does not retry: its requirement names the snapshot that it saw.
            change._apply((), (AssertRefSnapshotId(ref="main", snapshot_id=None),))
            change.set_properties(owner="nobody")
    assert athena("SELECT id FROM orders")[1] == [["1"]]
    assert "owner" not in orders.refresh().properties


def test_threads_of_both_write_at_once_and_no_row_is_lost(catalog, orders, database, athena):
    failures = []

    def pyiceberg(writer):
        table = catalog.load_table((database, "orders"))
        for i in range(5):
            attempt(lambda: table.refresh().append(rows((writer * 100 + i, "py", 1.0))))

    def attempt(commit):
        for _ in range(50):
            try:
                return commit()
            except CommitFailedException:
                pass
        failures.append("pyiceberg never got its turn")

    def sql(writer):
        for i in range(5):
            athena(f"INSERT INTO orders VALUES ({writer * 100 + i}, 'sql', 1.0)")

    writers = [threading.Thread(target=pyiceberg if n % 2 else sql, args=(n,)) for n in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert failures == []
    expected = sorted(n * 100 + i for n in range(4) for i in range(5))
    assert ids(orders) == expected
    assert [int(row[0]) for row in athena("SELECT id FROM orders ORDER BY id")[1]] == expected
    assert len(orders.refresh().snapshots()) == 20


def test_tables_are_listed_renamed_registered_and_dropped(catalog, orders, bucket, database, athena):
    with pytest.raises(TableAlreadyExistsError):
        catalog.create_table((database, "orders"), ORDERS, f"s3://{bucket}/other")
    orders.append(rows((1, "eu", 1.0)))
    assert catalog.list_tables(database) == [(database, "orders")]
    renamed = catalog.rename_table((database, "orders"), (database, "sales"))
    assert athena("SELECT id FROM sales")[1] == [["1"]]
    location = renamed.metadata_location
    catalog.drop_table((database, "sales"))
    with pytest.raises(NoSuchTableError):
        catalog.load_table((database, "sales"))
    catalog.register_table((database, "again"), location)
    athena("INSERT INTO again VALUES (2, 'us', 2.0)")
    assert ids(catalog.load_table((database, "again"))) == [1, 2]


def test_a_transaction_makes_a_table_with_its_rows(catalog, bucket, database, athena):
    spec = PartitionSpec(PartitionField(2, 1000, IdentityTransform(), "region"))
    with catalog.create_table_transaction((database, "orders"), ORDERS, f"s3://{bucket}/orders", spec) as change:
        change.append(rows((1, "eu", 1.0), (2, "us", 2.0)))
    assert athena("SELECT region, count(*) FROM orders GROUP BY 1 ORDER BY 1")[1] == [["eu", "1"], ["us", "1"]]
    assert athena('SELECT partition.region, record_count FROM "orders$partitions" ORDER BY 1')[1] == [["eu", "1"], ["us", "1"]]


def test_awswrangler_to_iceberg(bucket, database, athena, catalog):
    def to_iceberg(frame, **more):
        wr.athena.to_iceberg(
            df=frame, database=database, table="items", table_location=f"s3://{bucket}/items/",
            temp_path=f"s3://{bucket}/temporary/", s3_output=f"s3://{bucket}/results/", keep_files=False, **more,
        )

    frame = pd.DataFrame({"id": [1, 2], "name": ["a", "b"], "day": pd.to_datetime(["2024-01-01", "2024-01-02"])})
    to_iceberg(frame, partition_cols=["day(day)"])
    to_iceberg(pd.DataFrame({"id": [3], "name": ["c"], "day": pd.to_datetime(["2024-01-03"])}))
    assert athena("SELECT id, name FROM items ORDER BY id")[1] == [["1", "a"], ["2", "b"], ["3", "c"]]
    more = pd.DataFrame({"id": [3, 4], "name": ["C", "d"], "day": pd.to_datetime(["2024-01-03", "2024-01-04"]), "size": [5, 6]})
    to_iceberg(more, schema_evolution=True, merge_cols=["id"], merge_condition="update")
    assert athena("SELECT id, name, size FROM items ORDER BY id")[1] == [
        ["1", "a", None], ["2", "b", None], ["3", "C", "5"], ["4", "d", "6"],
    ]
    wr.athena.delete_from_iceberg_table(
        df=pd.DataFrame({"id": [1, 2]}), database=database, table="items", merge_cols=["id"],
        temp_path=f"s3://{bucket}/temporary/", s3_output=f"s3://{bucket}/results/", keep_files=False,
    )
    assert ids(catalog.load_table((database, "items"))) == [3, 4]
    to_iceberg(pd.DataFrame({"id": [9], "name": ["z"], "day": pd.to_datetime(["2024-01-09"]), "size": [1]}), mode="overwrite")
    assert athena("SELECT id FROM items")[1] == [["9"]]


def test_a_table_that_athena_has_optimized_and_vacuumed_is_read_and_written_by_pyiceberg(orders, athena):
    for i in range(6):
        orders.append(rows((i, "eu" if i % 2 else "us", float(i))))
    athena("DELETE FROM orders WHERE id = 1")
    athena("UPDATE orders SET amount = amount * 10 WHERE id = 2")
    before = orders.refresh().current_snapshot().snapshot_id
    athena("OPTIMIZE orders REWRITE DATA USING BIN_PACK")
    table = orders.refresh()
    assert table.current_snapshot().summary.operation.value == "replace"
    files = table.inspect.files().to_pylist()
    assert [(one["content"], one["record_count"]) for one in files] == [(0, 5)]
    expected = [
        {"id": 0, "region": "us", "amount": 0.0},
        {"id": 2, "region": "us", "amount": 20.0},
        {"id": 3, "region": "eu", "amount": 3.0},
        {"id": 4, "region": "us", "amount": 4.0},
        {"id": 5, "region": "eu", "amount": 5.0},
    ]
    assert table.scan().to_arrow().sort_by("id").to_pylist() == expected
    assert table.scan(snapshot_id=before).to_arrow().sort_by("id").to_pylist() == expected
    athena("ALTER TABLE orders SET TBLPROPERTIES ('vacuum_max_snapshot_age_seconds' = '1')")
    # So that all are older: nothing less can be asked for.
    time.sleep(1.1)
    athena("VACUUM orders")
    table = orders.refresh()
    assert [one.snapshot_id for one in table.metadata.snapshots] == [table.current_snapshot().snapshot_id]
    assert table.scan().to_arrow().sort_by("id").to_pylist() == expected
    table.append(rows((6, "ap", 6.0)))
    table.refresh().delete(EqualTo("id", 0))
    assert athena("SELECT id FROM orders ORDER BY id")[1] == [["2"], ["3"], ["4"], ["5"], ["6"]]
