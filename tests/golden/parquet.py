"""Parquet as DuckDB does not read it (needs `pyarrow`): whole numbers whose bytes are split into streams, in a column named as a table's alias would be.

`hadoop-lz4.parquet` is Spark 3.5's: spark.range(1).selectExpr("id AS n", "'x' AS s").write.option("compression", "lz4").
"""

import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent / "parquet"
HERE.mkdir(exist_ok=True)

table = pa.table({"n": pa.array(range(100), pa.int64()), "t": pa.array(["x"] * 100)})
pq.write_table(table, HERE / "split-integers.parquet", use_dictionary=["t"], column_encoding={"n": "BYTE_STREAM_SPLIT"})
