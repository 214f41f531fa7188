"""Test tables of duckdb-iceberg (MIT licence, LICENSE beside them): python iceberg_foreign.py CHECKOUT, with pyiceberg.

Their files are copied as they are; what rows they hold is told by pyiceberg, as Athena shows values, and where pyiceberg can not
read a table by the tests of duckdb-iceberg. Metadata is kept only where a test reads it.
"""
import datetime
import decimal
import json
import os
import pathlib
import shutil
import struct
import sys

from pyiceberg import types as t
from pyiceberg.table import StaticTable

HERE = pathlib.Path(__file__).parent / 'iceberg' / 'duckdb-iceberg'
PERSISTENT = 'data/persistent/'

# Of each table its folder, its metadata file, and its rows where pyiceberg does not tell them.
TABLES = {
    'add_columns_with_defaults': ('add_columns_with_defaults/default.db/add_columns_with_defaults', '00003-3f1801a5-7dfb-4072-b14a-39cd12f9279b'),
    'add_columns_with_defaults_in_struct': (
        'add_columns_with_defaults_in_struct/default.db/add_columns_with_defaults_in_struct',
        '00003-21a957f9-c2ee-431a-9d18-bf257b561198',
    ),
    'case_sensitive_names': ('case_sensitive_names/default.db/case_sensitive_names', '00001-a7a3a44c-4aac-4619-bebd-11be37b27351', []),
    'column_mapping': ('column_mapping/warehouse', '00001-75643dae-a7a7-46ae-ab30-ea80d3793f3f'),
    'custom_write_paths': ('custom_write_paths', '00000-acdf842e-3a9d-4b9b-ad87-daf785831925'),
    'big_query_error': ('big_query_error', 'v1749025517', [['1', 'Alice', '2024-01-01 10:00:00.000000'], ['2', 'Bob', '2024-02-01 11:30:00.000000']]),
    'equality_delete_cross_partition': (
        'equality_delete_cross_partition/warehouse/ns/t', 'vfinal', [['0', '999', 'p0-k999'], ['1', '100', 'p1-k100'], ['1', '888', 'p1-k888']],
    ),
    'equality_delete_extra_column': ('equality_delete_extra_column/warehouse/ns/t', 'vfinal', [['1', 'a'], ['3', 'c']]),
    'equality_deletes': ('equality_deletes/warehouse/mydb/mytable', 'v7', [['4', 'd', '2025-01-04'], ['5', 'e', '2025-01-05']]),
    'equality_deletes_partitioned': ('equality_deletes/warehouse/mydb/mytable_partitioned', 'v6', [['1', 'a'], ['4', 'd'], ['5', 'e']], 'id, name'),
    'expression_filter': ('expression_filter', '00001-19739cda-f528-4429-84cc-377ffdd24c75'),
    'hive_partitioned_table': ('hive_partitioned_table', 'v4'),
    'iceberg_v1_deprecated': ('iceberg_v1_deprecated/default/legacy_v1', 'v2', [['1', 'alpha', '10'], ['2', 'beta', '20'], ['3', 'alpha', None]]),
    'iceberg_v1_existing': ('iceberg_v1_repro/repro/merch_v1', '00003-8d01e4aa-d143-49c9-898e-b5e477577b70'),
    'iceberg_v1_upgraded': ('iceberg_v1_repro/repro/merch_v1', '00004-v3-upgraded-v1-null-counts'),
    'is_null_is_not_null': ('is_null_is_not_null', '00001-43ceeb9a-cd0d-4556-b1e2-513b5bf88ff8'),
    'legacy_bare_deletion_vector': (
        'legacy_bare_deletion_vector/warehouse/default/legacy_bare_deletion_vector', '00002-legacy-bare-dv', [['1', 'legacy'], ['3', 'legacy']],
    ),
    'map_stats': ('map_stats/default.db/map_stats', '00002-0e059d4b-e5e8-41af-a763-76cbf3a3d0bc'),
    'null_stats': ('null_stats/default/test_nulls', '00003-9d6a621e-8a72-4190-a880-f6ca02e32b86'),
    'timestamptz_ns': ('timestamptz_ns', 'v1', []),
    'uuid': ('uuid', '00001-43fda1f4-1c96-4376-ad16-91beb71d0759'),
    **{f'partition_{of}': (f'partition_{of}', 'v2') for of in (
        'bigint', 'binary', 'bool', 'decimal_bigint', 'decimal_hugeint', 'decimal_integer', 'decimal_smallint', 'double', 'float', 'integer',
    )},
    # pyiceberg does not take the values of required columns from partitions.
    'partition_fixed': (
        'partition_fixed_length_binary/default.db/partition_fixed_length_binary', '00001-b4b3d6d2-cac2-4480-952e-0e4b3b88b5d7',
        [[' '.join(f'{byte:02x}' for byte in b'hello world'), '12345', 'click'], [' '.join(f'{byte:02x}' for byte in b'fixed value'), '67890', 'purchase']],
    ),
    'partition_time': (
        'partition_time/default.db/partition_time', '00001-44546aa6-1ee5-48c5-9e3b-bc6c0bc0a60c',
        [['12:34:56.000000', '12345', 'click'], ['08:21:09.000000', '67890', 'purchase']],
    ),
    'partition_timestamp': (
        'partition_timestamp/default.db/partition_timestamp', '00001-0c9938a5-103e-4185-b46d-331368ae4db7',
        [['2023-05-15 14:30:45.000000', '12345', 'click'], ['2023-08-22 09:15:20.000000', '67890', 'purchase']],
    ),
    'partition_timestamptz': (
        'partition_timestamptz/default.db/partition_timestamptz', '00001-ffeadb58-2a9e-46ba-8b4f-f363f05de68c',
        [['2023-05-15 14:30:45.000000 UTC', '12345', 'click'], ['2023-08-22 09:15:20.000000 UTC', '67890', 'purchase']],
    ),
}


