"""Arrow messages written by pyarrow: pip install pyarrow, then python arrow.py in this folder."""
import datetime
import decimal
import pyarrow as pa

UTC = datetime.timezone.utc
DAY = datetime.date(2024, 2, 29)
ROWS = 11


def at(i):
    return datetime.datetime(1969, 12, 31, 23, 59, 59, 999000) + datetime.timedelta(seconds=i * 1000)


def column(kind, value, gap=3):
    return pa.array([None if gap and i % gap == gap - 1 else value(i) for i in range(ROWS)], kind)


def hidden():
    """Structs and lists that are not there, with items all the same."""
    kept = pa.array([i % 3 == 0 for i in range(ROWS)])
    numbers = pa.array(list(range(ROWS)), pa.int32())
    tags = column(pa.list_(pa.string()), lambda i: ["x", None, f"t{i}"][: i % 4], 4)
    return pa.StructArray.from_arrays([numbers, tags], ["n", "tags"], mask=kept)


COLUMNS = {
    "tiny": column(pa.int8(), lambda i: i - 5),
    "small": column(pa.int16(), lambda i: i * -300),
    "int": column(pa.int32(), lambda i: i * 100_000_000),
    "long": column(pa.int64(), lambda i: i * -922337203685477580),
    "real": column(pa.float32(), lambda i: i * 0.5),
    "double": column(pa.float64(), lambda i: i / 3),
    "ok": column(pa.bool_(), lambda i: i % 2 == 0),
    "all": column(pa.bool_(), lambda i: i % 4 == 0, 0),
    "name": column(pa.string(), lambda i: "näme" * (i % 3) + str(i)),
    "raw": column(pa.binary(), lambda i: bytes([i, 255])),
    "price": column(pa.decimal128(10, 2), lambda i: (decimal.Decimal(i - 5) / 4).quantize(decimal.Decimal("0.01"))),
    "wide": column(pa.decimal128(38, 4), lambda i: decimal.Decimal("-" * (1 - i % 2) + "1234567890123456789012345678.9012")),
    "day": column(pa.date32(), lambda i: DAY - datetime.timedelta(days=i * 9000)),
    "moment": column(pa.date64(), lambda i: DAY + datetime.timedelta(days=i)),
    "seconds": column(pa.timestamp("s"), lambda i: at(i).replace(microsecond=0)),
    "millis": column(pa.timestamp("ms"), at),
    "micros": column(pa.timestamp("us"), lambda i: at(i) + datetime.timedelta(microseconds=1)),
    "nanos": pa.array([i * 1_000_000_007 - 1 for i in range(ROWS)], pa.timestamp("ns")),
    "instant": column(pa.timestamp("us", "UTC"), lambda i: at(i).replace(tzinfo=UTC)),
    "tags": column(pa.list_(pa.string()), lambda i: ["a", None, "b"][: i % 4]),
    "grid": column(pa.list_(pa.list_(pa.int32())), lambda i: [[j] * j for j in range(i % 4)]),
    "attrs": column(pa.map_(pa.string(), pa.int32()), lambda i: [("k", i), ("l", None)][: i % 3]),
    "place": column(pa.struct([("city", pa.string()), ("geo", pa.list_(pa.float64()))]), lambda i: {"city": None if i % 2 else "Bonn", "geo": [1.5, i]}),
    "hidden": hidden(),
}
fields = [pa.field(name, values.type, metadata={"column": "tiny"} if name == "tiny" else None) for name, values in COLUMNS.items()]
whole = pa.RecordBatch.from_arrays(list(COLUMNS.values()), schema=pa.schema(fields, metadata={"source": "pyarrow", "ä": "ö"}))
# A stretch of it, so that bits begin in the middle of bytes.
stretch = whole.slice(3, 6)
for name, legacy, version in [("current", False, pa.ipc.MetadataVersion.V5), ("legacy", True, pa.ipc.MetadataVersion.V4)]:
    options = pa.ipc.IpcWriteOptions(metadata_version=version, use_legacy_format=legacy)
    sink = pa.BufferOutputStream()
    ends = []
    with pa.ipc.new_stream(sink, whole.schema, options=options) as writer:
        for batch in [whole.slice(0, 0), whole, stretch]:
            writer.write_batch(batch)
            ends.append(sink.tell())
    bytes_ = sink.getvalue().to_pybytes()
    # The first message is the schema, which has no body; a batch without rows comes after it.
    start = 4 if legacy else 8
    schema_end = start + int.from_bytes(bytes_[start - 4 : start], "little")
    for part, start, end in [("schema", 0, schema_end), ("whole", ends[0], ends[1]), ("stretch", ends[1], ends[2])]:
        with open(f"arrow/{name}.{part}", "wb") as file:
            file.write(bytes_[start:end])
