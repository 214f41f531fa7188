"""Every shell block of the README and the pages, typed as it stands into an empty directory's shell."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The README begins with what `.ci/run` and tests/cli do: install, start, test, tour.
SKIPPED = re.compile(r"npm (ci|start|test)|npm run tour|^export AWS_ENDPOINT_URL", re.M)


def blocks(page):
    return [b for b in re.findall(r"^```sh\n(.*?)^```$", (ROOT / page).read_text(), re.M | re.S) if not SKIPPED.search(b)]


@pytest.mark.parametrize("page", ["README.md", "docs/s3.md", "docs/glue.md", "docs/http.md", "docs/athena/service.md"])
def test_commands(endpoint, session, page):
    programs = [pathlib.Path(sys.executable).parent, ROOT / "node_modules" / ".bin", os.environ["PATH"]]
    environment = {**os.environ, "PATH": os.pathsep.join(map(str, programs))}
    glue, s3 = session.client("glue"), session.resource("s3")
    databases = lambda: {d["Name"] for d in glue.get_databases()["DatabaseList"]}
    buckets = lambda: {b.name for b in s3.buckets.all()}
    earlier = databases(), buckets()
    for block in blocks(page):
        script = block.replace("http://127.0.0.1:4566", endpoint)
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{done.stderr}\n{block}"
    # The next page begins with an empty lake again.
    for name in databases() - earlier[0]:
        glue.delete_database(Name=name)
    for name in buckets() - earlier[1]:
        s3.Bucket(name).object_versions.delete()
        s3.Bucket(name).delete()
