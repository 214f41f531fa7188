"""Types inside types, and instants, as Apache ORC's C++ library writes them: pip install pyarrow, then python
orc_nested.py in this folder. `orc/nested.expected.ndjson` is what the same library reads of the file."""
import datetime
import decimal
import json
import pyarrow as pa
import pyarrow.orc as orc

POINT = pa.struct([("x", pa.int32()), ("label", pa.string())])
SCHEMA = pa.schema([
    ("id", pa.int64()),
    ("grid", pa.list_(pa.list_(pa.int32()))),
    ("points", pa.list_(POINT)),
    ("by_name", pa.map_(pa.string(), pa.list_(POINT))),
    ("deep", pa.struct([("inner", pa.struct([("sums", pa.list_(pa.decimal128(20, 3))), ("day", pa.date32())]))])),
    ("moment", pa.timestamp("us", tz="UTC")),
    ("all_null", pa.list_(pa.map_(pa.string(), pa.int64()))),
])
ROWS = 300


def point(i):
    return None if i % 5 == 0 else {"x": None if i % 7 == 0 else i, "label": f"p{i % 3}"}


def row(i):
    return {
        "id": i,
        "grid": None if i % 11 == 0 else [None if j == 2 else list(range(j)) for j in range(i % 5)],
        "points": None if i % 4 == 3 else [point(i + j) for j in range(i % 6)],
        "by_name": None if i % 9 == 8 else [(f"k{j}", None if j == 1 else [point(j)] * j) for j in range(i % 4)],
        "deep": None if i % 6 == 5 else {"inner": None if i % 6 == 4 else {
            "sums": [decimal.Decimal(i * 1001 - 350000) / 1000, None], "day": datetime.date(1969, 12, 20) + datetime.timedelta(days=i)}},
        "moment": datetime.datetime(1969, 12, 31, 23, 59, 59, 250000, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=i * 37.5),
        "all_null": None,
    }


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list) and value and all(isinstance(item, tuple) for item in value):
        return {key: plain(item) for key, item in value}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, (decimal.Decimal, datetime.date)):
        return str(value)
    return value


orc.write_table(pa.Table.from_pylist([row(i) for i in range(ROWS)], SCHEMA), "orc/nested.orc", compression="zlib", stripe_size=65536, row_index_stride=1000)
with open("orc/nested.expected.ndjson", "w") as file:
    for read in orc.read_table("orc/nested.orc").to_pylist():
        # A map without entries is an empty list here.
        if read["by_name"] == []:
            read["by_name"] = {}
        read["moment"] = int((read["moment"] - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) / datetime.timedelta(milliseconds=1))
        file.write(json.dumps(plain(read)) + "\n")
