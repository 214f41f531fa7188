"""What boto3 does that the other clients here do not ask of it."""

import urllib.error
import urllib.request

import boto3
import pytest
from botocore.config import Config


def post_form(url, fields, content):
    line = "--boundary-of-a-form\r\nContent-Disposition: form-data; name="
    parts = [f'{line}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    parts.append(f'{line}"file"; filename="f.txt"\r\nContent-Type: text/plain\r\n\r\n{content}\r\n--boundary-of-a-form--\r\n')
    headers = {"Content-Type": "multipart/form-data; boundary=boundary-of-a-form"}
    try:
        return urllib.request.urlopen(urllib.request.Request(url, "".join(parts).encode(), headers)).status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("version", [None, "s3v4"])
def test_a_browser_uploads_by_a_presigned_form(bucket, version):
    """Without a version boto3 signs forms for us-east-1 with Signature Version 2."""
    s3 = boto3.client("s3", config=Config(signature_version=version))
    form = s3.generate_presigned_post(bucket, "posted/${filename}", Conditions=[["content-length-range", 1, 10]])
    assert post_form(form["url"], form["fields"], "filebody") == 204
    assert s3.get_object(Bucket=bucket, Key="posted/f.txt")["Body"].read() == b"filebody"
    assert post_form(form["url"], form["fields"], "more than ten") == 400
    assert post_form(form["url"], {**form["fields"], "key": "elsewhere"}, "filebody") == 403


def test_longs_of_64_bits_stay_exact(bucket):
    glue = boto3.client("glue")
    database = f"longs_{bucket.replace('-', '_')}"
    glue.create_database(DatabaseInput={"Name": database})
    columns = [{"Name": "id", "Type": "bigint"}]
    glue.create_table(DatabaseName=database, TableInput={"Name": "t", "StorageDescriptor": {"Columns": columns}})
    values = {"MinimumValue": -(2**63), "MaximumValue": 2**63 - 1, "NumberOfNulls": 2**53 + 1, "NumberOfDistinctValues": 3}
    data = {"Type": "LONG", "LongColumnStatisticsData": values}
    column = {"ColumnName": "id", "ColumnType": "bigint", "AnalyzedTime": 0, "StatisticsData": data}
    glue.update_column_statistics_for_table(DatabaseName=database, TableName="t", ColumnStatisticsList=[column])
    got = glue.get_column_statistics_for_table(DatabaseName=database, TableName="t", ColumnNames=["id"])
    assert got["ColumnStatisticsList"][0]["StatisticsData"]["LongColumnStatisticsData"] == values
    glue.delete_database(Name=database)
