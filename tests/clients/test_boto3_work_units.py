"""Work units of Lake Formation by boto3, their rows by pyarrow: what a session sees of a filtered table."""

import json
import time
import uuid

import boto3
import pyarrow as pa
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT = "000000000000"
# The model puts `query-` and `data-` before the host, which only AWS's names have.
HERE = Config(inject_host_prefix=False)


@pytest.fixture
def root(session):
    return boto3.client("lakeformation", config=HERE)


@pytest.fixture
def reader(session, database):
    """Lake Formation for somebody in a session of a role, which may do everything as far as IAM goes."""
    iam, role = boto3.client("iam"), f"reader_{uuid.uuid4().hex[:8]}"
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = lambda one: json.dumps({"Version": "2012-10-17", "Statement": [one]})
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=document(everything))
    user = f"caller_{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=user)
    iam.put_user_policy(UserName=user, PolicyName="all", PolicyDocument=document(everything))
    key = iam.create_access_key(UserName=user)["AccessKey"]
    sts = boto3.client("sts", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    keys = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    client = boto3.client(
        "lakeformation",
        config=HERE,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    client.role = arn
    return client


def planned(client, database, sql, state="FINISHED"):
    query = client.start_query_planning(QueryPlanningContext={"DatabaseName": database}, QueryString=sql)["QueryId"]
    for _ in range(1000):
        told = client.get_query_state(QueryId=query)
        if told["State"] != "PENDING":
            break
        time.sleep(0.02)
    assert told["State"] == state, told
    return query


def units(client, query):
    for found in client.get_work_units(QueryId=query)["WorkUnitRanges"]:
        for unit in range(found["WorkUnitIdMin"], found["WorkUnitIdMax"] + 1):
            yield {"QueryId": query, "WorkUnitId": unit, "WorkUnitToken": found["WorkUnitToken"]}


def rows(client, database, sql):
    tables = []
    for unit in units(client, planned(client, database, sql)):
        with pa.ipc.open_stream(client.get_work_unit_results(**unit)["ResultStream"].read()) as stream:
            tables.append(stream.read_all())
    return pa.concat_tables(tables)


TYPES = """CREATE TABLE kinds WITH (format = 'PARQUET', external_location = 's3://{bucket}/kinds/') AS SELECT
  true AS b, CAST(7 AS tinyint) AS t, CAST(8 AS smallint) AS s, 9 AS i, BIGINT '10' AS l, REAL '0.5' AS f, 0.25e0 AS d,
  CAST('12.50' AS decimal(10, 2)) AS n, CAST('-1234567890123456789012.5' AS decimal(38, 1)) AS w, 'text' AS v,
  CAST(NULL AS varchar) AS nothing, X'0102' AS x, DATE '2024-02-29' AS day, TIMESTAMP '2024-02-29 12:34:56.789' AS moment,
  ARRAY[1, NULL, 3] AS a, MAP(ARRAY['k'], ARRAY[2]) AS m, CAST(ROW(1, 'y') AS ROW(p integer, q varchar)) AS r"""


def test_every_type_is_told_in_arrow(root, athena, database, bucket):
    athena(TYPES.format(bucket=bucket))
    (row,) = rows(root, database, "SELECT * FROM kinds").to_pylist()
    moment = row.pop("moment")
    assert str(moment) == "2024-02-29 12:34:56.789000"
    assert {name: str(value) for name, value in row.items() if name in ("n", "w", "day")} == {
        "n": "12.50",
        "w": "-1234567890123456789012.5",
        "day": "2024-02-29",
    }
    assert {name: value for name, value in row.items() if name not in ("n", "w", "day")} == {
        "b": True, "t": 7, "s": 8, "i": 9, "l": 10, "f": 0.5, "d": 0.25, "v": "text", "nothing": None, "x": b"\x01\x02",
        "a": [1, None, 3], "m": [("k", 2)], "r": {"p": 1, "q": "y"},
    }  # fmt: skip
    none = rows(root, database, "SELECT i, v FROM kinds WHERE i > 100")
    assert none.num_rows == 0 and none.column_names == ["i", "v"]


def altered(token):
    """The last letter may hold bits that are none of the token's."""
    return ("A" if token[0] != "A" else "B") + token[1:]


def test_rows_are_those_that_their_reader_sees(root, reader, athena, database, bucket):
    athena(
        f"""CREATE TABLE orders WITH (format = 'PARQUET', external_location = 's3://{bucket}/orders/') AS
        SELECT i AS id, IF(i % 4 = 0, 'EU', 'US') AS region, IF(i % 4 = 0, 'seen', 'SECRET') AS note,
          'SECRET' AS email FROM UNNEST(sequence(1, 10000)) AS t (i)"""
    )
    table = {"DatabaseName": database, "Name": "orders"}
    everyone = {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}
    root.revoke_permissions(Principal=everyone, Resource={"Table": table}, Permissions=["ALL"])
    planned(reader, database, "SELECT * FROM orders", "ERROR")
    key = {"TableCatalogId": ACCOUNT, "DatabaseName": database, "TableName": "orders", "Name": "eu"}
    filtered = {**key, "RowFilter": {"FilterExpression": "region = 'EU'"}, "ColumnNames": ["id", "region", "note"]}
    root.create_data_cells_filter(TableData=filtered)
    role = {"DataLakePrincipalIdentifier": reader.role}
    root.grant_permissions(Principal=role, Resource={"DataCellsFilter": key}, Permissions=["SELECT"])

    seen = rows(reader, database, "SELECT * FROM orders WHERE id <= 40")
    assert seen.column_names == ["id", "region", "note"]
    assert sorted(seen["id"].to_pylist()) == [4, 8, 12, 16, 20, 24, 28, 32, 36, 40]
    assert set(seen["note"].to_pylist()) == {"seen"}
    assert rows(reader, database, "SELECT count(*) AS n FROM orders")["n"].to_pylist() == [2500]
    assert rows(root, database, "SELECT * FROM orders").num_rows == 10000
    planned(reader, database, "SELECT email FROM orders", "ERROR")

    query = planned(reader, database, "SELECT id, id FROM orders")
    (unit,) = units(reader, query)
    told = reader.get_query_statistics(QueryId=query)
    assert told["PlanningStatistics"]["WorkUnitsGeneratedCount"] == 1
    for wrong in ({"WorkUnitId": 1}, {"WorkUnitToken": "x"}, {"WorkUnitToken": altered(unit["WorkUnitToken"])}):
        with pytest.raises(ClientError, match="AccessDeniedException"):
            reader.get_work_unit_results(**{**unit, **wrong})
    other = planned(reader, database, "SELECT id FROM orders")
    with pytest.raises(ClientError, match="AccessDeniedException"):
        reader.get_work_unit_results(**{**unit, "QueryId": other})
    for ask in (lambda: root.get_work_unit_results(**unit), lambda: root.get_query_state(QueryId=query)):
        with pytest.raises(ClientError, match="InvalidInputException.*not found"):
            ask()
    assert reader.get_work_unit_results(**unit)["ResultStream"].read()

    # What else is granted and revoked meanwhile changes nothing; what the plan was made under does.
    other = {"DataLakePrincipalIdentifier": f"arn:aws:iam::{ACCOUNT}:role/other"}
    root.grant_permissions(Principal=other, Resource={"Table": table}, Permissions=["DESCRIBE"])
    assert reader.get_work_unit_results(**unit)["ResultStream"].read()
    root.revoke_permissions(Principal=role, Resource={"DataCellsFilter": key}, Permissions=["SELECT"])
    with pytest.raises(ClientError, match="ExpiredException"):
        reader.get_work_unit_results(**unit)


def test_a_table_of_several_files_comes_in_units(root, athena, database, bucket):
    location = f"s3://{bucket}/many/"
    athena(f"CREATE TABLE many WITH (format = 'PARQUET', external_location = '{location}') AS SELECT 1 AS n, 'a' AS word")
    for n in range(2, 5):
        athena(f"INSERT INTO many SELECT {n}, 'b'")
    assert sorted(rows(root, database, "SELECT n * 10 AS n FROM many WHERE n > 1")["n"].to_pylist()) == [20, 30, 40]
    # A failure is one of the unit, in the words of the query.
    (unit,) = units(root, planned(root, database, "SELECT CAST(word AS integer) AS n FROM many"))
    with pytest.raises(ClientError, match="InvalidInputException.*INVALID_CAST_ARGUMENT"):
        root.get_work_unit_results(**unit)


def test_what_is_no_query_is_refused(root, database):
    for sql in ("SELECT", "DROP TABLE x", "SELECT 1; SELECT 2"):
        with pytest.raises(root.exceptions.InvalidInputException):
            root.start_query_planning(QueryPlanningContext={"DatabaseName": database}, QueryString=sql)
    governed = {"DatabaseName": database, "TransactionId": "1"}
    with pytest.raises(root.exceptions.InvalidInputException, match="TransactionId"):
        root.start_query_planning(QueryPlanningContext=governed, QueryString="SELECT 1 AS one")
    with pytest.raises(root.exceptions.InvalidInputException):
        root.get_query_state(QueryId=str(uuid.uuid4()))
