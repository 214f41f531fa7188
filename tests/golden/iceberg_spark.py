"""Iceberg tables written by Spark: python iceberg_spark.py ENDPOINT JARS, with pyspark 3.5 and the jars of iceberg-spark-runtime-3.5_2.12
and iceberg-aws-bundle 1.9.2 (comma between them). ENDPOINT is a Lentic with a bucket `data` and a database `db`.

The objects of the bucket belong below iceberg/, with a table's newest metadata file alone and its address in NAME.location.
"""
import json
import pathlib
import sys

from pyspark.sql import SparkSession

HERE = pathlib.Path(__file__).parent / 'iceberg'
MERGE_ON_READ = ', '.join(f"'write.{of}.mode' = 'merge-on-read'" for of in ('delete', 'update', 'merge'))


def session(endpoint, jars):
    catalog = 'spark.sql.catalog.g'
    settings = {
        'spark.jars': jars,
        'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
        'spark.sql.shuffle.partitions': '1',
        catalog: 'org.apache.iceberg.spark.SparkCatalog',
        f'{catalog}.catalog-impl': 'org.apache.iceberg.aws.glue.GlueCatalog',
        f'{catalog}.io-impl': 'org.apache.iceberg.aws.s3.S3FileIO',
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


def expect(spark, name):
    rows = spark.sql(f'SELECT * FROM g.db.{name} ORDER BY id').collect()
    text = ''.join(json.dumps(row.asDict(True)) + '\n' for row in rows)
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


if __name__ == '__main__':
    spark = session(*sys.argv[1:3])
    deleted_rows(spark, 'mor', 2)
    deleted_rows(spark, 'vectors', 3)
    nested(spark)
    spark.stop()
