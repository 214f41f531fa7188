"""A Spark session that reads statements, one line of JSON each, and answers with their rows. Its settings are the argument."""

import json
import sys

from pyspark.sql import SparkSession

builder = SparkSession.builder.enableHiveSupport()
for name, value in json.loads(sys.argv[1]).items():
    builder = builder.config(name, value)
session = builder.getOrCreate()
session.sparkContext.setLogLevel("ERROR")


def answer(sql):
    try:
        return {"rows": [[None if value is None else str(value) for value in row] for row in session.sql(sql).collect()]}
    except Exception as error:
        return {"error": str(error)}


print(json.dumps({"rows": []}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
session.stop()
