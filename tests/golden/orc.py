"""ORC files written by Apache ORC's C++ library: pip install pyarrow, then python orc.py in this folder."""
import datetime
import decimal
import pyarrow as pa
import pyarrow.orc as orc

SCHEMA = pa.schema([
    ("id", pa.int64()),
    ("tiny", pa.int8()),
    ("small", pa.int16()),
    ("whole", pa.int32()),
    ("name", pa.string()),
    ("kind", pa.string()),
    ("ok", pa.bool_()),
    ("score", pa.float64()),
    ("ratio", pa.float32()),
    ("day", pa.date32()),
    ("at", pa.timestamp("ns")),
    ("price", pa.decimal128(10, 2)),
    ("wide", pa.decimal128(38, 4)),
    ("raw", pa.binary()),
    ("tags", pa.list_(pa.string())),
    ("attrs", pa.map_(pa.string(), pa.int32())),
    ("place", pa.struct([("City", pa.string()), ("geo", pa.list_(pa.float64()))])),
])
ROWS = 2_500


def row(i):
    return {
        "id": (i * 4611686018427387) % 9223372036854775807 if i % 1000 == 1 else i,
        "tiny": i % 256 - 128,
        "small": None if i % 3 == 0 else i % 65536 - 32768,
        "whole": -i * 7919 if i % 97 else 2147483647,
        "name": None if i % 5 == 4 else f"näme {i}",
        "kind": ["alpha", "beta", "gamma"][i % 3],
        "ok": i % 2 == 0,
        "score": i * 0.25,
        "ratio": i * 0.5,
        "day": datetime.date(2024, 2, 29) + datetime.timedelta(days=i % 5000 - 2500),
        "at": None if i == 0 else datetime.datetime(1969, 12, 31, 23, 59, 58) + datetime.timedelta(milliseconds=i * 300),
        "price": decimal.Decimal(i - 5) / 4,
        "wide": decimal.Decimal("-1234567890123456789012345678.9012") if i % 2 else decimal.Decimal("0.0001"),
        "raw": bytes([i % 256, 255]),
        "tags": None if i % 7 == 0 else ["a", None, "b"][: i % 4],
        "attrs": {"k": i, "l": 2} if i % 2 else {},
        "place": None if i % 4 == 1 else {"City": "Bonn", "geo": [1.5, i]},
    }


table = pa.Table.from_pylist([row(i) for i in range(ROWS)], SCHEMA)
for codec in ["uncompressed", "zlib", "snappy", "lz4", "zstd"]:
    orc.write_table(table, f"orc/{codec}.orc", compression=codec, dictionary_key_size_threshold=0.8, stripe_size=65536, row_index_stride=500)
