"""``python -m tests.benchmarks.certificates DIRECTORY``: a certificate for a server, and a bundle that vouches for it.

The bundle has all that a real one has, as reading it is a good part of a cold start over https.
"""

import sys
from pathlib import Path

import certifi
import trustme

authority = trustme.CA()
there = Path(sys.argv[1])
authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(there / "server.pem"))
(there / "bundle.pem").write_bytes(Path(certifi.where()).read_bytes() + authority.cert_pem.bytes())
