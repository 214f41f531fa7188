"""The Glue Data Catalog as programs in Python use it: through boto3, its paginators and its exceptions."""

import json
import time

import pytest

PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}


@pytest.fixture()
def glue(session):
    return session.client("glue")


def columns(*pairs):
    return [{"Name": name, "Type": type_} for name, type_ in pairs]


def table_input(name, bucket, keys=(), **more):
    storage = {"Columns": columns(("id", "bigint"), ("amount", "double")), "Location": f"s3://{bucket}/{name}/", **PARQUET}
    return {"Name": name, "TableType": "EXTERNAL_TABLE", "StorageDescriptor": storage, "PartitionKeys": columns(*keys), **more}


def partition(bucket, name, *values):
    return {"Values": list(values), "StorageDescriptor": {"Location": f"s3://{bucket}/{name}/{'/'.join(values)}/", **PARQUET}}


def until(look, wanted, seconds=30):
    deadline = time.monotonic() + seconds
    while (seen := look()) != wanted:
        assert time.monotonic() < deadline, seen
        time.sleep(0.02)


def test_tables_their_versions_and_a_stale_update(glue, database, bucket):
    glue.create_table(DatabaseName=database, TableInput=table_input("Orders", bucket, Description="first"))
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.create_table(DatabaseName=database, TableInput=table_input("orders", bucket))
    first = glue.get_table(DatabaseName=database, Name="ORDERS")["Table"]
    assert (first["Name"], first["VersionId"], first["CatalogId"]) == ("orders", "0", "000000000000")
    update = table_input("orders", bucket, Description="second")
    glue.update_table(DatabaseName=database, TableInput=update, VersionId="0")
    with pytest.raises(glue.exceptions.ConcurrentModificationException):
        glue.update_table(DatabaseName=database, TableInput=update, VersionId="0")
    pages = glue.get_paginator("get_table_versions").paginate(DatabaseName=database, TableName="orders", PaginationConfig={"PageSize": 1})
    versions = [version["Table"]["Description"] for page in pages for version in page["TableVersions"]]
    assert versions == ["second", "first"]
    deleted = glue.batch_delete_table(DatabaseName=database, TablesToDelete=["orders", "none"])
    assert [(error["TableName"], error["ErrorDetail"]["ErrorCode"]) for error in deleted["Errors"]] == [("none", "EntityNotFoundException")]
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_table(DatabaseName=database, Name="orders")


def test_pages_of_many_tables_and_a_search_for_some(glue, database, bucket):
    for i in range(230):
        parameters = {"classification": "parquet", "team": "finance" if i % 23 == 0 else "web"}
        glue.create_table(DatabaseName=database, TableInput=table_input(f"t{i:03}", bucket, Parameters=parameters))
    pages = list(glue.get_paginator("get_tables").paginate(DatabaseName=database))
    assert max(len(page["TableList"]) for page in pages) <= 100
    assert [table["Name"] for page in pages for table in page["TableList"]] == [f"t{i:03}" for i in range(230)]
    matched = glue.get_tables(DatabaseName=database, Expression="t00[1-3]")["TableList"]
    assert [table["Name"] for table in matched] == ["t001", "t002", "t003"]
    filters = [{"Key": "DatabaseName", "Value": database}, {"Key": "team", "Value": "finance"}]
    found, token = [], None
    while True:
        more = {"NextToken": token} if token else {}
        answer = glue.search_tables(Filters=filters, SortCriteria=[{"FieldName": "Name", "Sort": "DESC"}], MaxResults=4, **more)
        found += [table["Name"] for table in answer["TableList"]]
        token = answer.get("NextToken")
        if not token:
            break
    assert found == [f"t{i:03}" for i in reversed(range(0, 230, 23))]


def test_partitions_in_batches_by_expression_and_in_segments(glue, database, bucket):
    keys = [("day", "date"), ("hour", "int")]
    glue.create_table(DatabaseName=database, TableInput=table_input("events", bucket, keys))
    at = {"DatabaseName": database, "TableName": "events"}
    days = [f"2024-01-{day:02}" for day in range(1, 11)]
    inputs = [partition(bucket, "events", day, str(hour)) for day in days for hour in range(24)]
    for i in range(0, len(inputs), 100):
        assert glue.batch_create_partition(**at, PartitionInputList=inputs[i : i + 100])["Errors"] == []
    again = glue.batch_create_partition(**at, PartitionInputList=inputs[:2])["Errors"]
    assert [error["ErrorDetail"]["ErrorCode"] for error in again] == ["AlreadyExistsException"] * 2

    def values(**arguments):
        pages = glue.get_paginator("get_partitions").paginate(**at, **arguments)
        return [tuple(found["Values"]) for page in pages for found in page["Partitions"]]

    assert len(values()) == 240
    # As numbers: '10' comes after '9'.
    assert sorted(values(Expression="day = '2024-01-03' AND hour > 8 AND hour <= 10")) == [("2024-01-03", "10"), ("2024-01-03", "9")]
    assert len(values(Expression="day BETWEEN '2024-01-02' AND '2024-01-04' AND NOT hour IN (0, 1)")) == 3 * 22
    segments = [values(Segment={"SegmentNumber": n, "TotalSegments": 4}) for n in range(4)]
    assert sorted(sum(segments, [])) == sorted(values())
    wanted = [{"Values": ["2024-01-01", "5"]}, {"Values": ["1999-01-01", "0"]}]
    answer = glue.batch_get_partition(**at, PartitionsToGet=wanted)
    assert [found["Values"] for found in answer["Partitions"]] == [["2024-01-01", "5"]]
    changed = {"PartitionValueList": ["2024-01-01", "5"], "PartitionInput": {**partition(bucket, "events", "2024-01-01", "5"), "Parameters": {"rows": "7"}}}
    assert glue.batch_update_partition(**at, Entries=[changed])["Errors"] == []
    assert glue.get_partition(**at, PartitionValues=["2024-01-01", "5"])["Partition"]["Parameters"] == {"rows": "7"}
    with pytest.raises(glue.exceptions.InvalidInputException):
        glue.get_partitions(**at, Expression="nothing = 1")


