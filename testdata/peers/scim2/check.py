"""Lets scim2-tester check the program, as scim2-cli runs it.

    python3 -m venv DIR && DIR/bin/pip install -r requirements.txt
    DIR/bin/python check.py BINARY

The program is started afresh with groups off and on in each conformance mode, on a
free port of the loopback address and in a folder that is gone afterwards. Where the
tester is wrong, EXPECTED says why; an error that is not there fails the check, and
so does an entry that no error shows any more. Needs nothing but the standard
library and the command scim2 beside this Python.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

MODES = ("lenient", "strict", "interop")

# Where scim2-tester 0.5.2 (scim2-models 0.12.3) is wrong: the check, a part of what
# it says, the runs that show it, and the sentence that decides.
EXPECTED = [
    (
        "check_add_attribute",
        "unexpected value for 'members'",
        lambda groups, mode: groups,
        "members.display is readOnly in our schema and filled in by the server: RFC 7643 §7 (mutability readOnly), and"
        " RFC 7644 §3.5.2 answers with the entire resource; the tester wants what it sent and not a member more",
    ),
    (
        "check_replace_attribute",
        "unexpected value for 'members'",
        lambda groups, mode: groups,
        "as above",
    ),
    (
        "service_provider_config_endpoint",
        "interopProfileConformant",
        lambda groups, mode: mode == "interop",
        "draft-zollner-scim-interop-profile-01 §4 adds this member to those of RFC 7643 §5, as RFC 9865 §4 adds"
        " pagination; the tester's models do not know the draft and refuse what they do not know",
    ),
    (
        "check_add_attribute",
        'unknown attribute "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:schemas"',
        lambda groups, mode: mode == "interop",
        "the tester puts schemas into the extension's object, where RFC 7643 §3.3 has the extension's attributes; the"
        " interoperability profile (§5.3) refuses attributes that no schema defines, the other modes leave them out",
    ),
    (
        "check_replace_attribute",
        'unknown attribute "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:schemas"',
        lambda groups, mode: mode == "interop",
        "as above",
    ),
]


def start(binary, folder, groups, mode):
    """Starts the program with its data in folder; gives the process and its base URL."""
    env = dict(os.environ, SCIMDECK_GROUPS=str(groups).lower(), SCIMDECK_CONFORMANCE=mode)
    command = [binary, "serve", "--data", str(folder / "data"), "--listen", "127.0.0.1:0"]
    lines = folder / "stdout"
    with lines.open("w") as out:
        server = subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.STDOUT)
    end = time.monotonic() + 20
    while time.monotonic() < end and server.poll() is None:
        url = re.search(r"http://\S+(?=\s)", lines.read_text())  # printed once it accepts requests
        if url:
            return server, url.group()
        time.sleep(0.02)
    server.kill()
    server.wait()
    sys.exit(f"the program did not start: {lines.read_text()}")


def errors(report):
    """Gives (check, what it says) for everything that is no success, and the number of successes."""
    found, passed = [], 0
    for block in re.split(r"^(?=[A-Z]+ [a-z_]+$)", report, flags=re.MULTILINE)[1:]:
        head, _, text = block.partition("\n")
        status, check = head.split()
        if status == "SUCCESS":
            passed += 1
        else:
            found.append((check, status + " " + " ".join(text.split())))
    return found, passed


def announced(url, key, folder):
    """Writes the ServiceProviderConfig, without what the tester's models do not know, for scim2's -c.

    scim2 reads it before it checks anything and gives up over an unknown member; the check of
    the endpoint itself still reads the real one.
    """
    request = urllib.request.Request(url + "/ServiceProviderConfig", headers={"Authorization": "Bearer " + key})
    with urllib.request.urlopen(request, timeout=10) as answer:
        config = json.load(answer)
    config.pop("interopProfileConformant", None)
    file = folder / "ServiceProviderConfig.json"
    file.write_text(json.dumps(config))
    return file


def run(binary, groups, mode):
    """Runs all checks once; gives the errors that nothing explains."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [binary, "keys", "create", "scim2-tester", "--data", str(folder / "data")]
        key = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        server, url = start(binary, folder, groups, mode)
        try:
            # scim2 0.6.0 sends bodies as application/json unless told otherwise. RFC 7644 §3.8 has servers
            # take that, and lenient and strict do; the interoperability profile (§6.2) does not.
            headers = "Authorization: Bearer " + key
            if mode == "interop":
                headers += ";Content-Type: application/scim+json"
            env = dict(os.environ, SCIM_CLI_HEADERS=headers, NO_COLOR="1")
            command = [Path(sys.executable).parent / "scim2", "--url", url, "-c", announced(url, key, folder), "test"]
            tester = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
        finally:
            server.terminate()
            server.wait(timeout=20)
    found, passed = errors(tester.stdout)
    if passed < 50 or (tester.returncode == 0) != (not found):
        return [f"scim2 ended with {tester.returncode} after {passed} successes:\n{tester.stdout}{tester.stderr}"]
    wrong = []
    unseen = [e for e in EXPECTED if e[2](groups, mode)]
    for check, text in found:
        explained = next((e for e in unseen if e[0] == check and e[1] in text), None)
        if explained:
            unseen.remove(explained)
        else:
            wrong.append(f"{check}: {text}")
    wrong += [f"{check}: expected, and not seen any more: {part}" for check, part, _, _ in unseen]
    words = "on" if groups else "off"
    print(f"groups {words}, {mode}: {passed} passed, {len(found) - len(wrong)} explained, {len(wrong)} wrong", flush=True)
    return wrong


def main():
    binary = str(Path(sys.argv[1]).resolve())
    wrong = [
        f"groups={groups} {mode}: {line}" for groups in (False, True) for mode in MODES for line in run(binary, groups, mode)
    ]
    for check, part, _, why in EXPECTED:
        print(f"explained: {check}, {part}: {why}")
    if wrong:
        sys.exit("\n".join(wrong))


main()
