#include "services/http/access.h"

#include <QTest>

using namespace PatchPanel;
using namespace PatchPanel::Http;

namespace {

constexpr quint16 port = 5050;

ServerOptions options()
{
    ServerOptions result;
    result.token = "secret";
    result.allowedHosts = {QStringLiteral("panel.example"), QStringLiteral("tunnel.example:8080"),
                           QStringLiteral("*.wild.example")};
    result.allowedOrigins = {QStringLiteral("https://panel.example")};
    return result;
}

Request requestWith(const Headers &headers)
{
    Request request;
    request.headers = headers;
    return request;
}

QString codeOf(const Result<void> &result)
{
    return result ? QStringLiteral("ok") : QString::fromLatin1(traitsOf(result.error().code).name);
}

} // namespace

class TestAccess : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void host_data();
    void host();
    void origin_data();
    void origin();
    void token_data();
    void token();
    void hostIsJudgedBeforeTheToken();
    void nobodyHasAnEmptyToken();
    void withoutAuthNoTokenIsAsked();
    void contentType_data();
    void contentType();
};

void TestAccess::host_data()
{
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<QString>("verdict");

    const auto ok = QStringLiteral("ok");
    const auto forbidden = QStringLiteral("forbidden");
    QTest::newRow("localhost with the port") << QByteArray("localhost:5050") << ok;
    QTest::newRow("localhost without a port") << QByteArray("localhost") << ok;
    QTest::newRow("capitals") << QByteArray("LocalHost:5050") << ok;
    QTest::newRow("127.0.0.1") << QByteArray("127.0.0.1:5050") << ok;
    QTest::newRow("[::1]") << QByteArray("[::1]:5050") << ok;
    QTest::newRow("[::1] without a port") << QByteArray("[::1]") << ok;
    QTest::newRow("the address the client connected to") << QByteArray("192.0.2.7:5050") << ok;
    QTest::newRow("allowed name") << QByteArray("panel.example") << ok;
    QTest::newRow("allowed name with our port") << QByteArray("Panel.Example:5050") << ok;
    QTest::newRow("allowed name with its port") << QByteArray("tunnel.example:8080") << ok;
    QTest::newRow("one label for a wildcard") << QByteArray("a.wild.example:5050") << ok;
    QTest::newRow("two labels for a wildcard") << QByteArray("a.b.wild.example") << forbidden;
    QTest::newRow("no label for a wildcard") << QByteArray("wild.example") << forbidden;
    QTest::newRow("empty label for a wildcard") << QByteArray(".wild.example") << forbidden;
    QTest::newRow("port of the allowed name is missing") << QByteArray("tunnel.example") << forbidden;
    QTest::newRow("rebound name") << QByteArray("evil.example:5050") << forbidden;
    QTest::newRow("another port") << QByteArray("localhost:80") << forbidden;
    QTest::newRow("port is no number") << QByteArray("localhost:x") << forbidden;
    QTest::newRow("localhost as a prefix") << QByteArray("localhost.evil.example") << forbidden;
    QTest::newRow("localhost as a suffix") << QByteArray("evil-localhost") << forbidden;
    QTest::newRow("another address") << QByteArray("192.0.2.8:5050") << forbidden;
    QTest::newRow("the unspecified address") << QByteArray("0.0.0.0:5050") << forbidden;
    QTest::newRow("empty") << QByteArray("") << forbidden;
    QTest::newRow("only a port") << QByteArray(":5050") << forbidden;
    QTest::newRow("bracket left open") << QByteArray("[::1:5050") << forbidden;
}

void TestAccess::host()
{
    QFETCH(QByteArray, host);
    const AccessRules rules(options(), port);
    const auto verdict = rules.check(requestWith({{"Host", host}, {"X-Consul-Token", "secret"}}), Access::Protected,
                                     QHostAddress(QStringLiteral("192.0.2.7")));
    QTEST(codeOf(verdict), "verdict");
}

void TestAccess::origin_data()
{
    QTest::addColumn<Headers>("headers");
    QTest::addColumn<QString>("verdict");

    const auto forbidden = QStringLiteral("forbidden");
    QTest::newRow("none") << Headers{} << QStringLiteral("ok");
    QTest::newRow("allowed") << Headers{{"Origin", "https://panel.example"}} << QStringLiteral("ok");
    QTest::newRow("foreign") << Headers{{"Origin", "https://evil.example"}} << forbidden;
    QTest::newRow("other scheme") << Headers{{"Origin", "http://panel.example"}} << forbidden;
    QTest::newRow("our own address") << Headers{{"Origin", "http://localhost:5050"}} << forbidden;
    QTest::newRow("null") << Headers{{"Origin", "null"}} << forbidden;
}

void TestAccess::origin()
{
    QFETCH(Headers, headers);
    headers += Headers{{"Host", "localhost"}, {"Authorization", "Bearer secret"}};
    const auto verdict = AccessRules(options(), port).check(requestWith(headers), Access::Protected, {});
    QTEST(codeOf(verdict), "verdict");
}

