"""A running server for every suite here, driven by AWS's own and its users' Python clients, from outside."""

import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time
import urllib.request
import uuid

import boto3
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
NODE = ROOT / "node_modules" / ".bin" / "node"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory):
    port = free_port()
    data = tmp_path_factory.mktemp("lentic")
    log = open(data / "server.log", "w")
    command = [NODE, "bin/lentic.ts", "serve", "--port", str(port), "--data", str(data / "lake")]
    server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    for name in list(os.environ):
        if name.startswith("AWS_"):
            del os.environ[name]
    os.environ.update(AWS_EC2_METADATA_DISABLED="true", AWS_PAGER="")
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"{url}/_lentic/health") as answer:
                assert json.load(answer)["status"] == "ok"
            break
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((data / "server.log").read_text())
            time.sleep(0.05)
    # What the server says to export is all that a client needs.
    os.environ.update(re.findall(r"(AWS_[A-Z_]+)=(\S+)", (data / "server.log").read_text()))
    yield url
    server.terminate()
    assert server.wait(20) == 0, (data / "server.log").read_text()
    sys.stderr.write((data / "server.log").read_text())


@pytest.fixture(scope="session")
def session(endpoint):
    return boto3.Session()


@pytest.fixture()
def bucket(session):
    """A bucket of the test's own."""
    name = f"lake-{uuid.uuid4().hex[:12]}"
    session.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture()
def database(session):
    """A database of the test's own."""
    name = f"db_{uuid.uuid4().hex[:12]}"
    session.client("glue").create_database(DatabaseInput={"Name": name})
    return name


@pytest.fixture()
def athena(session, bucket, database):
    """Runs a statement to its end; answers its execution and its rows without the header."""
    client = session.client("athena")

    def run(sql, expect="SUCCEEDED", parameters=None):
        arguments = {"ExecutionParameters": parameters} if parameters else {}
        query = client.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": database, "Catalog": "AwsDataCatalog"},
            ResultConfiguration={"OutputLocation": f"s3://{bucket}/results/"},
            **arguments,
        )["QueryExecutionId"]
        deadline = time.monotonic() + 60
        while True:
            execution = client.get_query_execution(QueryExecutionId=query)["QueryExecution"]
            state = execution["Status"]["State"]
            if state not in ("QUEUED", "RUNNING"):
                break
            assert time.monotonic() < deadline, f"still {state}: {sql}"
            time.sleep(0.01)
        assert state == expect, f"{execution['Status'].get('StateChangeReason')}\n{sql}"
        if state != "SUCCEEDED":
            return execution, []
        rows = []
        for page in client.get_paginator("get_query_results").paginate(QueryExecutionId=query):
            rows += [[d.get("VarCharValue") for d in row["Data"]] for row in page["ResultSet"]["Rows"]]
        if execution["StatementType"] == "DML" and execution["SubstatementType"] not in ("EXPLAIN", "INSERT"):
            rows = rows[1:]
        return execution, rows

    return run
