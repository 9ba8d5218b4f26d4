"""``python -m tests.benchmarks.certificates DIRECTORY``: creates a server certificate, and a bundle that trusts it.

The bundle also contains all certificates of a real bundle, because reading them is a large part of a cold start over
https.
"""

import sys
from pathlib import Path

import certifi
import trustme

authority = trustme.CA()
there = Path(sys.argv[1])
authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(there / "server.pem"))
(there / "bundle.pem").write_bytes(Path(certifi.where()).read_bytes() + authority.cert_pem.bytes())
