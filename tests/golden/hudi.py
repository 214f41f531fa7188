"""Makes a `replacecommit` as Hudi writes it from table version 8 on: Avro, here by fastavro, with the fields around the one that counts."""

import pathlib

import fastavro

HERE = pathlib.Path(__file__).parent / "hudi"
NAMESPACE = "org.apache.hudi.avro.model"
STRING = {"type": "string", "avro.java.string": "String"}
STATS = {
    "type": "record",
    "name": "HoodieWriteStat",
    "fields": [
        {"name": "fileId", "type": ["null", STRING], "default": None},
        {"name": "numWrites", "type": ["null", "long"], "default": None},
    ],
}
SCHEMA = {
    "type": "record",
    "name": "HoodieReplaceCommitMetadata",
    "namespace": NAMESPACE,
    "fields": [
        {
            "name": "partitionToWriteStats",
            "type": ["null", {"type": "map", "values": {"type": "array", "items": STATS}}],
            "default": None,
        },
        {"name": "compacted", "type": ["boolean", "null"], "default": False},
        {
            "name": "partitionToReplaceFileIds",
            "type": ["null", {"type": "map", "values": {"type": "array", "items": STRING}}],
            "default": None,
        },
        {"name": "operationType", "type": ["null", STRING], "default": None},
    ],
}
RECORD = {
    "partitionToWriteStats": {"one": [{"fileId": "new-0", "numWrites": 2}], "two": []},
    "compacted": False,
    "partitionToReplaceFileIds": {"one": ["old-0", "older-0"], "two": ["gone-0"]},
    "operationType": "INSERT_OVERWRITE_TABLE",
}

HERE.mkdir(exist_ok=True)
with open(HERE / "replacecommit.avro", "wb") as file:
    fastavro.writer(file, fastavro.parse_schema(SCHEMA), [RECORD], codec="deflate", sync_marker=bytes(range(16)))
