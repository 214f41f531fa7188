"""Athena's OPTIMIZE of what pyiceberg wrote: row groups are copied, and pyiceberg and pyarrow read what they read before."""

import datetime
import os
from urllib.parse import urlparse

import boto3
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.expressions import EqualTo

ROWS = 33_000
FILES = 5


@pytest.fixture()
def catalog(endpoint):
    return GlueCatalog("glue", **{"s3.endpoint": endpoint, "s3.region": os.environ["AWS_REGION"]})


@pytest.fixture()
def s3(endpoint):
    return boto3.client("s3", endpoint_url=endpoint)


def rows(first):
    ids = range(first, first + ROWS)
    return pa.table(
        {
            "id": pa.array([None if i % 100 == 0 else i for i in ids], pa.int64()),
            "name": pa.array([f"name {i}" for i in ids], pa.string()),
            "kind": pa.array([f"kind {i % 7}" for i in ids], pa.string()),
            "at": pa.array([datetime.datetime(2024, 1, 1) + datetime.timedelta(seconds=i) for i in ids], pa.timestamp("us")),
            "tags": pa.array([[f"t{i % 3}"] * (i % 3) for i in ids], pa.list_(pa.string())),
            "place": pa.array([None if i % 5 == 0 else {"x": i / 2, "day": i % 300} for i in ids], pa.struct([("x", pa.float64()), ("day", pa.int32())])),
            "counts": pa.array([[(f"k{i % 3}", i % 1000)] for i in ids], pa.map_(pa.string(), pa.int32())),
        }
    )


def data_files(table):
    return [task.file for task in table.refresh().scan().plan_files()]


def read_object(s3, path):
    place = urlparse(path)
    return s3.get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))["Body"].read()


# Of each file that pyiceberg wrote its pages again, as other writers make them.
LAYOUTS = [
    {},
    {"write_page_index": True, "write_page_checksum": True},
    {"data_page_version": "2.0", "use_dictionary": False, "write_page_index": True},
    {"data_page_size": 4096, "row_group_size": 33_000},
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_row_groups_are_copied(catalog, athena, bucket, database, s3, layout):
    first = rows(0)
    table = catalog.create_table((database, "events"), first.schema, f"s3://{bucket}/events")
    parts = [rows(i * ROWS) for i in range(FILES)]
    for part in parts:
        table.append(part)
    for file in data_files(table) if layout else []:
        place = urlparse(file.file_path)
        whole = pq.read_table(pa.BufferReader(read_object(s3, file.file_path)))
        sink = pa.BufferOutputStream()
        pq.write_table(whole, sink, compression="zstd", **layout)
        s3.put_object(Bucket=place.netloc, Key=place.path.lstrip("/"), Body=sink.getvalue().to_pybytes())
    athena("OPTIMIZE events REWRITE DATA USING BIN_PACK")
    [file] = data_files(table)
    body = read_object(s3, file.file_path)
    written = pq.ParquetFile(pa.BufferReader(body), page_checksum_verification="write_page_checksum" in layout)
    assert written.metadata.num_row_groups == FILES
    assert [written.metadata.row_group(i).num_rows for i in range(FILES)] == [ROWS] * FILES
    chunks = [written.metadata.row_group(i).column(0) for i in range(FILES)]
    assert all(chunk.has_offset_index == ("write_page_index" in layout) for chunk in chunks)
    assert all(chunk.has_column_index == ("write_page_index" in layout) for chunk in chunks)
    expected = pa.concat_tables(parts).sort_by("name")
    assert table.scan().to_arrow().cast(expected.schema).sort_by("name").equals(expected)
    assert written.read().cast(expected.schema).sort_by("name").equals(expected)
    # What the manifest says is what is in the file.
    found = written.read()
    assert file.record_count == FILES * ROWS and file.file_size_in_bytes == len(body)
    assert file.split_offsets[0] == 4 and len(file.split_offsets) == FILES
    assert file.null_value_counts[1] == found["id"].null_count
    assert file.value_counts[1] == FILES * ROWS
    bounds = pc.min_max(found["id"]).as_py()
    assert [int.from_bytes(side[1], "little") for side in (file.lower_bounds, file.upper_bounds)] == list(bounds.values())
    assert table.scan(EqualTo("id", 2 * ROWS + 1)).to_arrow()["name"].to_pylist() == [f"name {2 * ROWS + 1}"]
    assert athena(f"SELECT name FROM events WHERE id = {3 * ROWS + 1}")[1] == [[f"name {3 * ROWS + 1}"]]
