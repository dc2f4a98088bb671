#include "services/http/client.h"
#include "services/http/loopback.h"
#include "services/http/tlsidentity.h"
#include "tests/services/http/testserver.h"
#include "tests/support/httprawclient.h"
#include "tests/support/testcertificate.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslSocket>

using namespace PatchPanel;
using namespace PatchPanel::Http;
using TestSupport::RawHttpClient;
using TestSupport::rawRequest;
using TestSupport::TestCertificate;

namespace {

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    QCOMPARE(file.write(bytes), bytes.size());
}

// A server that speaks TLS and knows one path.
class SecureServer : public TestServer {
public:
    explicit SecureServer(const Limits &limits = {}, const TlsIdentity &identity = testIdentity())
        : TestServer(limits, {.tls = identity})
    {
        (*this)->route(Method::Get, QStringLiteral("/number/:n"),
                       [](const Request &request) { return Response::text(request.captures.first().toUtf8()); });
        listen();
    }

    QUrl number(int n) const { return url().resolved(QUrl(QStringLiteral("/number/%1").arg(n))); }

    bool answers()
    {
        RawHttpClient client(url());
        client.send(rawRequest(url(), "GET /number/7 HTTP/1.1", testToken));
        return client.readAnswer().body == "7";
    }
};

Reply ask(const ClientOptions &options, const QUrl &url)
{
    Client client(options);
    std::optional<Reply> reply;
    QObject context;
    client.send({.url = url}, &context, [&reply](const Reply &arrived) { reply = arrived; });
    [[maybe_unused]] const bool answered = QTest::qWaitFor([&reply] { return reply.has_value(); }, 15'000);
    return reply.value_or(Reply{});
}

} // namespace

class TestTls : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void servesHttps();
    void refusesOldVersions();
    void plainHttpIsCut();
    void halfDoneHandshakesAreCut();
    void handshakesMakeRoomForOthers();
    void drainsHandshakes();
    void tellsTheEnd();
    void takesLargeBodies();
    void ownCertificateIsBelievedByAnyName();
    void namedAuthorityIsBelieved();
    void strangersAreNotBelieved_data();
    void strangersAreNotBelieved();
    void noTlsThere();
    void tokenStaysOffPlainNetworks_data();
    void tokenStaysOffPlainNetworks();
    void identityProblems_data();
    void identityProblems();
    void identityWarnings();
    void namesOfTheCertificateAreServed();
    void authorityProblems();
    void systemAuthoritiesStay();
    void everyAddressHasAReachableUrl();
};

void TestTls::servesHttps()
{
    SecureServer server;
    QCOMPARE(server.url().scheme(), QStringLiteral("https"));
    QVERIFY(server.answers());
    QVERIFY(server.answers());
}

void TestTls::refusesOldVersions()
{
    SecureServer server;
    for (const QSsl::SslProtocol protocol : {QSsl::TlsV1_2, QSsl::TlsV1_3}) {
        QSslSocket socket;
        socket.setPeerVerifyMode(QSslSocket::VerifyNone);
        socket.setProtocol(protocol);
        socket.connectToHostEncrypted(server.url().host(), static_cast<quint16>(server.url().port()));
        QTRY_VERIFY(socket.isEncrypted());
        QCOMPARE(socket.sessionProtocol(), protocol);
    }
    QCOMPARE(testIdentity().configuration.protocol(), QSsl::TlsV1_2OrLater);
}

void TestTls::plainHttpIsCut()
{
    SecureServer server;
    QUrl plain = server.url();
    plain.setScheme(QStringLiteral("http"));
    RawHttpClient client(plain);
    client.send(rawRequest(plain, "GET /number/1 HTTP/1.1", testToken));
    QVERIFY(client.waitForClose());
    QVERIFY(!client.received().contains("HTTP/1.1"));
    QTRY_COMPARE(server->openConnections(), 0);
    QVERIFY(server.answers());
}

