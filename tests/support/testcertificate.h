#pragma once

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace PatchPanel::TestSupport {

// Certificates and keys in a folder of their own, made by openssl(1).
class TestCertificate {
public:
    // One that signs itself, for localhost and 127.0.0.1.
    explicit TestCertificate(const QStringList &more = {})
    {
        run(QStringList{QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("ec"),
                        QStringLiteral("-pkeyopt"), QStringLiteral("ec_paramgen_curve:P-256"), QStringLiteral("-nodes"),
                        QStringLiteral("-subj"), QStringLiteral("/CN=panel.test"), QStringLiteral("-keyout"), key(),
                        QStringLiteral("-out"), certificate()}
            + (more.isEmpty()
                   ? QStringList{QStringLiteral("-addext"), QStringLiteral("subjectAltName=DNS:localhost,IP:127.0.0.1")}
                   : more));
    }

    QString path(const QString &name) const { return m_folder.filePath(name); }
    QString certificate() const { return path(QStringLiteral("cert.pem")); }
    QString key() const { return path(QStringLiteral("key.pem")); }

    // openssl with these arguments, in the folder; the test ends when it fails.
    void run(const QStringList &arguments) const
    {
        QProcess openssl;
        openssl.setWorkingDirectory(m_folder.path());
        openssl.start(QStringLiteral("openssl"), arguments);
        if (!openssl.waitForFinished() || openssl.exitCode() != 0) {
            qFatal("openssl %s: %s", qPrintable(arguments.join(QLatin1Char(' '))),
                   openssl.readAllStandardError().constData());
        }
    }

    // Signs the certificate anew, with a time that is over; openssl-req(1) knows none before 3.4.
    void expire() const
    {
        QFile configuration(path(QStringLiteral("ca.cnf")));
        if (!configuration.open(QIODevice::WriteOnly)) {
            qFatal("cannot write %s", qPrintable(configuration.fileName()));
        }
        configuration.write("[ca]\ndefault_ca = d\n"
                            "[d]\ndatabase = index.txt\nnew_certs_dir = .\npolicy = p\nrand_serial = yes\n"
                            "default_md = sha256\nx509_extensions = x\n"
                            "[p]\ncommonName = supplied\n"
                            "[x]\nbasicConstraints = CA:true\nsubjectAltName = IP:127.0.0.1\n");
        configuration.close();
        QFile(path(QStringLiteral("index.txt"))).open(QIODevice::WriteOnly);
        run({QStringLiteral("req"), QStringLiteral("-new"), QStringLiteral("-key"), key(), QStringLiteral("-subj"),
             QStringLiteral("/CN=panel.test"), QStringLiteral("-out"), QStringLiteral("old.csr")});
        run({QStringLiteral("ca"), QStringLiteral("-batch"), QStringLiteral("-selfsign"), QStringLiteral("-notext"),
             QStringLiteral("-config"), QStringLiteral("ca.cnf"), QStringLiteral("-in"), QStringLiteral("old.csr"),
             QStringLiteral("-keyfile"), key(), QStringLiteral("-startdate"), QStringLiteral("20200101000000Z"),
             QStringLiteral("-enddate"), QStringLiteral("20200102000000Z"), QStringLiteral("-out"), certificate()});
    }

private:
    QTemporaryDir m_folder;
};

} // namespace PatchPanel::TestSupport
