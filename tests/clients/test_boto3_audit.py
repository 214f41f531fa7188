"""CloudTrail and CloudWatch by boto3."""

import time
from datetime import datetime, timedelta, timezone

import boto3
import pytest


def test_history_pages_through_events(session, database):
    trail = boto3.client("cloudtrail")
    pages = trail.get_paginator("lookup_events").paginate(
        LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": database}], PaginationConfig={"PageSize": 1}
    )
    events = [event for page in pages for event in page["Events"]]
    assert [event["EventName"] for event in events] == ["CreateDatabase"]
    assert events[0]["EventSource"] == "glue.amazonaws.com"


def test_a_trail_is_made_and_deleted(session, bucket):
    trail = boto3.client("cloudtrail")
    arn = trail.create_trail(Name=bucket, S3BucketName=bucket)["TrailARN"]
    trail.start_logging(Name=arn)
    assert trail.get_trail_status(Name=arn)["IsLogging"]
    trail.stop_logging(Name=arn)
    objects = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix="AWSLogs/")["Contents"]
    assert len(objects) == 1 and objects[0]["Key"].endswith(".json.gz")
    trail.delete_trail(Name=arn)
    with pytest.raises(trail.exceptions.TrailNotFoundException):
        trail.get_trail(Name=arn)


def test_an_event_data_store_is_asked_in_sql(session, bucket):
    trail = boto3.client("cloudtrail")
    store = trail.create_event_data_store(Name=bucket, TerminationProtectionEnabled=False)
    arn = store["EventDataStoreArn"]
    assert (store["Status"], store["RetentionPeriod"]) == ("ENABLED", 366)
    boto3.client("s3").put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    query = trail.start_query(
        QueryStatement=f"SELECT element_at(requestParameters, 'bucketName') AS b FROM {arn.split('/')[1]}"
        " WHERE eventName = 'PutBucketTagging' AND eventTime > '2020-01-01'"
    )["QueryId"]
    while trail.describe_query(QueryId=query)["QueryStatus"] in ("QUEUED", "RUNNING"):
        time.sleep(0.05)
    assert trail.get_query_results(QueryId=query)["QueryResultRows"] == [[{"b": bucket}]]
    trail.delete_event_data_store(EventDataStore=arn)
    assert trail.get_event_data_store(EventDataStore=arn)["Status"] == "PENDING_DELETION"


def test_many_values_come_gzipped(session):
    watch = boto3.client("cloudwatch")
    now = datetime.now(timezone.utc)
    data = [{"MetricName": "Wide", "Dimensions": [{"Name": "N", "Value": str(n)}], "Value": n} for n in range(500)]
    watch.put_metric_data(Namespace="Boto", MetricData=data)
    metrics = [m for page in watch.get_paginator("list_metrics").paginate(Namespace="Boto") for m in page["Metrics"]]
    assert len(metrics) == 500
    result = watch.get_metric_data(
        MetricDataQueries=[
            {
                "Id": "m",
                "MetricStat": {
                    "Metric": {"Namespace": "Boto", "MetricName": "Wide", "Dimensions": [{"Name": "N", "Value": "7"}]},
                    "Period": 60,
                    "Stat": "Sum",
                },
            },
            {"Id": "e", "Expression": "m * 2"},
        ],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=5),
    )
    assert [r["Values"] for r in result["MetricDataResults"]] == [[7.0], [14.0]]


def test_logs_are_put_filtered_and_asked(session, bucket):
    logs = boto3.client("logs")
    group = f"/boto/{bucket}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    now = int(datetime.now(timezone.utc).timestamp() * 1000)
    lines = [{"timestamp": now + n, "message": f'{{"n": {n}}}'} for n in range(20)]
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=lines)
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, filterPattern="{ $.n >= 5 }", PaginationConfig={"PageSize": 4}
    )
    assert [e["message"] for page in pages for e in page["events"]] == [f'{{"n": {n}}}' for n in range(5, 20)]
    query = logs.start_query(
        logGroupName=group, queryString="stats max(n) as most", startTime=now // 1000 - 60, endTime=now // 1000 + 60
    )["queryId"]
    assert logs.get_query_results(queryId=query)["results"] == [[{"field": "most", "value": "19"}]]
    logs.delete_log_group(logGroupName=group)
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.describe_log_streams(logGroupName=group)