void TestTls::halfDoneHandshakesAreCut()
{
    Limits limits;
    limits.requestTime = std::chrono::seconds(1);
    SecureServer server(limits);
    QUrl plain = server.url();
    plain.setScheme(QStringLiteral("http"));
    RawHttpClient silent(plain);
    RawHttpClient begun(plain);
    begun.send(
        QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)); // the first of a ClientHello of 512 bytes
    QVERIFY(begun.waitForClose());
    QVERIFY(silent.waitForClose());
    QTRY_COMPARE(server->openConnections(), 0);
    QVERIFY(server.answers());
}

void TestTls::handshakesMakeRoomForOthers()
{
    Limits limits;
    limits.connections = 5;
    SecureServer server(limits);
    QUrl plain = server.url();
    plain.setScheme(QStringLiteral("http"));
    std::vector<std::unique_ptr<RawHttpClient>> halfOpen;
    for (int i = 0; i < 20; ++i) {
        halfOpen.push_back(std::make_unique<RawHttpClient>(plain));
        halfOpen.back()->send("\x16");
        QVERIFY(server->openConnections() <= limits.connections);
    }
    QVERIFY(server.answers());
}

void TestTls::drainsHandshakes()
{
    SecureServer server;
    QUrl plain = server.url();
    plain.setScheme(QStringLiteral("http"));
    RawHttpClient begun(plain);
    begun.send("\x16");
    QTRY_COMPARE(server->openConnections(), 1);
    server->stopAccepting();
    QVERIFY(begun.waitForClose());
    QTRY_COMPARE(server->openConnections(), 0);
}

// An end without close_notify looks like an attack that cuts the answer short, and is an error for OpenSSL 3.
void TestTls::tellsTheEnd()
{
    SecureServer server;
    QSslSocket socket;
    socket.setPeerVerifyMode(QSslSocket::VerifyNone);
    QList<QAbstractSocket::SocketError> errors;
    connect(&socket, &QAbstractSocket::errorOccurred, this,
            [&errors](QAbstractSocket::SocketError error) { errors.append(error); });
    socket.connectToHostEncrypted(server.url().host(), static_cast<quint16>(server.url().port()));
    QTRY_VERIFY(socket.isEncrypted());
    socket.write(rawRequest(server.url(), "GET /number/1 HTTP/1.1", testToken, "Connection: close\r\n"));
    QTRY_COMPARE(socket.state(), QAbstractSocket::UnconnectedState);
    QVERIFY(socket.readAll().endsWith("1"));
    QVERIFY(!errors.isEmpty()); // Qt tells both ends, that of TLS and that of the connection
    QCOMPARE(errors.count(QAbstractSocket::RemoteHostClosedError), errors.size());
    QTRY_COMPARE(server->openConnections(), 0);
}

void TestTls::takesLargeBodies()
{
    SecureServer server;
    server->route(Method::Post, QStringLiteral("/size"),
                  [](const Request &request) { return Response::text(QByteArray::number(request.body.size())); });
    RawHttpClient client(server.url());
    const QByteArray body = "{\"a\":\"" + QByteArray(6 * 1024 * 1024, 'x') + "\"}";
    for (int i = 0; i < 2; ++i) { // the second is sent before the first is answered
        client.send(
            rawRequest(server.url(), "POST /size HTTP/1.1", testToken, "Content-Type: application/json\r\n", body));
    }
    QCOMPARE(client.readAnswer().body, QByteArray::number(body.size()));
    QCOMPARE(client.readAnswer().body, QByteArray::number(body.size()));
}

void TestTls::ownCertificateIsBelievedByAnyName()
{
    const TestCertificate files({QStringLiteral("-addext"), QStringLiteral("subjectAltName=DNS:elsewhere.test")});
    const auto identity = loadTlsIdentity(files.certificate(), files.key());
    QVERIFY(identity);
    SecureServer server({}, *identity);
    ClientOptions options{.token = testToken};
    options.trust.own = identity->certificate();
    QCOMPARE(ask(options, server.number(3)).body, QByteArray("3"));
    options.trust.own = testIdentity().certificate(); // another one of ours does not do
    const Reply reply = ask(options, server.number(3));
    QVERIFY(reply.error);
    QCOMPARE(reply.error->code, ErrorCode::UntrustedCertificate);
}

