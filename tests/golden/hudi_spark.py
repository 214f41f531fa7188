"""What hudi-rs reads of the tables below hudi/spark, which Spark has written for its tests: python -P hudi_spark.py (needs `hudi`, `pyarrow`).

Two of https://github.com/apache/hudi-rs, crates/test/data/sample_table/cow, without checksums and metadata tables. Writes
TABLE.expected.ndjson beside each: id and name of every row, in the order of the lines.
"""

import json
import pathlib

import pyarrow
from hudi import HudiTableBuilder

HERE = pathlib.Path(__file__).parent / "hudi" / "spark"

for table in sorted(path for path in HERE.iterdir() if path.is_dir()):
    rows = pyarrow.Table.from_batches(HudiTableBuilder.from_base_uri(str(table)).build().read())
    lines = sorted(json.dumps([str(row["id"]), row["name"]]) for row in rows.to_pylist())
    (HERE / f"{table.name}.expected.ndjson").write_text("".join(line + "\n" for line in lines))
