"""Iceberg tables written by pyiceberg: pip install 'pyiceberg[pyarrow,sql-sqlite]', then python iceberg.py in this folder.

The tables say that they lie in s3://data/, whose objects are written below iceberg/.
"""
import datetime
import decimal
import json
import pathlib
import shutil
import uuid

import pyarrow as pa
from pyarrow import parquet
from pyarrow.fs import LocalFileSystem
from pyiceberg import types as t
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.io.pyarrow import PyArrowFile, PyArrowFileIO
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import BucketTransform, IdentityTransform, MonthTransform, TruncateTransform

HERE = pathlib.Path(__file__).parent / 'iceberg'
BUCKET = 's3://data/'


class LakeIO(PyArrowFileIO):
    """Objects of the bucket as files of this folder."""

    def _file(self, location):
        path = HERE / location.removeprefix(BUCKET)
        path.parent.mkdir(parents=True, exist_ok=True)
        return PyArrowFile(fs=LocalFileSystem(), location=location, path=str(path))

    def new_input(self, location):
        return self._file(location)

    def new_output(self, location):
        return self._file(location)

    @staticmethod
    def parse_location(location, properties={}):
        return 'file', '', str(HERE / location.removeprefix(BUCKET))


def catalog():
    for name in ('events', 'added'):
        shutil.rmtree(HERE / name, ignore_errors=True)
    HERE.mkdir(exist_ok=True)
    made = SqlCatalog('golden', uri='sqlite://', warehouse=BUCKET, **{'py-io-impl': 'iceberg.LakeIO'})
    made.create_namespace('db')
    return made


def plain(value):
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time, decimal.Decimal, uuid.UUID)):
        return str(value)
    return value.hex() if isinstance(value, bytes) else value


def expect(name, table, **scan):
    rows = sorted(table.scan(**scan).to_arrow().to_pylist(), key=lambda row: row['id'])
    text = ''.join(json.dumps(row, default=plain) + '\n' for row in rows)
    (HERE / f'{name}.expected.ndjson').write_text(text)


def finish(name, table):
    """Where the newest metadata lies, and nothing of older metadata, which nobody reads."""
    (HERE / f'{name}.location').write_text(table.metadata_location)
    newest = table.metadata_location.removeprefix(BUCKET)
    for path in (HERE / name / 'metadata').glob('*.metadata.json'):
        if str(path.relative_to(HERE)) != newest:
            path.unlink()


def events(of):
    optional = lambda id, name, type: t.NestedField(id, name, type, required=False)
    schema = Schema(
        optional(1, 'id', t.LongType()),
        optional(2, 'Region', t.StringType()),
        optional(3, 'at', t.TimestampType()),
        optional(4, 'amount', t.DecimalType(10, 2)),
        optional(5, 'ratio', t.FloatType()),
        optional(6, 'day', t.DateType()),
        optional(7, 'seen', t.TimestamptzType()),
        optional(8, 'uid', t.UUIDType()),
        optional(9, 'hour', t.TimeType()),
        optional(10, 'raw', t.BinaryType()),
        optional(11, 'place', t.StructType(optional(12, 'x', t.IntegerType()), optional(13, 'y', t.StringType()))),
        optional(14, 'tags', t.ListType(15, t.LongType(), element_required=False)),
        optional(16, 'marks', t.MapType(17, t.StringType(), 18, t.IntegerType(), value_required=False)),
        optional(19, 'n', t.IntegerType()),
        optional(20, 'ok', t.BooleanType()),
        optional(21, 'gone', t.IntegerType()),
    )
    spec = PartitionSpec(
        PartitionField(3, 1000, MonthTransform(), 'at_month'), PartitionField(2, 1001, IdentityTransform(), 'Region')
    )
    table = of.create_table('db.events', schema, BUCKET + 'events', spec)

    def rows(low, high):
        return [
            {
                'id': i,
                'Region': ['eu', 'us', None][i % 3],
                'at': datetime.datetime(2024, 1 + i % 2, 1 + i, i, 0, 0, 123456),
                'amount': decimal.Decimal(i) / 4,
                'ratio': i / 2,
                'day': datetime.date(2024, 1, 1 + i),
                'seen': datetime.datetime(2024, 1, 1, 0, 0, i, tzinfo=datetime.timezone.utc),
                'uid': uuid.UUID(int=i).bytes,
                'hour': datetime.time(i, 1, 2, 3),
                'raw': bytes([i]),
                'place': {'x': i, 'y': f'y{i}'},
                'tags': [i, None],
                'marks': [('k', i)],
                'n': i,
                'ok': i % 2 == 0,
                'gone': i,
            }
            for i in range(low, high)
        ]

    table.append(pa.Table.from_pylist(rows(0, 8), table.schema().as_arrow()))
    expect('events.first', table)
    table.append(pa.Table.from_pylist(rows(8, 14), table.schema().as_arrow()))
    table.manage_snapshots().create_tag(table.current_snapshot().snapshot_id, 'before').commit()
    table.delete('id in (3, 4, 9)')
    with table.update_schema() as update:
        update.rename_column('n', 'count')
        update.add_column('note', t.StringType())
        update.update_column('ratio', t.DoubleType())
        update.delete_column('raw')
        update.delete_column('gone')
        update.move_first('ok')
    # Of a name that a column had which is gone; it is another one.
    with table.update_schema() as update:
        update.add_column('gone', t.StringType())
    with table.update_spec() as update:
        update.remove_field('Region')
        update.add_field('id', BucketTransform(4), 'id_bucket')
        update.add_field('note', TruncateTransform(2), 'note_trunc')
    more = [
        {'id': i, 'Region': 'asia', 'at': datetime.datetime(2024, 3, i), 'count': i, 'note': f'n{i}', 'gone': 'g'}
        for i in range(14, 18)
    ]
    table.append(pa.Table.from_pylist(more, table.schema().as_arrow()))
    expect('events', table)
    finish('events', table)


def added(of):
    """A file that knows nothing of ids, and a column that was renamed after it had come."""
    schema = Schema(
        t.NestedField(1, 'id', t.LongType(), required=False), t.NestedField(2, 'label', t.StringType(), required=False)
    )
    table = of.create_table('db.added', schema, BUCKET + 'added')
    path = HERE / 'added' / 'foreign.parquet'
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pa.table({'label': ['a', 'b'], 'id': [1, 2]}), path)
    table.add_files([BUCKET + 'added/foreign.parquet'])
    with table.update_schema() as update:
        update.rename_column('label', 'name')
        update.add_column('n', t.IntegerType())
    more = pa.Table.from_pylist([{'id': 3, 'name': 'c', 'n': 30}], table.schema().as_arrow())
    table.append(more)
    expect('added', table)
    finish('added', table)


if __name__ == '__main__':
    made = catalog()
    events(made)
    added(made)
