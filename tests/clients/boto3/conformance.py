"""Drives botocore for conformance.ts: one JSON line in (endpoint, service, operation, input), one out (output or error)."""

import base64
import datetime
import json
import socket
import sys

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# S3 Control puts the account in front of the host (123456789012.localhost), whatever it is told.
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **options: resolve("127.0.0.1", *rest, **options)

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def decode(value):
    """Times and bytes travel as {"$time": milliseconds} and {"$bytes": base64}."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"$time"}:
        return EPOCH + datetime.timedelta(milliseconds=value["$time"])
    if set(value) == {"$bytes"}:
        return base64.b64decode(value["$bytes"])
    return {key: decode(item) for key, item in value.items()}


def encode(value):
    if isinstance(value, datetime.datetime):
        return {"$time": round((value - EPOCH).total_seconds() * 1000)}
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {key: encode(item) for key, item in value.items()}
    return value


def connect(session, service, endpoint):
    config = Config(
        parameter_validation=False,
        inject_host_prefix=False,
        retries={"total_max_attempts": 1},
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return session.create_client(
        service,
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=config,
    )


def answer(client, operation, given):
    try:
        output = client._make_api_call(operation, given)
    except (BotoCoreError, ClientError, ValueError, TypeError) as error:
        return {"error": f"{type(error).__name__}: {error}"[:300]}
    output.pop("ResponseMetadata", None)
    return {"output": encode(output)}


def main():
    session = botocore.session.get_session()
    clients = {}
    for line in sys.stdin:
        case = json.loads(line)
        key = (case["service"], case["endpoint"])
        if key not in clients:
            if all(service != case["service"] for service, _ in clients):
                clients.clear()
            clients[key] = connect(session, *key)
        print(json.dumps(answer(clients[key], case["operation"], decode(case["input"]))), flush=True)


main()
