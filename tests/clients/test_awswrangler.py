"""awswrangler: the data engineer's library over S3, Glue and Athena."""

import datetime
import decimal

import awswrangler as wr
import pandas as pd
import pytest


@pytest.fixture()
def orders():
    return pd.DataFrame(
        {
            "order_id": pd.Series([1, 2, 3, 4], dtype="int64"),
            "status": ["paid", "open", None, "paid, \"late\""],
            "amount": [10.5, 0.25, 7.0, 1e10],
            "price": [decimal.Decimal("1.10"), decimal.Decimal("2.20"), None, decimal.Decimal("-3.30")],
            "placed": pd.to_datetime(["2024-01-01 10:00:00", "2024-01-02 11:30:00.123", "2024-02-01 00:00:00", "2024-02-02 00:00:00"], format="ISO8601"),
            "day": [datetime.date(2024, 1, 1), datetime.date(2024, 1, 2), None, datetime.date(2024, 2, 2)],
            "ok": pd.Series([True, False, None, True], dtype="boolean"),
            "month": ["2024-01", "2024-01", "2024-02", "2024-02"],
        }
    )


def store(orders, bucket, database, **more):
    return wr.s3.to_parquet(
        orders, path=f"s3://{bucket}/orders/", dataset=True, database=database, table="orders",
        partition_cols=["month"], dtype={"price": "decimal(10,2)"}, **more,
    )


def test_a_dataset_is_written_catalogued_and_read(orders, bucket, database):
    written = store(orders, bucket, database)
    assert len(written["paths"]) == 2
    assert wr.catalog.does_table_exist(database=database, table="orders")
    types = wr.catalog.get_table_types(database=database, table="orders")
    assert types["order_id"] == "bigint" and types["price"] == "decimal(10,2)" and types["month"] == "string"
    assert sorted(p[0] for p in wr.catalog.get_partitions(database=database, table="orders").values()) == ["2024-01", "2024-02"]
    back = wr.s3.read_parquet(f"s3://{bucket}/orders/", dataset=True)
    assert sorted(back["order_id"]) == [1, 2, 3, 4]


@pytest.mark.parametrize("approach", [{"ctas_approach": True}, {"ctas_approach": False}, {"ctas_approach": False, "unload_approach": True}])
def test_read_sql_query(orders, bucket, database, approach):
    store(orders, bucket, database)
    frame = wr.athena.read_sql_query(
        "SELECT order_id, status, amount, price, placed, day, ok, month FROM orders WHERE month = '2024-01' ORDER BY order_id",
        database=database, s3_output=f"s3://{bucket}/results/", **approach,
    ).sort_values("order_id")
    assert list(frame["order_id"]) == [1, 2]
    assert list(frame["status"]) == ["paid", "open"]
    assert list(frame["amount"]) == [10.5, 0.25]
    assert list(frame["price"]) == [decimal.Decimal("1.10"), decimal.Decimal("2.20")]
    assert list(frame["placed"]) == [pd.Timestamp("2024-01-01 10:00:00"), pd.Timestamp("2024-01-02 11:30:00.123")]
    assert list(frame["day"]) == [datetime.date(2024, 1, 1), datetime.date(2024, 1, 2)]
    assert list(frame["ok"]) == [True, False]
    assert list(frame["month"]) == ["2024-01", "2024-01"]


def test_append_and_overwrite_of_partitions(orders, bucket, database):
    store(orders, bucket, database)
    store(orders, bucket, database, mode="append")
    count = lambda: wr.athena.read_sql_query("SELECT count(*) AS n FROM orders", database=database, ctas_approach=False, s3_output=f"s3://{bucket}/r/")["n"][0]
    assert count() == 8
    store(orders[orders["month"] == "2024-02"], bucket, database, mode="overwrite_partitions")
    assert count() == 6


def test_csv_dataset_and_the_null_text(bucket, database):
    frame = pd.DataFrame({"id": [1, 2], "name": ["a", "b"]})
    wr.s3.to_csv(frame, path=f"s3://{bucket}/names/", dataset=True, database=database, table="names", index=False)
    back = wr.athena.read_sql_table("names", database=database, ctas_approach=False, s3_output=f"s3://{bucket}/r/")
    assert list(back["id"]) == [1, 2] and list(back["name"]) == ["a", "b"]


def test_chunks_parameters_and_the_default_bucket(bucket, database):
    sql = "SELECT x FROM UNNEST(sequence(1, 2500)) AS t (x) WHERE x <> :skip ORDER BY x"
    chunks = wr.athena.read_sql_query(sql, database=database, ctas_approach=False, chunksize=1000, params={"skip": 7}, s3_output=f"s3://{bucket}/r/")
    sizes = [len(chunk) for chunk in chunks]
    assert sum(sizes) == 2499 and max(sizes) <= 1000
    assert wr.athena.read_sql_query("SELECT 1 AS n", database=database, ctas_approach=False)["n"][0] == 1


def test_catalog_functions(orders, bucket, database):
    store(orders, bucket, database, glue_table_settings={"description": "what was ordered", "columns_comments": {"amount": "in euros"}})
    assert database in list(wr.catalog.databases()["Database"])
    assert wr.catalog.get_table_location(database=database, table="orders") == f"s3://{bucket}/orders/"
    assert wr.catalog.get_table_description(database=database, table="orders") == "what was ordered"
    assert wr.catalog.get_columns_comments(database=database, table="orders")["amount"] == "in euros"
    wr.catalog.upsert_table_parameters({"owner": "me"}, database=database, table="orders")
    assert wr.catalog.get_table_parameters(database=database, table="orders")["owner"] == "me"
    assert wr.catalog.delete_table_if_exists(database=database, table="orders")
    assert not wr.catalog.does_table_exist(database=database, table="orders")


def test_statements_and_their_metadata(bucket, database):
    query = wr.athena.start_query_execution("SELECT 1 AS n", database=database, s3_output=f"s3://{bucket}/r/", wait=True)
    assert query["Status"]["State"] == "SUCCEEDED"
    with pytest.raises(wr.exceptions.QueryFailed, match="TABLE_NOT_FOUND|does not exist"):
        wr.athena.read_sql_query("SELECT * FROM nothing_here", database=database, ctas_approach=False, s3_output=f"s3://{bucket}/r/")
    wr.athena.start_query_execution(f"CREATE EXTERNAL TABLE people (n int) LOCATION 's3://{bucket}/people/'", database=database, s3_output=f"s3://{bucket}/r/", wait=True)
    assert "CREATE EXTERNAL TABLE `people`" in wr.athena.show_create_table("people", database=database, s3_output=f"s3://{bucket}/r/")
    assert list(wr.athena.describe_table("people", database=database, s3_output=f"s3://{bucket}/r/")["Column Name"]) == ["n"]
    wr.athena.generate_create_query("people", database=database)
