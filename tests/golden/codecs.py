"""Text files as others compress them (needs `lz4` and `cramjam`): bzip2 by Python, the frames of LZ4 and Snappy by their own libraries, Hadoop's framing around blocks of theirs."""

import bz2
import gzip
import pathlib
import struct
import zlib

import cramjam
import lz4.block
import lz4.frame

HERE = pathlib.Path(__file__).parent / "codecs"
HERE.mkdir(exist_ok=True)
TEXT = b"".join(b"%d,name %d,%d\n" % (i, i * i % 97, i * 7919 % 10007) for i in range(5000))


def hadoop(compress, block=40_000, piece=15_000):
    """A size, then pieces that make it up, each behind its compressed size."""
    out = b""
    for at in range(0, len(TEXT), block):
        data = TEXT[at : at + block]
        out += struct.pack(">I", len(data))
        for start in range(0, len(data), piece):
            packed = compress(data[start : start + piece])
            out += struct.pack(">I", len(packed)) + packed
    return out


FILES = {
    "python.bz2": bz2.compress(TEXT[:50000], 1) + bz2.compress(TEXT[50000:], 9),
    "zlib.deflate": zlib.compress(TEXT),
    "framed.snappy": bytes(cramjam.snappy.compress(TEXT)),
    "hadoop.snappy": hadoop(lambda data: bytes(cramjam.snappy.compress_raw(data))),
    "framed.lz4": lz4.frame.compress(TEXT, block_linked=True, block_size=lz4.frame.BLOCKSIZE_MAX64KB, content_checksum=True),
    "independent.lz4": lz4.frame.compress(TEXT, block_linked=False, block_checksum=True, store_size=False),
    "hadoop.lz4": hadoop(lambda data: lz4.block.compress(data, store_size=False)),
}
for name, data in FILES.items():
    (HERE / name).write_bytes(data)
bomb = gzip.compress(bz2.compress(b"x\n" * 2**22), mtime=0)
(HERE / "bomb.bz2.gz").write_bytes(bomb)
(HERE / "sha256").write_text(__import__("hashlib").sha256(TEXT).hexdigest())
