"""Arrow's own S3 client does not read AWS_ENDPOINT_URL; here it is told."""

import os
from urllib.parse import urlsplit

from pyarrow import fs

ENDPOINT = urlsplit(os.environ["AWS_ENDPOINT_URL"])


class S3FileSystem(fs.S3FileSystem):
    def __init__(self, **options):
        super().__init__(**{"endpoint_override": ENDPOINT.netloc, "scheme": ENDPOINT.scheme, **options})


fs.S3FileSystem = S3FileSystem
