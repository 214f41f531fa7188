"""Writes how each part of each test came out, one JSON document a line, into the file that LENTIC_OUTCOMES names."""

import json
import os


class Outcomes:
    def __init__(self, file):
        self.file = file

    def pytest_runtest_logreport(self, report):
        outcome = "expected" if hasattr(report, "wasxfail") and report.skipped else report.outcome
        crash = getattr(report.longrepr, "reprcrash", None)
        message = crash.message if crash else str(report.longrepr or "")
        document = {"test": report.nodeid, "when": report.when, "outcome": outcome, "message": message}
        self.file.write(json.dumps(document) + "\n")
        self.file.flush()


def pytest_configure(config):
    # Of several processes, only the first hears of all tests.
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Outcomes(open(os.environ["LENTIC_OUTCOMES"], "w")))
