"""Iceberg tables written by Spark: python iceberg_spark.py ENDPOINT JARS [TABLE...], with pyspark 3.5 and the jars of iceberg-spark-runtime-3.5_2.12
and iceberg-aws-bundle 1.9.2, and hadoop-aws 3.3.4 with the AWS SDK that it needs (commas between them). ENDPOINT is a Lentic with a bucket `data` and a database `db`.

The objects of the bucket belong below iceberg/, with a table's newest metadata file alone and its address in NAME.location.
"""
import json
import math
import pathlib
import shutil
import sys

from pyspark.sql import Row, SparkSession

HERE = pathlib.Path(__file__).parent / 'iceberg'
MERGE_ON_READ = ', '.join(f"'write.{of}.mode' = 'merge-on-read'" for of in ('delete', 'update', 'merge'))


def session(endpoint, jars):
    catalog = 'spark.sql.catalog.g'
    settings = {
        'spark.jars': jars,
        'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
        'spark.sql.shuffle.partitions': '1',
        'spark.sql.session.timeZone': 'UTC',
        # By which files are brought in from a folder.
        'spark.hadoop.fs.s3.impl': 'org.apache.hadoop.fs.s3a.S3AFileSystem',
        'spark.hadoop.fs.s3a.endpoint': endpoint,
        'spark.hadoop.fs.s3a.endpoint.region': 'us-east-1',
        'spark.hadoop.fs.s3a.path.style.access': 'true',
        'spark.hadoop.fs.s3a.access.key': 'test',
        'spark.hadoop.fs.s3a.secret.key': 'test',
        catalog: 'org.apache.iceberg.spark.SparkCatalog',
        f'{catalog}.catalog-impl': 'org.apache.iceberg.aws.glue.GlueCatalog',
        f'{catalog}.io-impl': 'org.apache.iceberg.io.ResolvingFileIO',
        f'{catalog}.warehouse': 's3://data/',
        f'{catalog}.s3.endpoint': endpoint,
        f'{catalog}.glue.endpoint': endpoint,
        f'{catalog}.s3.path-style-access': 'true',
        f'{catalog}.client.region': 'us-east-1',
        f'{catalog}.s3.access-key-id': 'test',
        f'{catalog}.s3.secret-access-key': 'test',
        'spark.driver.extraJavaOptions': '-Daws.accessKeyId=test -Daws.secretAccessKey=test -Daws.region=us-east-1',
    }
    builder = SparkSession.builder.master('local[1]')
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def plain(value):
    """As JSON: maps as lists of keys and values, whose keys may be structs."""
    if isinstance(value, Row):
        return plain(value.asDict())
    if isinstance(value, dict):
        if any(not isinstance(key, str) for key in value):
            return [[plain(key), plain(one)] for key, one in value.items()]
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, float) and not math.isfinite(value):
        return json.dumps(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def expect(spark, name):
    rows = spark.sql(f'SELECT * FROM g.db.{name} ORDER BY id').collect()
    text = ''.join(json.dumps(plain(row.asDict(True))) + '\n' for row in rows)
    (HERE / f'{name}.expected.ndjson').write_text(text)


def deleted_rows(spark, name, version):
    """Rows deleted by files of positions in version 2, by deletion vectors in version 3."""
    table = f'g.db.{name}'
    for sql in (
        f"CREATE TABLE {table} (id bigint, name string, part int) USING iceberg PARTITIONED BY (part) LOCATION 's3://data/{name}' TBLPROPERTIES ('format-version' = '{version}', {MERGE_ON_READ})",
        f"INSERT INTO {table} SELECT id, concat('n', id), CAST(id % 2 AS int) FROM range(0, 20, 1, 1)",
        f'DELETE FROM {table} WHERE id IN (1, 4, 5)',
        f"INSERT INTO {table} SELECT id, concat('n', id), CAST(id % 2 AS int) FROM range(20, 30, 1, 1)",
        f"UPDATE {table} SET name = 'changed' WHERE id IN (7, 22)",
        f'DELETE FROM {table} WHERE id = 8 OR id = 25',
        f"MERGE INTO {table} t USING (SELECT 2 AS id UNION ALL SELECT 100) u ON t.id = u.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id, name, part) VALUES (u.id, 'merged', 5)",
    ):
        spark.sql(sql)
    expect(spark, name)


def nested(spark):
    """Fields inside columns that were renamed, added, moved, dropped and added again."""
    table = 'g.db.nested'
    spark.sql(
        f"CREATE TABLE {table} (id int, s struct<a: int, b: struct<c: string>>, l array<struct<x: int>>, m map<string, struct<k: int>>) USING iceberg LOCATION 's3://data/nested'"
    )
    spark.sql(
        f"INSERT INTO {table} SELECT 1, named_struct('a', 1, 'b', named_struct('c', 'one')), array(named_struct('x', 1)), map('m', named_struct('k', 1))"
    )
    for change in (
        'RENAME COLUMN s.a TO a2',
        'RENAME COLUMN s.b.c TO d',
        'ADD COLUMN s.e string',
        'RENAME COLUMN l.element.x TO y',
        'ADD COLUMN l.element.z int',
        'DROP COLUMN s.e',
        'ADD COLUMN s.e int',
        'ALTER COLUMN s.e FIRST',
        'RENAME COLUMN m.value.k TO kk',
    ):
        spark.sql(f'ALTER TABLE {table} {change}')
    spark.sql(
        f"INSERT INTO {table} SELECT 2, named_struct('e', 5, 'a2', 2, 'b', named_struct('d', 'two')), array(named_struct('y', 2, 'z', 3)), map('m', named_struct('kk', 2))"
    )
    expect(spark, 'nested')


def data_format(spark, name):
    """Data and deletes in ORC or Avro: every type, columns and fields inside them renamed, added, dropped, widened."""
    table = f'g.db.{name}'

    def insert(low, high, count, struct, element, note):
        spark.sql(
            f"""INSERT INTO {table} SELECT id, concat('n', id) AS name, {count}, CAST(id / 2 AS float) AS ratio, CAST(id / 4 AS decimal(10,2)) AS price,
            CAST(id * 1000000007 AS decimal(30,5)) AS wide, DATE '1969-12-30' + CAST(id AS int) AS day,
            CAST(timestamp_seconds(id * 100000 - 200000) AS timestamp_ntz) + INTERVAL '0.123456' SECOND AS at,
            timestamp_seconds(id * 100000 - 200000) AS seen, CAST(concat('b', id) AS binary) AS raw, id % 2 = 0 AS ok, named_struct({struct}) AS s,
            array(named_struct({element}), NULL) AS l, map('k', CAST(id AS int)) AS m, map(named_struct('k', CAST(id AS int)), 'v') AS mk {note}
            FROM range({low}, {high}, 1, 1)"""
        )

    spark.sql(f'DROP TABLE IF EXISTS {table}')
    spark.sql(
        f"""CREATE TABLE {table} (id bigint, name string, n int, ratio float, price decimal(10,2), wide decimal(30,5), day date, at timestamp_ntz,
        seen timestamp, raw binary, ok boolean, s struct<a: int, b: string>, l array<struct<x: int>>, m map<string, int>, mk map<struct<k: int>, string>)
        USING iceberg PARTITIONED BY (bucket(2, id)) LOCATION 's3://data/{name}'
        TBLPROPERTIES ('format-version' = '2', 'write.format.default' = '{name.rstrip('s')}', {MERGE_ON_READ})"""
    )
    insert(0, 8, 'CAST(id AS int) AS n', "'a', CAST(id AS int), 'b', concat('b', id)", "'x', CAST(id AS int)", '')
    spark.sql(f'DELETE FROM {table} WHERE id IN (1, 4)')
    for change in (
        'RENAME COLUMN n TO count',
        'ALTER COLUMN count TYPE bigint',
        'ALTER COLUMN ratio TYPE double',
        'ALTER COLUMN price TYPE decimal(12,2)',
        'RENAME COLUMN s.a TO a2',
        'DROP COLUMN s.b',
        'ADD COLUMN s.b int',
        'RENAME COLUMN l.element.x TO y',
        'ADD COLUMN note string',
    ):
        spark.sql(f'ALTER TABLE {table} {change}')
    insert(8, 12, 'id AS count', "'a2', CAST(id AS int), 'b', CAST(id AS int)", "'y', CAST(id AS int)", ", concat('note ', id) AS note")
    spark.sql(f"UPDATE {table} SET name = 'changed' WHERE id IN (2, 9)")
    spark.sql(f"INSERT INTO {table} VALUES (100, {', '.join(['NULL'] * 15)})")
    expect(spark, name)


ODD = '''
    (1, TIMESTAMP_NTZ '1969-12-31 23:59:59.999999', TIMESTAMP '1969-12-31 23:59:59.999999', DATE '1969-12-31', double('NaN'), float('-0.0'),
     CAST('9999999999999999999999999999.9999999999' AS decimal(38,10)), 'ééééééééééééééééééééé', X'ffffffffffffffffffffffffffffffffffff', named_struct('a', 1, 'b', 'x'), map(named_struct('k', 1), array(1, NULL))),
    (2, TIMESTAMP_NTZ '1970-01-01 00:00:00', TIMESTAMP '1970-01-01 00:00:00', DATE '1970-01-01', double('-Infinity'), float('0.0'),
     CAST('-9999999999999999999999999999.9999999999' AS decimal(38,10)), '', X'', NULL, map()),
    (3, TIMESTAMP_NTZ '0001-01-01 00:00:00', TIMESTAMP '1901-06-15 12:00:00', DATE '0001-01-01', double('-0.0'), float('NaN'),
     CAST('0.0000000001' AS decimal(38,10)), '\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600', NULL, named_struct('a', NULL, 'b', NULL), NULL),
    (4, TIMESTAMP_NTZ '9999-12-31 23:59:59.999999', TIMESTAMP '2038-01-19 03:14:08', DATE '9999-12-31', double('Infinity'), float('1.5'),
     CAST('-0.0000000001' AS decimal(38,10)), 'z', X'00', named_struct('a', 4, 'b', 'y'), map(named_struct('k', CAST(NULL AS int)), NULL)),
    (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
'''


def odd(spark, name, version):
    """Extremes of every type; partitions dropped, renamed and added; fields of a struct all replaced; rows deleted by writing files anew."""
    table = f'g.db.{name}'
    spark.sql(f'DROP TABLE IF EXISTS {table}')
    spark.sql(
        f"""CREATE TABLE {table} (id int, at timestamp_ntz, seen timestamp, day date, d double, f float, n decimal(38,10), s string, raw binary,
        st struct<a: int, b: string>, mk map<struct<k: int>, array<int>>)
        USING iceberg PARTITIONED BY (days(at), truncate(2, s)) LOCATION 's3://data/{name}' TBLPROPERTIES ('format-version' = '{version}')"""
    )
    spark.sql(f'INSERT INTO {table} VALUES {ODD}')
    for change in (
        'DROP PARTITION FIELD days(at)',
        'DROP PARTITION FIELD truncate(2, s)',
        'ADD PARTITION FIELD months(day) AS at_day',
        'ADD PARTITION FIELD n AS amount',
        'RENAME COLUMN s TO text',
        'DROP COLUMN st.a',
        'DROP COLUMN st.b',
        'ADD COLUMN st.c int',
    ):
        # The last field of a struct may not go, so the new one comes first.
        if change == 'DROP COLUMN st.a':
            spark.sql(f'ALTER TABLE {table} ADD COLUMN st.c int')
        if change != 'ADD COLUMN st.c int':
            spark.sql(f'ALTER TABLE {table} {change}')
    spark.sql(
        f"""INSERT INTO {table} SELECT id + 10, at, seen, day, d, f, n, text, raw, named_struct('c', id), mk FROM {table}"""
    )
    spark.sql(f'ALTER TABLE {table} REPLACE PARTITION FIELD at_day WITH years(day) AS at_day_again')
    spark.sql(f'DELETE FROM {table} WHERE id = 11')
    spark.sql(f'INSERT INTO {table} SELECT id + 20, at, seen, day, d, f, n, text, raw, st, mk FROM {table} WHERE id < 10')
    expect(spark, name)


def migrated(spark, name):
    """Files of a Hive table in folders, which know no ids and lack the columns of the folders."""
    source = pathlib.Path('/tmp/lentic-migrated') / name
    shutil.rmtree(source, ignore_errors=True)
    kind = name.removeprefix('migrated_')
    rows = spark.sql(
        """SELECT CAST(id AS int) AS id, concat('n', id) AS name, named_struct('x', CAST(id AS int), 'y', concat('y', id)) AS s,
        array(named_struct('z', id)) AS l, DATE '2024-01-01' + CAST(id % 3 AS int) AS day, CAST(id % 2 AS int) AS part FROM range(0, 9, 1, 1)"""
    )
    rows.write.partitionBy('day', 'part').format(kind).save(f'file://{source}')
    table = f'g.db.{name}'
    spark.sql(f'DROP TABLE IF EXISTS {table}')
    spark.sql(
        f"""CREATE TABLE {table} (id int, name string, s struct<x: int, y: string>, l array<struct<z: bigint>>, day date, part int)
        USING iceberg PARTITIONED BY (day, part) LOCATION 's3://data/{name}'"""
    )
    spark.sql(f"CALL g.system.add_files(table => 'db.{name}', source_table => '`{kind}`.`file://{source}`')")
    for change in ('RENAME COLUMN name TO label', 'RENAME COLUMN s.x TO x2', 'RENAME COLUMN l.element.z TO z2', 'ADD COLUMN s.w int', 'RENAME COLUMN day TO date'):
        spark.sql(f'ALTER TABLE {table} {change}')
    spark.sql(
        f"INSERT INTO {table} VALUES (100, 'new', named_struct('x2', 1, 'y', 'y', 'w', 2), array(named_struct('z2', 3L)), DATE '2024-05-05', 7)"
    )
    spark.sql(f'DELETE FROM {table} WHERE id = 4')
    expect(spark, name)
    shutil.copytree(source, HERE / name / 'migrated', dirs_exist_ok=True)


TABLES = {
    'mor': lambda spark: deleted_rows(spark, 'mor', 2),
    'vectors': lambda spark: deleted_rows(spark, 'vectors', 3),
    'nested': nested,
    'orcs': lambda spark: data_format(spark, 'orcs'),
    'avros': lambda spark: data_format(spark, 'avros'),
    'odd': lambda spark: odd(spark, 'odd', 2),
    'odd_v1': lambda spark: odd(spark, 'odd_v1', 1),
    'migrated_parquet': lambda spark: migrated(spark, 'migrated_parquet'),
    'migrated_orc': lambda spark: migrated(spark, 'migrated_orc'),
}


if __name__ == '__main__':
    spark = session(*sys.argv[1:3])
    for name in sys.argv[3:] or TABLES:
        TABLES[name](spark)
    spark.stop()
