"""`serve --tls-cert --tls-key` and its clients: https from end to end, and what is refused."""

import json
import shutil
import socket
import ssl
import subprocess
import unittest

from support import PATCHPANEL, PATIENCE, EndToEndTest, wait_until


class TlsTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.certificate, self.key = self.make_certificate("server", "DNS:localhost,IP:127.0.0.1")

    def openssl(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], cwd=self.folder, env=self.env, check=True, capture_output=True)

    def make_certificate(self, name, names):
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                     "-subj", f"/CN={name}", "-addext", f"subjectAltName={names}", "-keyout", key, "-out", certificate)
        return certificate, key

    def expire(self):
        """Signs the certificate anew, with a time that is over; openssl-req(1) knows none before 3.4."""
        (self.folder / "index.txt").touch()
        (self.folder / "ca.cnf").write_text(
            "[ca]\ndefault_ca = d\n[d]\ndatabase = index.txt\nnew_certs_dir = .\npolicy = p\nrand_serial = yes\n"
            "default_md = sha256\nx509_extensions = x\n[p]\ncommonName = supplied\n"
            "[x]\nsubjectAltName = IP:127.0.0.1\n")
        self.openssl("req", "-new", "-key", self.key, "-subj", "/CN=server", "-out", "old.csr")
        self.openssl("ca", "-batch", "-selfsign", "-notext", "-config", "ca.cnf", "-in", "old.csr",
                     "-keyfile", self.key, "-startdate", "20200101000000Z", "-enddate", "20200102000000Z",
                     "-out", self.certificate)

    def start_serve(self, *arguments):
        child = self.start("--no-gui", "serve", "--workspace", self.workspace.path, "--registry-port", "0",
                           "--runner-port", "0", "--tls-cert", self.certificate, "--tls-key", self.key, *arguments)
        self.registry = child.wait_for(r"Registry microservice live on (https://\S+)").group(1)
        self.token = self.command("--no-gui", "token").stdout.strip()
        return child

    def serve(self, *arguments):
        child = self.start_serve(*arguments)
        child.wait_for(r"^Runner microservice live$")
        self.service = wait_until(self.passing_runner, "a passing runner in the registry")
        self.runner = f"https://{self.service['Address']}:{self.service['Port']}"
        return child

    def passing_runner(self):
        status, body = self.curl(f"{self.registry}/v1/health/service/runner?passing", "-H", self.bearer())
        return json.loads(body)[0]["Service"] if status == 200 and body != "[]" else None

    def bearer(self):
        return f"Authorization: Bearer {self.token}"

    def curl(self, url, *arguments):
        done = subprocess.run(
            ["curl", "-sS", "--max-time", str(PATIENCE), "--cacert", str(self.certificate), "-w", "\n%{http_code}",
             *arguments, url], capture_output=True, text=True, env=self.env)
        self.assertEqual(0, done.returncode, done.stderr)
        body, _, status = done.stdout.rpartition("\n")
        return int(status), body

    def connect(self, url):
        """A connection to the port, without TLS."""
        connection = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), PATIENCE)
        self.addCleanup(connection.close)
        return connection

    def assert_answers(self):
        self.assertEqual(200, self.curl(f"{self.runner}/health")[0])
        self.assertEqual(200, self.curl(f"{self.registry}/v1/catalog/services", "-H", self.bearer())[0])


