"""Random tables, some of whose row groups are copied: what pyiceberg and Athena read of them before OPTIMIZE they read after it,
and pyarrow reads it in the files themselves. COMPACTIONS=40 in the environment tries more of them."""

import os
import random
from urllib.parse import urlparse

import boto3
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import StringType

# A row group of so many is copied as it is.
ROWS = 33_000
FILES = 4
SEEDS = range(1, 1 + int(os.environ.get("COMPACTIONS", "4")))


@pytest.fixture()
def catalog(endpoint):
    return GlueCatalog("glue", **{"s3.endpoint": endpoint, "s3.region": os.environ["AWS_REGION"]})


@pytest.fixture()
def s3(endpoint):
    return boto3.client("s3", endpoint_url=endpoint)


PRIMITIVES = {
    "long": lambda n: pa.array(n * 1_000_003 - 2**40, pa.int64()),
    "int": lambda n: pa.array((n * 7919) % 100_000 - 50_000, pa.int32()),
    "double": lambda n: pa.array(np.where(n % 1000 == 0, np.inf, n / -7.0), pa.float64()),
    "bool": lambda n: pa.array(n % 3 == 0),
    "date": lambda n: pa.array((n % 40_000 - 20_000).astype("int32"), pa.date32()),
    "timestamp": lambda n: pa.array(n * 86_399_999_999 - 2**50, pa.timestamp("us")),
    "text": lambda n: pa.array([f"{'ä' * (i % 5)}{i * 31 % 977}" for i in n.tolist()]),
    "binary": lambda n: pa.array([bytes([i % 256]) * (i % 4) for i in n.tolist()], pa.binary()),
    "decimal": lambda n: pa.array(n % 9_999 - 5_000).cast(pa.decimal128(21, 2)),
}


def offsets(n):
    return pa.array(np.concatenate([[0], np.cumsum(n % 3)]), pa.int32())


def many(make, n):
    """Values for lists of none to two each."""
    return make(np.repeat(n, n % 3) * 3 + 1)


SHAPES = {
    "plain": lambda make, n: make(n),
    "list": lambda make, n: pa.ListArray.from_arrays(offsets(n), many(make, n)),
    "struct": lambda make, n: pa.StructArray.from_arrays([make(n), PRIMITIVES["text"](n)], ["x", "y"]),
    "map": lambda make, n: pa.MapArray.from_arrays(offsets(n), many(lambda k: pa.array([f"k{i}" for i in range(len(k))]), n), many(make, n)),
    "structs": lambda make, n: pa.ListArray.from_arrays(offsets(n), pa.StructArray.from_arrays([many(make, n)], ["z"])),
}


def column(spec, n):
    shape, kind, nulls = spec
    values = SHAPES[shape](PRIMITIVES[kind], n)
    return values if nulls == 0 else pc.if_else(pa.array(n * 13 % 10 < nulls * 10), pa.scalar(None, values.type), values)


def rows(specs, file, parts):
    n = np.arange(file * ROWS, (file + 1) * ROWS)
    made = {"id": pa.array(n), "part": pa.array(np.full(ROWS, file % parts), pa.int32())}
    return pa.table(made | {name: column(spec, n) for name, spec in specs.items()})


def stored(s3, table):
    """The data files, as pyarrow reads them without Iceberg."""
    found = []
    for task in table.scan().plan_files():
        assert not task.delete_files
        place = urlparse(task.file.file_path)
        body = s3.get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))["Body"].read()
        found.append(pq.read_table(pa.BufferReader(body)))
    return found


def requires(found, expected):
    """Rows that are the same in any order. Of text that a file lacks pyiceberg makes another type than of what it reads."""
    found = found.cast(expected.schema).sort_by("id")
    for name in expected.column_names:
        assert found[name].equals(expected[name]), name


def told(athena, names):
    counts = ", ".join(f'count("{name}")' for name in names)
    return athena(f"SELECT count(*), sum(id), count(DISTINCT id), {counts} FROM events")[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_stay_what_they_are(catalog, athena, bucket, database, s3, seed):
    pick = random.Random(seed)
    specs = {f"c{i}": (pick.choice(list(SHAPES)), pick.choice(list(PRIMITIVES)), pick.choice([0, 0.3, 1])) for i in range(3)}
    parts = pick.choice([1, 2])
    table = catalog.create_table((database, "events"), rows(specs, 0, parts).schema, f"s3://{bucket}/events")
    if pick.random() < 0.5:
        with table.update_spec() as update:
            update.add_field("part", IdentityTransform(), "part")
    if pick.random() < 0.3:
        with table.update_sort_order() as update:
            update.asc("id", IdentityTransform())
    # The first seeds are all that is copied; of others some files are not as they would be written.
    changes = set() if seed % 2 else set(pick.sample(["columns", "deletes", "updates"], 2))
    for file in range(FILES):
        if file == 1 and "columns" in changes:
            with table.update_schema() as update:
                update.rename_column("c0", "renamed")
                update.delete_column("c1")
                update.add_column("added", StringType())
            specs = {"renamed": specs["c0"], "c2": specs["c2"], "added": ("plain", "text", 0.3)}
        table.append(rows(specs, file, parts))
    if "deletes" in changes:
        athena(f"DELETE FROM events WHERE id % 1000 = 7 AND id < {2 * ROWS}")
    if "updates" in changes:
        athena(f"UPDATE events SET part = part WHERE id >= {3 * ROWS} AND id % 5000 = 1")
    athena("ALTER TABLE events SET TBLPROPERTIES ('optimize_rewrite_data_file_threshold' = '2')")
    names = [field.name for field in table.refresh().schema().fields]
    counted, expected = told(athena, names), table.scan().to_arrow().sort_by("id")
    athena("OPTIMIZE events REWRITE DATA USING BIN_PACK")
    table.refresh()
    assert told(athena, names) == counted
    requires(table.scan().to_arrow(), expected)
    files = stored(s3, table)
    assert len(files) <= 2 * parts
    requires(pa.concat_tables(one.select(names).cast(expected.schema) for one in files), expected)
    if not changes:
        assert all(len(task.file.split_offsets) > 1 for task in table.scan().plan_files())