# pyiceberg takes a partition's value that is false or zero for none; the tests of duckdb-iceberg say that it is one.
FALSE_OR_ZERO = {'partition_bool': 'false', 'partition_decimal_bigint': '0.00000000000', 'partition_decimal_hugeint': '0.00000000000000000000000'}


def number(value, digits):
    """As Java shows it."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return digits if '.' in digits else digits + '.0'
    mantissa, exponent = format(decimal.Decimal(digits), 'E').split('E')
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"


def float_digits(value):
    """The fewest that are this number of 32 bits."""
    for precision in range(1, 10):
        digits = f'{value:.{precision}g}'
        if struct.unpack('f', struct.pack('f', float(digits)))[0] == value:
            return format(decimal.Decimal(digits), 'f')
    raise ValueError(value)


def shown(kind, value):
    """As Athena shows it; nothing inside a column is `null`."""
    if value is None:
        return None
    inside = lambda of, one: 'null' if one is None else shown(of, one)
    if isinstance(kind, t.StructType):
        return '{' + ', '.join(f'{field.name}={inside(field.field_type, value[field.name])}' for field in kind.fields) + '}'
    if isinstance(kind, t.ListType):
        return '[' + ', '.join(inside(kind.element_type, one) for one in value) + ']'
    if isinstance(kind, t.MapType):
        return '{' + ', '.join(f'{shown(kind.key_type, key)}={inside(kind.value_type, one)}' for key, one in value) + '}'
    if isinstance(kind, t.BooleanType):
        return 'true' if value else 'false'
    if isinstance(kind, t.FloatType):
        return number(value, float_digits(value))
    if isinstance(kind, t.DoubleType):
        return number(value, format(decimal.Decimal(repr(value)), 'f'))
    if isinstance(kind, t.DecimalType):
        return format(value, 'f')
    if isinstance(kind, t.TimeType):
        return value.strftime('%H:%M:%S.%f')
    if isinstance(kind, (t.TimestampType, t.TimestamptzType)):
        text = value.replace(tzinfo=None).isoformat(' ', 'microseconds')
        return text + (' UTC' if isinstance(kind, t.TimestamptzType) else '')
    if isinstance(kind, t.UUIDType):
        return str(value)
    return value.hex(' ') if isinstance(value, bytes) else str(value)


def rows_of(name, metadata):
    table = StaticTable.from_metadata(metadata)
    fields = table.schema().fields
    rows = [[shown(field.field_type, row[field.name]) for field in fields] for row in table.scan().to_arrow().to_pylist()]
    none = FALSE_OR_ZERO.get(name)
    return [[none if none and value is None else value for value in row] for row in rows]


def copied(folder, metadata, name):
    for path in sorted(pathlib.Path(folder).rglob('*')):
        if not path.is_file() or path.suffix in ('.crc', '.text', '.db', '.sqlite', '.test') or path.name.startswith('.'):
            continue
        if path.name.endswith('.metadata.json') and path != metadata:
            continue
        to = HERE / name / path.relative_to(folder)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)


def main(checkout):
    os.chdir(checkout)
    shutil.rmtree(HERE, ignore_errors=True)
    HERE.mkdir(parents=True)
    shutil.copyfile('LICENSE', HERE / 'LICENSE')
    described = {}
    for name, (folder, stem, *told) in TABLES.items():
        [metadata] = pathlib.Path(PERSISTENT, folder).rglob(f'{stem}.metadata.json')
        rows = told[0] if told else rows_of(name, str(metadata))
        copied(PERSISTENT + folder, metadata, name)
        relative = str(metadata.relative_to(PERSISTENT + folder))
        location = json.loads(metadata.read_text())['location']
        start = location.find(PERSISTENT + folder)
        lay = [location, PERSISTENT + folder] if start < 0 else [location[:start] + PERSISTENT + folder]
        of = {'from': lay, 'metadata': relative, 'rows': sorted(rows, key=json.dumps)}
        described[name] = of | ({'columns': told[1]} if len(told) > 1 else {})
    lines = ',\n'.join(f'  {json.dumps(name)}: {json.dumps(of)}' for name, of in described.items())
    (HERE / 'tables.json').write_text('{\n' + lines + '\n}\n')


if __name__ == '__main__':
    main(sys.argv[1])
