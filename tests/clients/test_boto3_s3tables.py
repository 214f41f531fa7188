"""S3 Tables by boto3."""

import json
import uuid

import boto3
import pytest
from botocore.exceptions import ClientError

ACCOUNT = "000000000000"
METADATA = {
    "iceberg": {
        "schema": {"fields": [{"name": "id", "type": "long", "required": True}, {"name": "day", "type": "date"}]},
        "partitionSpec": {"fields": [{"sourceId": 2, "transform": "month", "name": "day_month"}]},
        "properties": {"owner": "me"},
    }
}


@pytest.fixture
def s3tables(session):
    return boto3.client("s3tables")


@pytest.fixture
def table_bucket(s3tables):
    """A table bucket of a test, with a namespace, and nothing of it afterwards."""
    arn = s3tables.create_table_bucket(name=f"tables-{uuid.uuid4().hex[:8]}")["arn"]
    s3tables.create_namespace(tableBucketARN=arn, namespace=["shop"])
    yield arn
    for table in s3tables.get_paginator("list_tables").paginate(tableBucketARN=arn).search("tables[]"):
        s3tables.delete_table(tableBucketARN=arn, namespace=table["namespace"][0], name=table["name"])
    for found in s3tables.list_namespaces(tableBucketARN=arn)["namespaces"]:
        s3tables.delete_namespace(tableBucketARN=arn, namespace=found["namespace"][0])
    s3tables.delete_table_bucket(tableBucketARN=arn)


@pytest.fixture
def orders(s3tables, table_bucket):
    table = {"tableBucketARN": table_bucket, "namespace": "shop", "name": "orders"}
    s3tables.create_table(**table, format="ICEBERG", metadata=METADATA)
    return table


def refused(call, code, **arguments):
    with pytest.raises(ClientError) as error:
        call(**arguments)
    assert error.value.response["Error"]["Code"] == code


def test_buckets_and_namespaces_are_found_until_they_are_gone(s3tables, table_bucket):
    name = table_bucket.rsplit("/", 1)[1]
    assert table_bucket == f"arn:aws:s3tables:us-east-1:{ACCOUNT}:bucket/{name}"
    found = s3tables.get_table_bucket(tableBucketARN=table_bucket)
    assert (found["name"], found["ownerAccountId"], found["type"]) == (name, ACCOUNT, "customer")
    pages = s3tables.get_paginator("list_table_buckets").paginate(prefix=name, PaginationConfig={"PageSize": 1})
    assert list(pages.search("tableBuckets[].arn")) == [table_bucket]
    assert s3tables.list_namespaces(tableBucketARN=table_bucket)["namespaces"][0]["namespace"] == ["shop"]
    made = s3tables.get_namespace(tableBucketARN=table_bucket, namespace="shop")
    assert (made["namespace"], made["ownerAccountId"]) == (["shop"], ACCOUNT)
    refused(s3tables.create_table_bucket, "ConflictException", name=name)
    refused(s3tables.create_namespace, "ConflictException", tableBucketARN=table_bucket, namespace=["shop"])
    refused(s3tables.delete_table_bucket, "ConflictException", tableBucketARN=table_bucket)
    refused(s3tables.get_namespace, "NotFoundException", tableBucketARN=table_bucket, namespace="none")
    refused(s3tables.create_table_bucket, "BadRequestException", name="-not-a-name")


def test_tables_are_made_listed_renamed_and_deleted(s3tables, table_bucket, orders):
    table = s3tables.get_table(**orders)
    assert (table["name"], table["namespace"], table["format"]) == ("orders", ["shop"], "ICEBERG")
    assert table["warehouseLocation"].endswith("--table-s3")
    assert s3tables.get_table(tableArn=table["tableARN"])["versionToken"] == table["versionToken"]
    refused(s3tables.create_table, "ConflictException", **orders, format="ICEBERG")
    for name in ("archive", "basket"):
        s3tables.create_table(tableBucketARN=table_bucket, namespace="shop", name=name, format="ICEBERG")
    pages = s3tables.get_paginator("list_tables").paginate(
        tableBucketARN=table_bucket, namespace="shop", PaginationConfig={"PageSize": 2}
    )
    assert list(pages.search("tables[].name")) == ["archive", "basket", "orders"]
    s3tables.create_namespace(tableBucketARN=table_bucket, namespace=["old"])
    s3tables.rename_table(**orders, newNamespaceName="old", newName="orders_2024")
    moved = {"tableBucketARN": table_bucket, "namespace": "old", "name": "orders_2024"}
    assert s3tables.get_table(**moved)["tableARN"] == table["tableARN"]
    refused(s3tables.get_table, "NotFoundException", **orders)
    refused(s3tables.delete_table, "ConflictException", **moved, versionToken="an-old-one")
    refused(s3tables.delete_namespace, "ConflictException", tableBucketARN=table_bucket, namespace="old")