class Served(TlsTest):
    def test_curl_runs_the_main_job(self):
        child = self.serve("--log-level", "debug")
        self.assertEqual("https", self.service["Meta"]["scheme"])
        status, body = self.curl(f"{self.runner}/run-patch", "-H", self.bearer(),
                                 "-H", "Content-Type: application/json", "-d", '{"file":"tasks/test.json"}')
        self.assertEqual((200, "ok"), (status, json.loads(body)["status"]), body)
        self.assertTrue(self.workspace.git("log", "-1", "--format=%s").startswith("[P3.03]"))
        # An answer that ends with its connection must be told from one that is cut short.
        run = json.loads(body)["runId"]
        status, events = self.curl(f"{self.runner}/runs/{run}/events", "-H", self.bearer())
        self.assertEqual(200, status)
        self.assertIn("event: result", events)
        self.assertEqual(401, self.curl(f"{self.runner}/runs")[0])
        self.assertNotIn(self.token, child.output)
        child.terminate()
        self.assertEqual(0, child.wait(), child.output)

    def test_run_through_a_registry_over_tls(self):
        self.serve()
        done = self.run_task("tasks/test.json", "--registry", self.registry, "--tls-ca", self.certificate, "--json")
        self.assert_exit(0, done)
        self.assertEqual("ok", json.loads(done.stdout)["status"])
        done = self.command("--no-gui", "services", "--registry", self.registry, "--tls-ca", self.certificate)
        self.assert_exit(0, done)
        self.assertRegex(done.stdout, r"runner-1-\S+ .*passing")

    def test_a_runner_elsewhere_registers_over_tls(self):
        self.serve()
        other, key = self.make_certificate("other", "IP:127.0.0.1")
        both = self.folder / "both.pem"
        both.write_text(self.certificate.read_text() + other.read_text())
        child = self.start("--no-gui", "serve", "--workspace", self.workspace.path, "--runner-port", "0",
                           "--registry", self.registry, "--tls-cert", other, "--tls-key", key, "--tls-ca", both)
        child.wait_for(r"^Runner microservice live$")
        status, body = self.curl(f"{self.registry}/v1/health/service/runner?passing", "-H", self.bearer())
        self.assertEqual((200, ["https", "https"]),
                         (status, [entry["Service"]["Meta"]["scheme"] for entry in json.loads(body)]))

    def test_who_is_not_believed(self):
        self.serve()
        stranger, _ = self.make_certificate("stranger", "IP:127.0.0.1")
        for arguments in ([], ["--tls-ca", stranger]):
            done = self.run_task("tasks/test.json", "--registry", self.registry, *arguments)
            self.assert_exit(4, done)
            self.assertRegex(done.stderr, r"certificate of 127\.0\.0\.1:\d+ is not trusted: .*self-signed")
            self.assertIn("--tls-ca FILE", done.stderr)
            done = self.command("--no-gui", "services", "--registry", self.registry, *arguments)
            self.assert_exit(4, done)
            self.assertIn("--tls-ca FILE", done.stderr)
        self.assert_answers()

    def test_own_certificate_need_not_be_for_the_address(self):
        self.certificate, self.key = self.make_certificate("server", "DNS:panel.test")
        child = self.start_serve()
        child.wait_for(r"^Runner microservice live$")
        done = self.command("--no-gui", "services", "--registry", self.registry, "--tls-ca", self.certificate)
        self.assert_exit(4, done)
        self.assertIn("panel.test", done.stderr)

    def test_every_address(self):
        child = self.start_serve("--host", "0.0.0.0")
        self.assertNotIn("0.0.0.0", self.registry)
        child.wait_for(r"^Runner microservice live$")  # it was reached by that address
        self.registry = f"https://localhost:{self.registry.rpartition(':')[2]}"
        service = wait_until(self.passing_runner, "a passing runner in the registry")
        self.assertNotIn(service["Address"], ("0.0.0.0", ""))

    def test_every_address_unencrypted(self):
        child = self.start("--no-gui", "serve", "--workspace", self.workspace.path, "--registry-port", "0",
                           "--runner-port", "0", "--host", "0.0.0.0", "--plaintext")
        registry = child.wait_for(r"Registry microservice live on (http://\S+)").group(1)
        self.assertNotIn("0.0.0.0", registry)
        child.wait_for(r"^Runner microservice live$")  # it was reached by that address
        done = self.run_task("tasks/test.json", "--registry", registry, "--plaintext")
        self.assert_exit(0, done)

    def test_every_address_under_a_name(self):
        self.serve("--host", "0.0.0.0", "--advertise", "localhost")
        self.assertRegex(self.registry, r"^https://localhost:\d+$")
        self.assertEqual("localhost", self.service["Address"])
        done = self.run_task("tasks/test.json", "--registry", self.registry, "--tls-ca", self.certificate)
        self.assert_exit(0, done)

    def test_plain_http_is_cut(self):
        self.serve()
        for url in (self.registry, self.runner):
            connection = self.connect(url)
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            answer = b""
            try:
                while chunk := connection.recv(4096):
                    answer += chunk
            except ConnectionResetError:
                pass
            self.assertNotIn(b"HTTP", answer)
        self.assert_answers()

    def test_half_done_handshakes(self):
        self.serve()
        hello = ssl.MemoryBIO()
        try:
            ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), hello, server_hostname="localhost").do_handshake()
        except ssl.SSLWantReadError:
            pass
        hello = hello.read()
        for url in (self.registry, self.runner):
            for i in range(300):
                self.connect(url).sendall(hello[: i % len(hello)] if i % 3 else hello)
        self.assert_answers()

    def test_expired_and_open_to_others_are_warnings(self):
        self.expire()
        self.key.chmod(0o644)
        child = self.start_serve()
        child.wait_for(r"^\[TLS\] .*server\.pem: the certificate expired on 20")
        child.wait_for(r"^\[TLS\] .*server\.key: other users may read .*chmod 600")
        child.wait_for(r"^Runner microservice live$")  # it believes itself


