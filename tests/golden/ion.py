"""Ion documents as Amazon's library for Python writes them, binary and text (needs `amazon.ion`)."""

import datetime
import decimal
import pathlib

import amazon.ion.simpleion as ion
from amazon.ion.core import IonType, Timestamp, TimestampPrecision

HERE = pathlib.Path(__file__).parent / "ion"
HERE.mkdir(exist_ok=True)
UTC = datetime.timezone.utc
EAST = datetime.timezone(datetime.timedelta(hours=5, minutes=30))


def at(zone):
    return Timestamp(2024, 2, 29, 23, 30, 15, 123456, zone, precision=TimestampPrecision.SECOND, fractional_precision=6)


DOCUMENTS = [
    {
        "id": 1,
        "Name": "Zoë 🌊",
        "ok": True,
        "big": 2**62 + 1,
        "ratio": 0.1,
        "price": decimal.Decimal("12.345"),
        "seen": at(UTC),
        "raw": b"\x00\xff\x10",
        "tags": ["a", None, "c"],
        "counts": {"x": 1, "y": 2},
        "place": {"city": "Oslo", "geo": {"lat": 59.9}},
    },
    {"id": 2, "name": "two", "seen": at(EAST), "tags": [], "place": None, "price": decimal.Decimal("-7")},
    {"id": 3, "ratio": float("inf"), "price": decimal.Decimal("1E+2"), "big": -(2**63)},
]
(HERE / "rows.ion").write_bytes(ion.dumps(DOCUMENTS, binary=True, sequence_as_stream=True))
(HERE / "rows.txt.ion").write_text(ion.dumps(DOCUMENTS, binary=False, sequence_as_stream=True))
