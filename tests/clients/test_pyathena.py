"""PyAthena: DB-API, pandas and Arrow cursors, SQLAlchemy."""

import datetime
import decimal
import functools

import pyarrow.fs
import pytest
import sqlalchemy
from pyathena import connect
from pyathena.arrow.cursor import ArrowCursor
from pyathena.error import OperationalError
from pyathena.pandas.cursor import PandasCursor

TYPES = """
SELECT 1 AS i, BIGINT '2' AS b, 1.5E0 AS d, DECIMAL '12.50' AS p, 'a,b"c' AS s, true AS t, DATE '2024-02-29' AS day,
       TIMESTAMP '2024-01-02 03:04:05.678' AS ts, CAST(NULL AS varchar) AS n, ARRAY[1, 2] AS a, X'01FF' AS x
"""


@pytest.fixture()
def place(endpoint, bucket, database):
    return {"s3_staging_dir": f"s3://{bucket}/pyathena/", "region_name": "us-east-1", "schema_name": database}


def test_the_default_cursor_answers_python_values(place):
    cursor = connect(**place).cursor()
    assert cursor.execute(TYPES).fetchone() == (
        1, 2, 1.5, decimal.Decimal("12.50"), 'a,b"c', True, datetime.date(2024, 2, 29),
        datetime.datetime(2024, 1, 2, 3, 4, 5, 678000), None, [1, 2], b"\x01\xff",
    )
    assert [c[0] for c in cursor.description] == ["i", "b", "d", "p", "s", "t", "day", "ts", "n", "a", "x"]
    assert [c[1] for c in cursor.description][:5] == ["integer", "bigint", "double", "decimal", "varchar"]
    assert cursor.description[3][4:6] == (4, 2)
    assert cursor.data_scanned_in_bytes == 0


def test_parameters_and_many_rows(place):
    cursor = connect(**place).cursor()
    cursor.execute("SELECT x, x * 2 FROM UNNEST(sequence(1, 2500)) AS t (x) WHERE x > %(low)d ORDER BY x", {"low": 100})
    rows = cursor.fetchall()
    assert len(rows) == 2400 and rows[0] == (101, 202) and rows[-1] == (2500, 5000)
    cursor.execute("SELECT ?, ?", ["1", "'it''s'"], paramstyle="qmark")
    assert cursor.fetchone() == (1, "it's")


def test_errors_carry_trino_s_words(place):
    cursor = connect(**place).cursor()
    with pytest.raises(OperationalError, match="COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved"):
        cursor.execute("SELECT nope FROM (VALUES 1) AS t (x)")


def test_the_pandas_cursor(place):
    frame = connect(**place).cursor(PandasCursor).execute("SELECT x, CAST(x AS varchar) AS s FROM UNNEST(sequence(1, 1500)) AS t (x) ORDER BY x").as_pandas()
    assert frame.shape == (1500, 2) and frame["x"].sum() == 1500 * 1501 // 2 and frame["s"].iloc[-1] == "1500"


@pytest.mark.parametrize("unload", [False, True])
def test_the_arrow_cursor(place, unload, endpoint, monkeypatch):
    # PyAthena gives Arrow's own S3 client no endpoint, and that client asks no environment for one.
    host = endpoint.removeprefix("http://")
    monkeypatch.setattr(pyarrow.fs, "S3FileSystem", functools.partial(pyarrow.fs.S3FileSystem, endpoint_override=host, scheme="http"))
    table = connect(**place).cursor(ArrowCursor, unload=unload).execute("SELECT x, x % 3 AS m FROM UNNEST(sequence(1, 1500)) AS t (x)").as_arrow()
    assert table.num_rows == 1500 and sorted(table.column("x").to_pylist())[-1] == 1500


def test_ddl_through_every_cursor(place, bucket):
    for kind, name in ((None, "plain"), (PandasCursor, "frames")):
        cursor = connect(**place).cursor(*([kind] if kind else []))
        cursor.execute(f"CREATE EXTERNAL TABLE {name} (n int, s string) PARTITIONED BY (p string) STORED AS PARQUET LOCATION 's3://{bucket}/{name}/'")
        cursor.execute(f"INSERT INTO {name} VALUES (1, 'one', 'a'), (2, 'two', 'b')")
        assert connect(**place).cursor().execute(f"SELECT n, s, p FROM {name} ORDER BY n").fetchall() == [(1, "one", "a"), (2, "two", "b")]
        shown = connect(**place).cursor().execute(f"SHOW PARTITIONS {name}").fetchall()
        assert [row[0] for row in shown] == ["p=a", "p=b"]
        cursor.execute(f"DROP TABLE {name}")


def test_sqlalchemy_reflects_and_reads(place, bucket, database):
    cursor = connect(**place).cursor()
    cursor.execute(f"CREATE EXTERNAL TABLE people (id bigint COMMENT 'who', name string, born date) STORED AS PARQUET LOCATION 's3://{bucket}/people/'")
    cursor.execute("INSERT INTO people VALUES (1, 'Ada', DATE '1815-12-10'), (2, 'Alan', DATE '1912-06-23')")
    url = f"awsathena+rest://test:test@athena.us-east-1.amazonaws.com:443/{database}?s3_staging_dir=s3://{bucket}/alchemy/"
    engine = sqlalchemy.create_engine(url)
    table = sqlalchemy.Table("people", sqlalchemy.MetaData(schema=database), autoload_with=engine)
    assert [c.name for c in table.columns] == ["id", "name", "born"]
    assert table.columns["id"].comment == "who"
    with engine.connect() as connection:
        names = connection.execute(sqlalchemy.select(table.c.name).where(table.c.born > datetime.date(1900, 1, 1))).scalars().all()
        assert names == ["Alan"]
        assert sqlalchemy.inspect(engine).get_table_names(schema=database) == ["people"]