def test_a_partition_index_is_made_of_what_is_there(glue, database, bucket):
    glue.create_table(DatabaseName=database, TableInput=table_input("events", bucket, [("region", "string"), ("day", "date")]))
    at = {"DatabaseName": database, "TableName": "events"}
    inputs = [partition(bucket, "events", region, f"2024-01-{day:02}") for region in ("eu", "us") for day in range(1, 32)]
    glue.batch_create_partition(**at, PartitionInputList=inputs)
    glue.create_partition_index(**at, PartitionIndex={"Keys": ["region", "day"], "IndexName": "by_region"})
    until(lambda: [index["IndexStatus"] for index in glue.get_partition_indexes(**at)["PartitionIndexDescriptorList"]], ["ACTIVE"])
    found = glue.get_partitions(**at, Expression="region = 'eu' AND day > '2024-01-29'")["Partitions"]
    assert sorted(one["Values"][1] for one in found) == ["2024-01-30", "2024-01-31"]
    for i in range(2):
        glue.create_partition_index(**at, PartitionIndex={"Keys": ["day", "region"][: i + 1], "IndexName": f"more_{i}"})
        until(lambda: {index["IndexStatus"] for index in glue.get_partition_indexes(**at)["PartitionIndexDescriptorList"]}, {"ACTIVE"})
    with pytest.raises(glue.exceptions.ResourceNumberLimitExceededException):
        glue.create_partition_index(**at, PartitionIndex={"Keys": ["region"], "IndexName": "fourth"})
    glue.delete_partition_index(**at, IndexName="by_region")
    until(lambda: len(glue.get_partition_indexes(**at)["PartitionIndexDescriptorList"]), 2)


def test_a_statistics_run_counts_what_a_query_wrote(glue, athena, database, bucket):
    athena(
        f"CREATE TABLE numbers WITH (external_location = 's3://{bucket}/numbers/') AS "
        "SELECT x AS id, if(x % 4 = 0, NULL, concat('name ', cast(x % 10 AS varchar))) AS name FROM UNNEST(sequence(1, 1000)) AS t (x)"
    )
    at = {"DatabaseName": database, "TableName": "numbers"}
    run = glue.start_column_statistics_task_run(**at, Role="arn:aws:iam::000000000000:role/glue")["ColumnStatisticsTaskRunId"]
    status = lambda: glue.get_column_statistics_task_run(ColumnStatisticsTaskRunId=run)["ColumnStatisticsTaskRun"]["Status"]
    until(status, "SUCCEEDED")
    got = glue.get_column_statistics_for_table(**at, ColumnNames=["id", "name"])["ColumnStatisticsList"]
    by_column = {one["ColumnName"]: one["StatisticsData"] for one in got}
    number, text = by_column["id"]["LongColumnStatisticsData"], by_column["name"]["StringColumnStatisticsData"]
    assert (number["MinimumValue"], number["MaximumValue"], number["NumberOfNulls"]) == (1, 1000, 0)
    assert abs(number["NumberOfDistinctValues"] - 1000) <= 50
    assert (text["MaximumLength"], text["NumberOfNulls"], text["NumberOfDistinctValues"]) == (6, 250, 10)