void TestTls::namedAuthorityIsBelieved()
{
    const TestCertificate authority;
    authority.run({QStringLiteral("req"), QStringLiteral("-newkey"), QStringLiteral("rsa:2048"),
                   QStringLiteral("-nodes"), QStringLiteral("-subj"), QStringLiteral("/CN=leaf"),
                   QStringLiteral("-addext"), QStringLiteral("subjectAltName=IP:127.0.0.1"), QStringLiteral("-keyout"),
                   QStringLiteral("leaf.key"), QStringLiteral("-out"), QStringLiteral("leaf.csr")});
    authority.run({QStringLiteral("x509"), QStringLiteral("-req"), QStringLiteral("-in"), QStringLiteral("leaf.csr"),
                   QStringLiteral("-CA"), authority.certificate(), QStringLiteral("-CAkey"), authority.key(),
                   QStringLiteral("-CAcreateserial"), QStringLiteral("-copy_extensions"), QStringLiteral("copy"),
                   QStringLiteral("-out"), QStringLiteral("leaf.pem")});
    const auto identity =
        loadTlsIdentity(authority.path(QStringLiteral("leaf.pem")), authority.path(QStringLiteral("leaf.key")));
    QVERIFY2(identity, identity ? "" : qPrintable(identity.error().toString()));
    SecureServer server({}, *identity);
    const auto trust = loadTrust(authority.certificate());
    QVERIFY(trust);
    QCOMPARE(ask({.token = testToken, .trust = *trust}, server.number(4)).body, QByteArray("4"));
    QCOMPARE(ask({.token = testToken}, server.number(4)).failure().code, ErrorCode::UntrustedCertificate);
}

void TestTls::strangersAreNotBelieved_data()
{
    QTest::addColumn<QStringList>("making");
    QTest::addColumn<bool>("named"); // with --tls-ca
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("advice");
    const QString here = QStringLiteral("subjectAltName=IP:127.0.0.1");
    const QString extension = QStringLiteral("-addext");
    QTest::newRow("signs itself") << QStringList{extension, here} << false << QStringLiteral("self-signed")
                                  << QStringLiteral("--tls-ca");
    QTest::newRow("for another name") << QStringList{extension, QStringLiteral("subjectAltName=DNS:panel.test")} << true
                                      << QStringLiteral("host name") << QStringLiteral("panel.test");
    QTest::newRow("expired") << QStringList{extension, here} << true << QStringLiteral("expired")
                             << QStringLiteral("renewed");
}

void TestTls::strangersAreNotBelieved()
{
    QFETCH(QStringList, making);
    QFETCH(bool, named);
    QFETCH(QString, reason);
    QFETCH(QString, advice);
    const TestCertificate files(making);
    if (reason == QStringLiteral("expired")) {
        files.expire();
    }
    const auto identity = loadTlsIdentity(files.certificate(), files.key());
    QVERIFY(identity);
    SecureServer server({}, *identity);
    ClientOptions options{.token = testToken};
    if (named) {
        const auto trust = loadTrust(files.certificate());
        QVERIFY(trust);
        options.trust = *trust;
    }
    const Reply reply = ask(options, server.number(1));
    QVERIFY(reply.error);
    QCOMPARE(reply.error->code, ErrorCode::UntrustedCertificate);
    QVERIFY(reply.neverSent);
    QVERIFY2(reply.error->message.contains(reason, Qt::CaseInsensitive), qPrintable(reply.error->message));
    QVERIFY2(reply.error->hint.contains(advice), qPrintable(reply.error->hint));
    QVERIFY(!server.logged("/number"));
    QVERIFY(server.answers());
}

void TestTls::noTlsThere()
{
    TestServer server;
    QUrl url = server.listen();
    url.setScheme(QStringLiteral("https"));
    const Reply reply = ask({.token = testToken}, url);
    QVERIFY(reply.error);
    QCOMPARE(reply.error->code, ErrorCode::Unavailable);
    QVERIFY2(reply.error->message.contains(QStringLiteral("no TLS connection")), qPrintable(reply.error->message));
}