class Refused(TlsTest):
    def assert_not_served(self, code, pattern, *arguments):
        done = self.command("--no-gui", "serve", "--registry-port", "0", "--runner-port", "0", *arguments)
        self.assert_exit(code, done)
        self.assertRegex(done.stderr, pattern)

    def test_files(self):
        encrypted, text = self.folder / "encrypted.key", self.folder / "text"
        self.openssl("pkey", "-in", self.key, "-aes256", "-passout", "pass:x", "-out", encrypted)
        text.write_text("not PEM\n")
        nowhere = self.folder / "nowhere"
        other = self.make_certificate("other", "DNS:other")[1]
        for certificate, key, pattern in (
            (nowhere, self.key, r"nowhere: cannot read the certificate: No such file"),
            (self.certificate, nowhere, r"nowhere: cannot read the private key: No such file"),
            (text, self.key, r"text: there is no PEM certificate in it \(--tls-cert takes"),
            (self.certificate, text, r"text: there is no PEM private key in it \(--tls-key takes"),
            (self.certificate, other, r"other\.key: the private key is not that of the certificate \S+server\.pem"),
            (self.certificate, encrypted, r"encrypted\.key: the private key has a pass phrase.*openssl pkey"),
        ):
            with self.subTest(pattern):
                self.assert_not_served(5, pattern, "--tls-cert", certificate, "--tls-key", key)
        done = self.run_task("tasks/test.json", "--registry", "https://127.0.0.1:1", "--tls-ca", text)
        self.assert_exit(5, done)
        self.assertRegex(done.stderr, r"text: there is no PEM certificate in it \(--tls-ca takes")

    def test_only_one_of_two(self):
        self.assert_not_served(64, "--tls-cert needs --tls-key", "--tls-cert", self.certificate)
        self.assert_not_served(64, "--tls-key needs --tls-cert", "--tls-key", self.key)

    def test_qt_without_tls(self):
        """A copy of the program whose Qt finds no plug-ins."""
        bare = self.folder / "bare"
        bare.mkdir()
        program = bare / "patchpanel"
        shutil.copy(PATCHPANEL, program)
        (bare / "qt.conf").write_text("[Paths]\nPlugins = /nonexistent\n")
        for arguments in (["serve", "--tls-cert", self.certificate, "--tls-key", self.key],
                          ["services", "--registry", "https://127.0.0.1:1", "--tls-ca", self.certificate]):
            done = subprocess.run([program, "--no-gui", *arguments], env=self.env, cwd=self.workspace.path,
                                  capture_output=True, text=True, timeout=PATIENCE)
            self.assert_exit(5, done)
            self.assertIn("TLS is not available", done.stderr)

    def test_networks(self):
        self.assert_not_served(64, r"0\.0\.0\.0 is not a loopback.*--tls-cert and --tls-key.*--plaintext",
                               "--host", "0.0.0.0")
        self.assert_not_served(64, "--auth none is only possible on a loopback", "--host", "0.0.0.0", "--auth", "none",
                               "--tls-cert", self.certificate, "--tls-key", self.key)
        done = self.run_task("tasks/test.json", "--registry", "http://192.0.2.1:5040")
        self.assert_exit(64, done)
        self.assertRegex(done.stderr, "the token would cross the network unencrypted.*https://.*--plaintext")

    def test_registry_cannot_lead_the_token_astray(self):
        """A registry names a runner that is http:// on another machine."""
        child = self.start("--no-gui", "serve", "--registry-port", "0", "--runner-port", "0")
        self.registry = child.wait_for(r"Registry microservice live on (http://\S+)").group(1)
        self.token = self.command("--no-gui", "token").stdout.strip()
        child.wait_for(r"^Runner microservice live$")
        service = wait_until(self.passing_runner, "the runner to be registered")
        self.curl(f"{self.registry}/v1/agent/service/deregister/{service['ID']}", "-X", "PUT", "-H", self.bearer())
        elsewhere = {"Name": "runner", "ID": "away", "Address": "192.0.2.1", "Port": 5050,
                     "Check": {"TTL": "1h", "Status": "passing"}}
        self.assertEqual(200, self.curl(
            f"{self.registry}/v1/agent/service/register", "-X", "PUT", "-H", self.bearer(),
            "-H", "Content-Type: application/json", "-d", json.dumps(elsewhere))[0])
        done = self.run_task("tasks/test.json", "--registry", self.registry)
        self.assert_exit(4, done)
        self.assertRegex(done.stderr, r"http://192\.0\.2\.1:5050 is on another machine.*--plaintext")


