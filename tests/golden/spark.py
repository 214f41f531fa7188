"""Tables written by Spark, and what Spark reads of them: python spark.py AVRO_JAR, with pyspark 3.5 and the jar of
org.apache.spark:spark-avro_2.12 of the same version.

Below spark/ a folder for each format, and expected.ndjson: the rows as Spark reads them from Parquet, moments in UTC.
"""
import json
import pathlib
import shutil
import sys

from pyspark.sql import SparkSession

HERE = pathlib.Path(__file__).parent / 'spark'

ROWS = """
SELECT CAST(id AS bigint) AS id, CAST(id % 2 AS boolean) AS ok, CAST(id - 2 AS tinyint) AS tiny, CAST(id * 1000 AS smallint) AS small,
  CAST(-id * 100000 AS int) AS whole, CAST(id / 4 AS float) AS ratio, CAST(id / 3 AS double) AS score,
  IF(id = 3, NULL, concat('näme ', id)) AS name, CAST(id * 1.25 AS decimal(10,2)) AS price,
  CAST(concat('-1234567890123456789012345678.', id) AS decimal(38,4)) AS wide, date_add(DATE '1969-12-30', id) AS day, at,
  array(CAST(id AS int), NULL) AS items, map('k', CAST(id AS int)) AS attrs, named_struct('city', concat('c', id), 'zip', CAST(id AS int)) AS place
FROM VALUES (0, TIMESTAMP '2024-02-29 23:59:59.123456'), (1, TIMESTAMP '1969-12-31 23:59:59.999'), (2, TIMESTAMP '1901-01-01 00:00:00.001'),
  (3, NULL), (4, TIMESTAMP '2262-04-12 00:00:00'), (5, TIMESTAMP '1600-02-29 12:34:56.789') AS t (id, at)
"""
PLAIN = "id, ok, tiny, small, whole, ratio, score, name, price, day, at"


def write(spark, name, frame, format, **options):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    frame.coalesce(1).write.format(format).options(**options).save(str(folder))
    for left in list(folder.glob('.*.crc')) + list(folder.glob('_SUCCESS')):
        left.unlink()
    (part,) = folder.glob('part-*')
    part.rename(folder / 'part')


if __name__ == '__main__':
    spark = (
        SparkSession.builder.master('local[1]')
        .config('spark.jars', sys.argv[1])
        .config('spark.sql.session.timeZone', 'UTC')
        .config('spark.ui.enabled', 'false')
        # Days as they are counted today, before 1900 too.
        .config('spark.sql.parquet.int96RebaseModeInWrite', 'CORRECTED')
        .config('spark.sql.parquet.datetimeRebaseModeInWrite', 'CORRECTED')
        .config('spark.sql.avro.datetimeRebaseModeInWrite', 'CORRECTED')
        .getOrCreate()
    )
    rows = spark.sql(ROWS)
    plain = rows.selectExpr(*PLAIN.split(', '))
    spark.conf.set('spark.sql.parquet.outputTimestampType', 'INT96')
    write(spark, 'parquet-int96', rows, 'parquet')
    spark.conf.set('spark.sql.parquet.outputTimestampType', 'TIMESTAMP_MICROS')
    write(spark, 'parquet', rows, 'parquet', compression='zstd')
    write(spark, 'orc', rows, 'orc')
    write(spark, 'avro', rows, 'avro')
    write(spark, 'json', rows, 'json', compression='gzip', timestampFormat='yyyy-MM-dd HH:mm:ss.SSS')
    write(spark, 'csv', plain, 'csv', timestampFormat='yyyy-MM-dd HH:mm:ss.SSS', nullValue='\\N')
    read = spark.read.parquet(str(HERE / 'parquet')).orderBy('id').collect()
    text = ''.join(json.dumps(row.asDict(True), default=str, ensure_ascii=False) + '\n' for row in read)
    (HERE / 'expected.ndjson').write_text(text)
    spark.stop()