void TestTls::tokenStaysOffPlainNetworks_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<bool>("plaintext");
    QTest::addColumn<bool>("refused");
    QTest::newRow("another machine") << QStringLiteral("http://192.0.2.1:5040/x") << false << true;
    QTest::newRow("a name") << QStringLiteral("http://panel.invalid:5040/x") << false << true;
    QTest::newRow("every address") << QStringLiteral("http://0.0.0.0:1/x") << false << true;
    QTest::newRow("allowed") << QStringLiteral("http://0.0.0.0:1/x") << true << false;
    QTest::newRow("loopback") << QStringLiteral("http://127.0.0.1:1/x") << false << false;
    QTest::newRow("loopback of IPv6") << QStringLiteral("http://[::1]:1/x") << false << false;
    QTest::newRow("localhost") << QStringLiteral("http://LOCALHOST:1/x") << false << false;
    QTest::newRow("over TLS") << QStringLiteral("https://0.0.0.0:1/x") << false << false;
}

void TestTls::tokenStaysOffPlainNetworks()
{
    QFETCH(QString, url);
    QFETCH(bool, plaintext);
    QFETCH(bool, refused);
    const ClientOptions options{.token = testToken, .plaintext = plaintext};
    const Reply reply = ask(options, QUrl(url));
    QVERIFY(reply.error);
    QCOMPARE(reply.error->code, refused ? ErrorCode::Forbidden : ErrorCode::Unavailable);
    QCOMPARE(reply.error->hint.contains(QStringLiteral("--plaintext")), refused);
    QVERIFY(reply.neverSent);
    Client client(options);
    EventSource events(client, QUrl(url));
    std::optional<Error> error;
    connect(&events, &EventSource::refused, this, [&error](const Error &e) { error = e; });
    connect(&events, &EventSource::connectionLost, this, [&error](const Error &e) { error = e; });
    QTRY_VERIFY(error.has_value());
    QCOMPARE(error->code, reply.error->code);
}

void TestTls::identityProblems_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, const char *certificate, const char *key, const char *message) {
        QTest::newRow(name) << QString::fromLatin1(certificate) << QString::fromLatin1(key)
                            << QString::fromLatin1(message);
    };
    row("no certificate file", "nowhere.pem", "key.pem", "cannot read the certificate");
    row("no key file", "cert.pem", "nowhere.pem", "cannot read the private key");
    row("folder", ".", "key.pem", "cannot read the certificate");
    row("certificate in DER", "cert.der", "key.pem", "no PEM certificate");
    row("key for a certificate", "key.pem", "key.pem", "no PEM certificate");
    row("certificate for a key", "cert.pem", "cert.pem", "no PEM private key");
    row("empty key", "cert.pem", "empty", "no PEM private key");
    row("large file", "large", "key.pem", "larger than 1 MiB");
    row("key of another certificate", "cert.pem", "other.pem", "not that of the certificate");
    row("encrypted key", "cert.pem", "encrypted.pem", "pass phrase");
    row("encrypted key, traditional", "cert.pem", "traditional.pem", "pass phrase");
    row("kind of key", "ed.pem", "ed.key", "kind of private key");
}

void TestTls::identityProblems()
{
    QFETCH(QString, certificate);
    QFETCH(QString, key);
    QFETCH(QString, message);
    static const TestCertificate files;
    static const bool made = [] {
        const auto openssl = [](const char *line) {
            files.run(QString::fromLatin1(line).split(QLatin1Char(' ')));
        };
        openssl("x509 -in cert.pem -outform DER -out cert.der");
        openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other.pem");
        openssl("pkey -in key.pem -aes256 -passout pass:secret -out encrypted.pem");
        openssl("ec -in key.pem -aes256 -passout pass:secret -out traditional.pem");
        openssl("req -x509 -newkey ed25519 -nodes -subj /CN=e -keyout ed.key -out ed.pem");
        write(files.path(QStringLiteral("empty")), {});
        write(files.path(QStringLiteral("large")), QByteArray(1024 * 1024 + 1, 'x'));
        return true;
    }();
    QVERIFY(made);
    const auto identity = loadTlsIdentity(files.path(certificate), files.path(key));
    QVERIFY(!identity);
    QCOMPARE(identity.error().code, ErrorCode::ServiceStart);
    QVERIFY2(identity.error().message.contains(message), qPrintable(identity.error().message));
    QVERIFY(!identity.error().hint.isEmpty());
    QVERIFY(identity.error().where == files.path(certificate) || identity.error().where == files.path(key));
}

