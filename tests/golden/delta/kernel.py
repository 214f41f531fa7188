"""What delta-rs reads of the tables below kernel/, which Spark has written for the tests of delta-kernel-rs (needs `deltalake`, `pyarrow`).

kernel/ holds five of https://github.com/delta-io/delta-kernel-rs, kernel/tests/data, at b14c3fb84003346db99e4bcc6b473d87b43e034b,
without checksums and change data. Writes TABLE.expected.ndjson beside each: a row a line, every value as text, in the order of the lines.
"""

import json
import pathlib

import pyarrow
from deltalake import DeltaTable, QueryBuilder

HERE = pathlib.Path(__file__).parent / "kernel"


def text(value):
    return None if value is None else str(value)


for table in sorted(path for path in HERE.iterdir() if path.is_dir()):
    rows = QueryBuilder().register("t", DeltaTable(str(table))).execute("SELECT * FROM t")
    whole = pyarrow.table(rows.read_all() if hasattr(rows, "read_all") else rows)
    lines = [json.dumps({key: text(value) for key, value in row.items()}) for row in whole.to_pylist()]
    (HERE / f"{table.name}.expected.ndjson").write_text("".join(line + "\n" for line in sorted(lines)))
