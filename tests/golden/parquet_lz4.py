"""Parquet under Hadoop's LZ4, by Spark 3.5 (`python parquet_lz4.py`): pages of both versions, of several blocks and of one.

`id` from 0, `word` of it (see below; NULL at every seventh), `pair` of an array of it and its double, and nothing in `nothing`.
"""
import pathlib
import shutil
import tempfile

from pyspark.sql import SparkSession

HERE = pathlib.Path(__file__).parent / 'parquet'
ROWS = """
SELECT id, IF(id % 7 = 0, NULL, concat('the word that is said of ', id div 50)) AS word, array(id, 2 * id) AS pair,
  CAST(NULL AS string) AS nothing
FROM range(0, 30000, 1, 1)
"""

if __name__ == '__main__':
    spark = SparkSession.builder.master('local[1]').config('spark.ui.enabled', 'false').getOrCreate()
    for version in ('v1', 'v2'):
        with tempfile.TemporaryDirectory() as folder:
            options = {'compression': 'lz4', 'parquet.writer.version': version, 'parquet.enable.dictionary': 'false'}
            spark.sql(ROWS).write.mode('overwrite').options(**options).parquet(folder)
            (part,) = pathlib.Path(folder).glob('part-*')
            shutil.copyfile(part, HERE / f'hadoop-lz4-{version}.parquet')