class WebPages(EndToEndTest):
    """What a page in the user's browser can try, on registry and runner, over real sockets."""

    def test_neither_service_serves_them(self):
        child = self.start("--no-gui", "serve", "--workspace", self.workspace.path, "--registry-port", "0",
                           "--runner-port", "0")
        registry = child.wait_for(r"Registry microservice live on http://\S+:(\d+)").group(1)
        child.wait_for(r"^Runner microservice live$")
        token = self.command("--no-gui", "token").stdout.strip()
        status, listed = self.ask(registry, "GET", "/v1/health/service/runner", {"X-Consul-Token": token})
        self.assertEqual(200, status)
        runner = str(json.loads(listed)[0]["Service"]["Port"])
        before = self.workspace.state()
        right = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        task, service = '{"file":"tasks/test.json"}', '{"Name":"evil"}'
        for port, method, path, body in ((runner, "POST", "/run-patch", task), (runner, "GET", "/runs", None),
                                         (registry, "PUT", "/v1/agent/service/register", service),
                                         (registry, "GET", "/v1/catalog/services", None),
                                         (registry, "GET", "/services", None)):
            for expected, headers in (
                (401, {**right, "Authorization": ""}),
                (401, {**right, "Authorization": "Bearer " + "0" * len(token)}),
                (401, {**right, "Authorization": "Basic " + token}),
                (403, {**right, "Origin": "http://evil.example"}),
                (403, {**right, "Origin": "null"}),
                (403, {**right, "Origin": f"http://127.0.0.1:{port}"}),
                (403, {**right, "Host": "evil.example"}),
                (403, {**right, "Host": f"evil.example:{port}"}),
                (403, {**right, "Host": f"127.0.0.1.evil.example:{port}"}),
                (403, {**right, "Host": "127.0.0.1:1"}),
                (400, {**right, "Host": ""}),
                *([(415, {**right, "Content-Type": kind}) for kind in (
                    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b",
                    "text/plain; application/json")] if body else []),
            ):
                with self.subTest(path=path, headers={k: v for k, v in headers.items() if right.get(k) != v}):
                    status, answer = self.ask(port, method, path, headers, body)
                    self.assertEqual(expected, status, answer)
                    self.assertNotIn(token.encode(), answer)
            preflight = {"Origin": "http://evil.example", "Access-Control-Request-Method": method,
                         "Access-Control-Request-Headers": "authorization,content-type"}
            self.assertEqual(403, self.ask(port, "OPTIONS", path, preflight)[0])
        self.assertEqual(before, self.workspace.state())
        status, listed = self.ask(registry, "GET", "/v1/catalog/services", right)
        self.assertEqual((200, ["runner"]), (status, list(json.loads(listed))))

    def ask(self, port, method, path, headers, body=None):
        lines = {"Host": f"127.0.0.1:{port}", "Connection": "close", **headers}
        if body is not None:
            lines["Content-Length"] = len(body)
        with socket.create_connection(("127.0.0.1", int(port)), PATIENCE) as connection:
            head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
            connection.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n{body or ''}".encode())
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
        head, _, body = answer.partition(b"\r\n\r\n")
        self.assertNotIn(b"access-control", head.lower())
        return int(head.split(b" ")[1]), body


if __name__ == "__main__":
    unittest.main()