def test_metadata_written_by_a_client_is_committed_once(s3tables, session, orders):
    at = s3tables.get_table_metadata_location(**orders)
    bucket, key = at["metadataLocation"].removeprefix("s3://").split("/", 1)
    s3 = session.client("s3")
    metadata = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    assert metadata["properties"]["owner"] == "me"
    metadata["properties"]["owner"] = "you"
    s3.put_object(Bucket=bucket, Key="metadata/00001-mine.metadata.json", Body=json.dumps(metadata))
    mine = f"{at['warehouseLocation']}/metadata/00001-mine.metadata.json"
    commit = {**orders, "versionToken": at["versionToken"], "metadataLocation": mine}
    updated = s3tables.update_table_metadata_location(**commit)
    assert updated["metadataLocation"] == mine
    assert updated["versionToken"] != at["versionToken"]
    refused(s3tables.update_table_metadata_location, "ConflictException", **commit)
    elsewhere = {"versionToken": updated["versionToken"], "metadataLocation": "s3://else/metadata.json"}
    refused(s3tables.update_table_metadata_location, "BadRequestException", **orders, **elsewhere)


def test_settings_have_defaults_and_are_kept(s3tables, table_bucket, orders):
    bucket = {"tableBucketARN": table_bucket}
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    refused(s3tables.get_table_bucket_policy, "NotFoundException", **bucket)
    s3tables.put_table_bucket_policy(**bucket, resourcePolicy=policy)
    assert s3tables.get_table_bucket_policy(**bucket)["resourcePolicy"] == policy
    s3tables.put_table_policy(**orders, resourcePolicy=policy)
    s3tables.delete_table_policy(**orders)
    refused(s3tables.get_table_policy, "NotFoundException", **orders)
    encryption = s3tables.get_table_bucket_encryption(**bucket)["encryptionConfiguration"]
    assert encryption == {"sseAlgorithm": "AES256"}
    removal = s3tables.get_table_bucket_maintenance_configuration(**bucket)["configuration"]
    assert removal["icebergUnreferencedFileRemoval"]["settings"]["icebergUnreferencedFileRemoval"] == {
        "unreferencedDays": 3,
        "nonCurrentDays": 10,
    }
    value = {"status": "disabled", "settings": {"icebergCompaction": {"targetFileSizeMB": 256, "strategy": "auto"}}}
    s3tables.put_table_maintenance_configuration(**orders, type="icebergCompaction", value=value)
    kept = s3tables.get_table_maintenance_configuration(**orders)["configuration"]
    assert kept["icebergCompaction"] == value
    assert kept["icebergSnapshotManagement"]["status"] == "enabled"
    assert s3tables.get_table_maintenance_job_status(**orders)["status"]["icebergCompaction"]["status"] == "Disabled"
    wrong = {"status": "enabled", "settings": {"icebergCompaction": {"targetFileSizeMB": 1}}}
    refused(
        s3tables.put_table_maintenance_configuration, "BadRequestException", **orders, type="icebergCompaction", value=wrong
    )


def test_tags_of_buckets_and_tables(s3tables, table_bucket, orders):
    for arn in (table_bucket, s3tables.get_table(**orders)["tableARN"]):
        s3tables.tag_resource(resourceArn=arn, tags={"team": "a", "cost": "1"})
        s3tables.untag_resource(resourceArn=arn, tagKeys=["cost"])
        assert s3tables.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "a"}


def test_athena_writes_what_is_made_here(s3tables, session, table_bucket, bucket, orders):
    athena = session.client("athena")
    catalog = "s3tablescatalog/" + table_bucket.rsplit("/", 1)[1]
    before = s3tables.get_table(**orders)["versionToken"]

    def run(sql):
        query = athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Catalog": catalog, "Database": "shop"},
            ResultConfiguration={"OutputLocation": f"s3://{bucket}/results/"},
        )["QueryExecutionId"]
        while True:
            status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
            if status["State"] not in ("QUEUED", "RUNNING"):
                break
        assert status["State"] == "SUCCEEDED", status
        rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
        return [[one.get("VarCharValue") for one in row["Data"]] for row in rows]

    run("INSERT INTO orders VALUES (1, DATE '2024-01-01'), (2, DATE '2024-02-01')")
    assert run("SELECT sum(id) FROM orders")[1:] == [["3"]]
    assert s3tables.get_table(**orders)["versionToken"] != before