def test_functions_policy_encryption_and_tags(glue, database):
    function = {"FunctionName": "mask", "ClassName": "org.example.Mask", "OwnerName": "me", "OwnerType": "USER", "ResourceUris": [{"ResourceType": "JAR", "Uri": "s3://jars/mask.jar"}]}
    glue.create_user_defined_function(DatabaseName=database, FunctionInput=function)
    assert glue.get_user_defined_function(DatabaseName=database, FunctionName="mask")["UserDefinedFunction"]["ClassName"] == "org.example.Mask"
    assert [one["FunctionName"] for one in glue.get_user_defined_functions(DatabaseName=database, Pattern="ma.*")["UserDefinedFunctions"]] == ["mask"]
    glue.delete_user_defined_function(DatabaseName=database, FunctionName="mask")

    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "glue:*", "Resource": "arn:aws:glue:us-east-1:000000000000:catalog"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    kept = glue.put_resource_policy(PolicyInJson=policy, PolicyExistsCondition="NOT_EXIST")["PolicyHash"]
    with pytest.raises(glue.exceptions.ConditionCheckFailureException):
        glue.put_resource_policy(PolicyInJson=policy, PolicyExistsCondition="NOT_EXIST")
    assert json.loads(glue.get_resource_policy()["PolicyInJson"])["Statement"][0]["Effect"] == "Allow"
    glue.delete_resource_policy(PolicyHashCondition=kept)
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_resource_policy()

    settings = {"EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"}, "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": False}}
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings=settings)
    assert glue.get_data_catalog_encryption_settings()["DataCatalogEncryptionSettings"] == settings

    arn = f"arn:aws:glue:us-east-1:000000000000:database/{database}"
    glue.tag_resource(ResourceArn=arn, TagsToAdd={"team": "finance", "stage": "test"})
    glue.untag_resource(ResourceArn=arn, TagsToRemove=["stage"])
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"team": "finance"}


def record(*fields):
    return json.dumps({"type": "record", "name": "Order", "fields": [dict(zip(("name", "type", "default"), field)) for field in fields]})


@pytest.mark.parametrize(
    ("mode", "added", "removed", "optional"),
    [
        # A new field without a default, a field taken away, a new field with a default: which of them may follow.
        ("BACKWARD", False, True, True),
        ("FORWARD", True, False, True),
        ("FULL", False, False, True),
        ("NONE", True, True, True),
        ("DISABLED", False, False, False),
    ],
)
def test_the_schema_registry_enforces_compatibility(glue, database, mode, added, removed, optional):
    registry = f"registry_{database}_{mode.lower()}"
    glue.create_registry(RegistryName=registry)
    first = record(("id", "string"), ("total", "double"))
    changes = {
        "added": (record(("id", "string"), ("total", "double"), ("zip", "string")), added),
        "removed": (record(("id", "string")), removed),
        "optional": (record(("id", "string"), ("total", "double"), ("zip", "string", "")), optional),
    }
    for name, (definition, allowed) in changes.items():
        glue.create_schema(RegistryId={"RegistryName": registry}, SchemaName=name, DataFormat="AVRO", Compatibility=mode, SchemaDefinition=first)
        schema = {"RegistryName": registry, "SchemaName": name}
        if mode == "DISABLED":
            with pytest.raises(glue.exceptions.ClientError):
                glue.register_schema_version(SchemaId=schema, SchemaDefinition=definition)
            continue
        version = glue.register_schema_version(SchemaId=schema, SchemaDefinition=definition)
        status = lambda: glue.get_schema_version(SchemaVersionId=version["SchemaVersionId"])["Status"]
        until(status, "AVAILABLE" if allowed else "FAILURE")
    glue.delete_registry(RegistryId={"RegistryName": registry})


def test_connections_are_kept_and_their_passwords_hidden_when_asked(glue):
    properties = {"JDBC_CONNECTION_URL": "jdbc:postgresql://127.0.0.1:1/shop", "USERNAME": "me", "PASSWORD": "secret"}
    glue.create_connection(ConnectionInput={"Name": "shop", "ConnectionType": "JDBC", "ConnectionProperties": properties})
    try:
        assert glue.get_connection(Name="shop")["Connection"]["ConnectionProperties"]["PASSWORD"] == "secret"
        assert "PASSWORD" not in glue.get_connection(Name="shop", HidePassword=True)["Connection"]["ConnectionProperties"]
        assert [one["Name"] for one in glue.get_connections(Filter={"ConnectionType": "JDBC"})["ConnectionList"]] == ["shop"]
        with pytest.raises(glue.exceptions.InvalidInputException, match="127.0.0.1"):
            glue.test_connection(ConnectionName="shop")
    finally:
        glue.delete_connection(ConnectionName="shop")
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_connection(Name="shop")


def test_a_database_takes_all_it_holds_with_it(glue, database, bucket):
    glue.create_table(DatabaseName=database, TableInput=table_input("t", bucket, [("day", "date")]))
    glue.create_partition(DatabaseName=database, TableName="t", PartitionInput=partition(bucket, "t", "2024-01-01"))
    glue.update_database(Name=database, DatabaseInput={"Name": database, "Description": "a shop", "LocationUri": f"s3://{bucket}/"})
    assert glue.get_database(Name=database)["Database"]["LocationUri"] == f"s3://{bucket}/"
    names = [one["Name"] for page in glue.get_paginator("get_databases").paginate() for one in page["DatabaseList"]]
    assert database in names
    glue.delete_database(Name=database)
    glue.create_database(DatabaseInput={"Name": database})
    assert glue.get_tables(DatabaseName=database)["TableList"] == []
