"""Tables of table buckets as PyIceberg writes and reads them through S3 Tables' REST endpoint, by the leave to the tables alone."""

import json
import uuid

import boto3
import pyarrow as pa
import pytest
from pyiceberg.catalog import load_catalog
from pyiceberg.expressions import EqualTo

ROWS = pa.table({"id": pa.array([1, 2, 3], pa.int64()), "name": pa.array(["a", "b", None])})


@pytest.fixture()
def table_bucket(session):
    client = session.client("s3tables")
    arn = client.create_table_bucket(name=f"tables-{uuid.uuid4().hex[:8]}")["arn"]
    client.create_namespace(tableBucketARN=arn, namespace=["ns"])
    return arn


@pytest.fixture()
def keys(session, table_bucket):
    """Of somebody who may do what S3 Tables' own actions on the bucket and its tables let do, and nothing of S3."""
    iam = session.client("iam")
    name = f"user-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    statement = {"Effect": "Allow", "Action": "s3tables:*", "Resource": [table_bucket, f"{table_bucket}/table/*"]}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    iam.put_user_policy(UserName=name, PolicyName="tables", PolicyDocument=document)
    return iam.create_access_key(UserName=name)["AccessKey"]


@pytest.fixture(params=["own keys", "vended-credentials"])
def catalog(request, endpoint, table_bucket, keys, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])
    signed = {"rest.sigv4-enabled": "true", "rest.signing-name": "s3tables", "rest.signing-region": "us-east-1"}
    if request.param == "own keys":
        signed |= {"header.X-Iceberg-Access-Delegation": "none"}
        signed |= {"s3.access-key-id": keys["AccessKeyId"], "s3.secret-access-key": keys["SecretAccessKey"]}
    else:
        signed |= {"header.X-Iceberg-Access-Delegation": request.param}
    return load_catalog("tables", type="rest", uri=f"{endpoint}/iceberg", warehouse=table_bucket, **signed)


def test_a_table_is_written_and_read(catalog):
    table = catalog.create_table("ns.orders", schema=ROWS.schema)
    table.append(ROWS)
    table.append(ROWS.slice(0, 1))
    assert sorted(table.scan().to_arrow()["id"].to_pylist()) == [1, 1, 2, 3]
    table.delete(EqualTo("id", 1))
    assert sorted(catalog.load_table("ns.orders").scan().to_arrow()["id"].to_pylist()) == [2, 3]


def test_its_files_are_opened_by_who_may_have_its_data(session, table_bucket, endpoint, catalog, keys):
    table = catalog.create_table("ns.kept", schema=ROWS.schema)
    table.append(ROWS)
    bucket, key = table.metadata_location.removeprefix("s3://").split("/", 1)
    theirs = boto3.client(
        "s3", aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"], endpoint_url=endpoint
    )
    assert theirs.get_object(Bucket=bucket, Key=key)["Body"].read().startswith(b"{")
    with pytest.raises(theirs.exceptions.ClientError) as refused:
        theirs.delete_object(Bucket=bucket, Key=key)
    assert refused.value.response["Error"]["Code"] == "MethodNotAllowed"