void TestTls::identityWarnings()
{
    const TestCertificate files;
    QVERIFY(QFile::setPermissions(files.key(), QFileDevice::ReadOwner | QFileDevice::WriteOwner));
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const auto well = loadTlsIdentity(files.certificate(), files.key(), now.addSecs(60));
    QVERIFY(well);
    QCOMPARE(well->warnings, QList<QString>());
    const auto later = loadTlsIdentity(files.certificate(), files.key(), now.addYears(2));
    QVERIFY(later);
    QCOMPARE(later->warnings.size(), 1);
    QVERIFY(later->warnings.first().contains(QStringLiteral("expired on")));
    const auto before = loadTlsIdentity(files.certificate(), files.key(), now.addYears(-2));
    QVERIFY(before);
    QVERIFY(before->warnings.value(0).contains(QStringLiteral("not valid before")));
    QVERIFY(QFile::setPermissions(files.key(), QFileDevice::ReadOwner | QFileDevice::ReadGroup));
    const auto open = loadTlsIdentity(files.certificate(), files.key(), now.addSecs(60));
    QVERIFY(open);
    QVERIFY(open->warnings.value(0).contains(QStringLiteral("chmod 600")));
}

void TestTls::namesOfTheCertificateAreServed()
{
    const TestCertificate files(
        {QStringLiteral("-addext"), QStringLiteral("subjectAltName=DNS:panel.test,DNS:*.wild.test,IP:127.0.0.1")});
    const auto identity = loadTlsIdentity(files.certificate(), files.key());
    QVERIFY(identity);
    SecureServer server({}, *identity);
    const auto statusFor = [&server](const QByteArray &host) {
        RawHttpClient client(server.url());
        client.send("GET /number/1 HTTP/1.1\r\nHost: " + host + ':' + QByteArray::number(server.url().port())
                    + "\r\nAuthorization: Bearer " + testToken + "\r\n\r\n");
        return client.readAnswer().status;
    };
    QCOMPARE(statusFor("panel.test"), 200);
    QCOMPARE(statusFor("a.wild.test"), 200);
    QCOMPARE(statusFor("a.b.wild.test"), 403);
    QCOMPARE(statusFor("wild.test"), 403);
    QCOMPARE(statusFor("evil.example"), 403);
}

void TestTls::authorityProblems()
{
    const TestCertificate files;
    for (const QString &path : {files.path(QStringLiteral("nowhere")), files.key()}) {
        const auto trust = loadTrust(path);
        QVERIFY(!trust);
        QCOMPARE(trust.error().code, ErrorCode::ServiceStart);
        QCOMPARE(trust.error().where, path);
        QVERIFY(!trust.error().hint.isEmpty());
    }
}

void TestTls::systemAuthoritiesStay()
{
    const TestCertificate files;
    const auto trust = loadTrust(files.certificate());
    QVERIFY(trust);
    QCOMPARE(trust->configuration.caCertificates().size(), QSslConfiguration::systemCaCertificates().size() + 1);
}

void TestTls::everyAddressHasAReachableUrl()
{
    TestServer server({}, {.host = QStringLiteral("0.0.0.0"), .tls = testIdentity()});
    server->route(
        Method::Get, QStringLiteral("/health"), [](const Request &) { return Response::text("well"); }, Access::Open);
    const QUrl url = server.listen();
    QVERIFY(!url.host().isEmpty());
    QVERIFY(url.host() != QStringLiteral("0.0.0.0"));
    ClientOptions options;
    options.trust.own = testIdentity().certificate();
    QCOMPARE(ask(options, url.resolved(QUrl(QStringLiteral("/health")))).body, QByteArray("well"));

    TestServer named({}, {.host = QStringLiteral("127.0.0.1"), .advertise = QStringLiteral("panel.test")});
    const QUrl advertised = named.listen();
    QCOMPARE(advertised.host(), QStringLiteral("panel.test"));
}

QTEST_GUILESS_MAIN(TestTls)
#include "tst_tls.moc"