void TestAccess::token_data()
{
    QTest::addColumn<Headers>("headers");
    QTest::addColumn<Access>("access");
    QTest::addColumn<QString>("verdict");

    const auto ok = QStringLiteral("ok");
    const auto unauthorized = QStringLiteral("unauthorized");
    QTest::newRow("bearer") << Headers{{"Authorization", "Bearer secret"}} << Access::Protected << ok;
    QTest::newRow("scheme in capitals") << Headers{{"authorization", "BEARER secret"}} << Access::Protected << ok;
    QTest::newRow("consul header") << Headers{{"X-Consul-Token", "secret"}} << Access::Protected << ok;
    QTest::newRow("none") << Headers{} << Access::Protected << unauthorized;
    QTest::newRow("none on an open route") << Headers{} << Access::Open << ok;
    QTest::newRow("wrong on an open route") << Headers{{"Authorization", "Bearer x"}} << Access::Open << ok;
    QTest::newRow("wrong") << Headers{{"Authorization", "Bearer secreT"}} << Access::Protected << unauthorized;
    QTest::newRow("prefix") << Headers{{"Authorization", "Bearer secre"}} << Access::Protected << unauthorized;
    QTest::newRow("longer") << Headers{{"Authorization", "Bearer secrets"}} << Access::Protected << unauthorized;
    QTest::newRow("empty") << Headers{{"Authorization", "Bearer "}} << Access::Protected << unauthorized;
    QTest::newRow("basic") << Headers{{"Authorization", "Basic secret"}} << Access::Protected << unauthorized;
    QTest::newRow("without a scheme") << Headers{{"Authorization", "secret"}} << Access::Protected << unauthorized;
}

void TestAccess::token()
{
    QFETCH(Headers, headers);
    QFETCH(Access, access);
    headers.append(Headers::value_type{"Host", "localhost"});
    QTEST(codeOf(AccessRules(options(), port).check(requestWith(headers), access, {})), "verdict");
}

void TestAccess::hostIsJudgedBeforeTheToken()
{
    const auto verdict = AccessRules(options(), port).check(requestWith({{"Host", "evil.example"}}), Access::Open, {});
    QCOMPARE(codeOf(verdict), QStringLiteral("forbidden"));
}

void TestAccess::nobodyHasAnEmptyToken()
{
    ServerOptions withoutToken = options();
    withoutToken.token.clear();
    const AccessRules rules(withoutToken, port);
    const Request request = requestWith({{"Host", "localhost"}, {"X-Consul-Token", ""}});
    QCOMPARE(codeOf(rules.check(request, Access::Protected, {})), QStringLiteral("unauthorized"));
}

void TestAccess::withoutAuthNoTokenIsAsked()
{
    ServerOptions open = options();
    open.auth = Auth::None;
    const Request request = requestWith({{"Host", "localhost"}});
    QCOMPARE(codeOf(AccessRules(open, port).check(request, Access::Protected, {})), QStringLiteral("ok"));
}

void TestAccess::contentType_data()
{
    QTest::addColumn<Method>("method");
    QTest::addColumn<Headers>("headers");
    QTest::addColumn<bool>("hasBody");
    QTest::addColumn<QString>("verdict");

    const auto ok = QStringLiteral("ok");
    const auto refused = QStringLiteral("unsupported-media-type");
    const Headers json{{"Content-Type", "application/json"}};
    const Headers form{{"Content-Type", "application/x-www-form-urlencoded"}};
    QTest::newRow("post json") << Method::Post << json << true << ok;
    QTest::newRow("with a charset") << Method::Post << Headers{{"Content-Type", "Application/JSON; charset=utf-8"}}
                                    << true << ok;
    QTest::newRow("put json") << Method::Put << json << true << ok;
    QTest::newRow("post without a type") << Method::Post << Headers{} << true << refused;
    QTest::newRow("put without a type") << Method::Put << Headers{} << true << ok;
    QTest::newRow("post form") << Method::Post << form << true << refused;
    QTest::newRow("put form") << Method::Put << form << true << refused;
    QTest::newRow("post text") << Method::Post << Headers{{"Content-Type", "text/plain"}} << true << refused;
    QTest::newRow("json as a prefix") << Method::Post << Headers{{"Content-Type", "application/jsonp"}} << true
                                      << refused;
    QTest::newRow("delete with a form") << Method::Delete << form << true << refused;
    QTest::newRow("post without a body") << Method::Post << Headers{} << false << ok;
    QTest::newRow("put without a body") << Method::Put << form << false << ok;
}

void TestAccess::contentType()
{
    QFETCH(Method, method);
    QFETCH(Headers, headers);
    QFETCH(bool, hasBody);
    Request request = requestWith(headers);
    request.method = method;
    QTEST(codeOf(AccessRules::checkContentType(request, hasBody)), "verdict");
}

QTEST_GUILESS_MAIN(TestAccess)

#include "tst_access.moc"
