#pragma once

#include "services/http/clientoptions.h"
#include "services/http/server.h"
#include "tests/support/testcertificate.h"

#include <QJsonObject>
#include <QTest>

#include <algorithm>

namespace PatchPanel::Http {

inline const QByteArray testToken = "0123456789abcdef";

// The tests of this folder run once over plain HTTP and, with PATCHPANEL_TEST_TLS, once over TLS.
inline bool overTls()
{
    return qEnvironmentVariableIsSet("PATCHPANEL_TEST_TLS");
}

inline const TlsIdentity &testIdentity()
{
    static const TestSupport::TestCertificate files;
    static const Result<TlsIdentity> identity = loadTlsIdentity(files.certificate(), files.key());
    if (!identity) {
        qFatal("%s", qPrintable(identity.error().toString()));
    }
    return *identity;
}

// Of a client that a TestServer lets in and that believes it.
inline ClientOptions testClient()
{
    ClientOptions options{.token = testToken};
    if (overTls()) {
        options.trust.own = testIdentity().certificate();
    }
    return options;
}

// A server on a free port, on the test's thread, with a log that can be read.
class TestServer {
public:
    explicit TestServer(const Limits &limits = {}, ServerOptions options = {})
        : m_server(withDefaults(std::move(options), limits), Log::Writer(m_log, "test"))
    {
    }

    Server *operator->() { return &m_server; }

    // Empty when it could not listen.
    QUrl listen()
    {
        const Result<QUrl> listening = m_server.listen();
        m_url = listening ? *listening : QUrl();
        return m_url;
    }

    const QUrl &url() const { return m_url; }

    QList<QByteArray> logLines() const
    {
        QList<QByteArray> lines;
        for (qsizetype i = 0; i < m_log.size(); ++i) {
            lines.append(m_log.at(i).toText());
        }
        return lines;
    }

    bool logged(QByteArrayView part) const
    {
        const QList<QByteArray> lines = logLines();
        return std::any_of(lines.begin(), lines.end(), [part](const QByteArray &line) { return line.contains(part); });
    }

private:
    static ServerOptions withDefaults(ServerOptions options, const Limits &limits)
    {
        options.service = QStringLiteral("test");
        options.token = testToken;
        options.limits = limits;
        if (overTls()) {
            options.tls = testIdentity();
            // A handshake takes its time on a slow machine, and counts.
            constexpr std::chrono::milliseconds least = std::chrono::seconds(1);
            options.limits.requestTime = std::max(limits.requestTime, least);
            options.limits.idleTime = std::max(limits.idleTime, least);
        }
        return options;
    }

    Log::Store m_log;
    Server m_server;
    QUrl m_url;
};

} // namespace PatchPanel::Http
