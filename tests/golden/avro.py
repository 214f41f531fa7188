"""Avro files written by fastavro: pip install fastavro cramjam backports.zstd, then python avro.py in this folder."""
import datetime
import decimal
import fastavro

SCHEMA = {"type": "record", "name": "Row", "namespace": "x.y", "fields": [
    {"name": "Id", "type": "long"},
    {"name": "small", "type": ["null", "int"]},
    {"name": "name", "type": ["null", "string"]},
    {"name": "ok", "type": "boolean"},
    {"name": "score", "type": "double"},
    {"name": "ratio", "type": "float"},
    {"name": "day", "type": {"type": "int", "logicalType": "date"}},
    {"name": "at_ms", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    {"name": "at_us", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}]},
    {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}},
    {"name": "wide", "type": {"type": "fixed", "name": "F", "size": 16, "logicalType": "decimal", "precision": 38, "scale": 4}},
    {"name": "raw", "type": "bytes"},
    {"name": "tags", "type": {"type": "array", "items": ["null", "string"]}},
    {"name": "attrs", "type": {"type": "map", "values": "int"}},
    {"name": "place", "type": ["null", {"type": "record", "name": "P", "fields": [
        {"name": "City", "type": "string"}, {"name": "geo", "type": {"type": "array", "items": "double"}}]}]},
    {"name": "suit", "type": {"type": "enum", "name": "S", "symbols": ["HEARTS", "SPADES"]}},
    {"name": "tree", "type": ["null", {"type": "record", "name": "T", "fields": [
        {"name": "v", "type": "int"}, {"name": "next", "type": ["null", "T"]}]}]},
]}
UTC = datetime.timezone.utc


def row(i):
    return {
        "Id": i * 4611686018427387 if i % 2 else -i,
        "small": None if i % 3 == 0 else i,
        "name": None if i % 5 == 4 else f"näme {i}",
        "ok": i % 2 == 0,
        "score": i * 0.25,
        "ratio": i * 0.5,
        "day": datetime.date(2024, 2, 29) + datetime.timedelta(days=i),
        "at_ms": datetime.datetime(2024, 1, 1, 0, 0, 0, 123000, tzinfo=UTC) + datetime.timedelta(hours=i),
        "at_us": None if i == 0 else datetime.datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC),
        "price": decimal.Decimal(i - 5) / 4,
        "wide": decimal.Decimal("-1234567890123456789012345678.9012") if i % 2 else decimal.Decimal("0.0001"),
        "raw": bytes([i % 256, 255]),
        "tags": ["a", None, "b"][: i % 4],
        "attrs": {"k": i, "l": 2} if i % 2 else {},
        "place": None if i % 4 == 1 else {"City": "Bonn", "geo": [1.5, 2.5]},
        "suit": ["HEARTS", "SPADES"][i % 2],
        "tree": None if i % 2 else {"v": 1, "next": {"v": 2, "next": None}},
    }


for codec in ["null", "deflate", "snappy", "zstandard", "bzip2"]:
    with open(f"avro/{codec}.avro", "wb") as file:
        fastavro.writer(file, SCHEMA, [row(i) for i in range(12)], codec=codec, sync_interval=500, sync_marker=bytes(range(16)))
