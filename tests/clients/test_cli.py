"""The aws command line, as a newcomer types it."""

import json
import pathlib
import subprocess
import sys
import time

import pytest

AWS = pathlib.Path(sys.executable).parent / "aws"


@pytest.fixture()
def aws(endpoint):
    def run(*words, ok=True):
        done = subprocess.run([AWS, "--output", "json", *words], capture_output=True, text=True)
        assert (done.returncode == 0) == ok, done.stderr
        if not ok:
            return done.stderr
        return json.loads(done.stdout) if done.stdout.lstrip().startswith(("{", "[")) else done.stdout

    return run


@pytest.fixture()
def query(aws, bucket):
    def run(sql, database="default", expect="SUCCEEDED"):
        started = aws("athena", "start-query-execution", "--query-string", sql, "--query-execution-context", f"Database={database}",
                      "--result-configuration", f"OutputLocation=s3://{bucket}/results/")["QueryExecutionId"]
        for _ in range(200):
            execution = aws("athena", "get-query-execution", "--query-execution-id", started)["QueryExecution"]
            if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
                break
            time.sleep(0.05)
        assert execution["Status"]["State"] == expect, execution["Status"].get("StateChangeReason")
        return execution

    return run


def test_files_go_in_and_come_out(aws, bucket, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for i in range(30):
        (source / f"part-{i:02}.txt").write_text(f"{i}\n" * 100)
    big = source / "big.bin"
    big.write_bytes(bytes(range(256)) * 4 * 1024 * 20)
    aws("s3", "sync", str(source), f"s3://{bucket}/in/")
    listing = aws("s3", "ls", f"s3://{bucket}/in/", "--recursive", "--summarize")
    assert "Total Objects: 31" in listing
    back = tmp_path / "back"
    aws("s3", "cp", f"s3://{bucket}/in/", str(back), "--recursive")
    for path in source.iterdir():
        assert (back / path.name).read_bytes() == path.read_bytes(), path.name
    url = aws("s3", "presign", f"s3://{bucket}/in/part-07.txt").strip()
    fetched = subprocess.run(["curl", "-sf", url], capture_output=True, check=True).stdout
    assert fetched == (source / "part-07.txt").read_bytes()
    aws("s3", "rm", f"s3://{bucket}/in/", "--recursive")
    assert aws("s3api", "list-objects-v2", "--bucket", bucket).get("KeyCount", 0) == 0


def test_identity(aws):
    assert aws("sts", "get-caller-identity")["Account"] == "000000000000"


def test_seed_ctas(aws, query, bucket, tmp_path):
    """The seed's conversion of raw CSV to partitioned Parquet, word for word, but for the bucket's name."""
    csv = tmp_path / "orders.csv"
    rows = ["1,10,99.5,paid,2024-01-15 10:00:00", "2,11,20.25,open,2024-01-20 00:00:00", "3,10,5.0,paid,2024-02-02 12:00:00", "4,12,1.0,lost,"]
    csv.write_text("\n".join(rows) + "\n")
    aws("s3", "cp", str(csv), f"s3://{bucket}/raw/orders/orders.csv")
    database = f"seed_{bucket.replace('-', '_')}"
    query(f"CREATE DATABASE {database}")
    query(f"""
CREATE EXTERNAL TABLE orders_csv (order_id bigint, customer_id bigint, amount double, status string, created_at timestamp)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ','
LOCATION 's3://{bucket}/raw/orders/'""", database)
    ctas = query(f"""
-- Convert raw CSV table to partitioned Parquet in one query
CREATE TABLE orders_parquet
WITH (
    format = 'PARQUET',
    parquet_compression = 'SNAPPY',
    partitioned_by = ARRAY['year', 'month'],
    external_location = 's3://{bucket}/clean/orders_parquet/'
)
AS SELECT
    order_id,
    customer_id,
    amount,
    status,
    created_at,
    CAST(year(created_at) AS VARCHAR) AS year,
    LPAD(CAST(month(created_at) AS VARCHAR), 2, '0') AS month
FROM orders_csv
WHERE created_at IS NOT NULL;
""", database)
    assert ctas["StatementType"] == "DDL" and ctas["SubstatementType"] == "CREATE_TABLE_AS_SELECT"
    assert ctas["Statistics"]["DataScannedInBytes"] == csv.stat().st_size
    keys = [o["Key"] for o in aws("s3api", "list-objects-v2", "--bucket", bucket, "--prefix", "clean/")["Contents"]]
    assert sorted({k.rsplit("/", 1)[0] for k in keys}) == ["clean/orders_parquet/year=2024/month=01", "clean/orders_parquet/year=2024/month=02"]
    read = query("SELECT order_id, amount, created_at, year, month FROM orders_parquet WHERE month = '01' ORDER BY order_id", database)
    results = aws("athena", "get-query-results", "--query-execution-id", read["QueryExecutionId"])["ResultSet"]
    assert [[d.get("VarCharValue") for d in r["Data"]] for r in results["Rows"]] == [
        ["order_id", "amount", "created_at", "year", "month"],
        ["1", "99.5", "2024-01-15 10:00:00.000", "2024", "01"],
        ["2", "20.25", "2024-01-20 00:00:00.000", "2024", "01"],
    ]
    assert [c["Type"] for c in results["ResultSetMetadata"]["ColumnInfo"]] == ["bigint", "double", "timestamp", "varchar", "varchar"]


CLOUDTRAIL = """
-- Partition projection: define partitions in table properties
-- instead of running MSCK REPAIR TABLE (eliminates catalog round-trips)
CREATE EXTERNAL TABLE cloudtrail_logs (
    eventVersion STRING,
    userIdentity STRUCT<type:STRING, principalId:STRING, arn:STRING>,
    eventTime STRING,
    eventSource STRING,
    eventName STRING,
    awsRegion STRING,
    sourceIPAddress STRING,
    requestParameters STRING,
    responseElements STRING
)
PARTITIONED BY (account STRING, region STRING, year STRING, month STRING, day STRING)
ROW FORMAT SERDE 'com.amazon.emr.hive.serde.CloudTrailSerde'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://my-cloudtrail-bucket/AWSLogs/'
TBLPROPERTIES (
    'projection.enabled' = 'true',
    'projection.account.type' = 'enum',
    'projection.account.values' = '123456789012',
    'projection.region.type' = 'enum',
    'projection.region.values' = 'us-east-1,us-west-2,eu-west-1',
    'projection.year.type' = 'integer',
    'projection.year.range' = '2022,2030',
    'projection.month.type' = 'integer',
    'projection.month.range' = '01,12',
    'projection.month.digits' = '2',
    'projection.day.type' = 'integer',
    'projection.day.range' = '01,31',
    'projection.day.digits' = '2',
    'storage.location.template' = 's3://my-cloudtrail-bucket/AWSLogs/${account}/CloudTrail/${region}/${year}/${month}/${day}/'
);
"""

CLOUDTRAIL_QUERY = """
-- Query only Jan 2024 in us-east-1 — scans only those S3 prefixes
SELECT eventName, COUNT(*) AS event_count
FROM cloudtrail_logs
WHERE account = '123456789012'
  AND region = 'us-east-1'
  AND year = '2024'
  AND month = '01'
GROUP BY eventName
ORDER BY event_count DESC
LIMIT 20;
"""


def test_seed_cloudtrail(aws, query, session):
    """The seed's CloudTrail table with its projection and query, word for word, over gzipped log files."""
    import gzip

    s3 = session.client("s3")
    s3.create_bucket(Bucket="my-cloudtrail-bucket")

    def event(name, day):
        return {
            "eventVersion": "1.08",
            "userIdentity": {"type": "IAMUser", "principalId": "AIDA1", "arn": "arn:aws:iam::123456789012:user/Ada", "accountId": "123456789012"},
            "eventTime": f"2024-01-{day}T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": name, "awsRegion": "us-east-1",
            "sourceIPAddress": "192.0.2.1", "requestParameters": {"bucketName": "x", "n": 1}, "responseElements": None,
        }

    sizes = {}
    for region, year, month, day, names in [
        ("us-east-1", "2024", "01", "15", ["GetObject"] * 3 + ["PutObject"]),
        ("us-east-1", "2024", "01", "16", ["GetObject"] * 2 + ["ListBuckets"]),
        ("us-east-1", "2024", "02", "01", ["DeleteBucket"]),
        ("eu-west-1", "2024", "01", "15", ["CreateUser"]),
    ]:
        body = gzip.compress(json.dumps({"Records": [event(n, day) for n in names]}).encode())
        key = f"AWSLogs/123456789012/CloudTrail/{region}/{year}/{month}/{day}/log.json.gz"
        s3.put_object(Bucket="my-cloudtrail-bucket", Key=key, Body=body)
        sizes[(region, month)] = sizes.get((region, month), 0) + len(body)
    query("CREATE DATABASE IF NOT EXISTS trails")
    query(CLOUDTRAIL, "trails")
    execution = query(CLOUDTRAIL_QUERY, "trails")
    rows = aws("athena", "get-query-results", "--query-execution-id", execution["QueryExecutionId"])["ResultSet"]["Rows"]
    values = [[d["VarCharValue"] for d in r["Data"]] for r in rows]
    assert values[:2] == [["eventName", "event_count"], ["GetObject", "5"]]
    assert sorted(values[2:]) == [["ListBuckets", "1"], ["PutObject", "1"]]
    assert execution["Statistics"]["DataScannedInBytes"] == sizes[("us-east-1", "01")]
    nested = query("SELECT useridentity.arn, json_extract_scalar(requestparameters, '$.bucketName'), responseelements FROM cloudtrail_logs WHERE account = '123456789012' AND region = 'eu-west-1' AND year = '2024' AND month = '01'", "trails")
    rows = aws("athena", "get-query-results", "--query-execution-id", nested["QueryExecutionId"])["ResultSet"]["Rows"]
    assert [d.get("VarCharValue") for d in rows[1]["Data"]] == ["arn:aws:iam::123456789012:user/Ada", "x", None]


def test_errors_as_the_command_line_shows_them(aws, query, bucket):
    assert "NoSuchBucket" in aws("s3api", "list-objects-v2", "--bucket", "no-such-bucket-here", ok=False)
    assert "EntityNotFoundException" in aws("glue", "get-database", "--name", "no_such_database", ok=False)
    wrong = aws("athena", "start-query-execution", "--query-string", "SELEC 1", "--result-configuration", f"OutputLocation=s3://{bucket}/r/", ok=False)
    assert "InvalidRequestException" in wrong and "mismatched input 'SELEC'" in wrong
    failed = query("SELECT 1 / 0", expect="FAILED")
    assert failed["Status"]["StateChangeReason"].startswith("DIVISION_BY_ZERO")
    assert "NotImplemented" in aws("quicksight", "list-dashboards", "--aws-account-id", "000000000000", ok=False)
