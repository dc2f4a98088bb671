#pragma once

#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

namespace PatchPanel::Test {

// `patchpanel --no-gui serve` as a process of its own, with a private user's folders. The program is what the variable
// PATCHPANEL names.
class ServeProcess {
public:
    ServeProcess(const QTemporaryDir &home, const QStringList &arguments)
    {
        m_process.setProcessEnvironment(environment(home));
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.start(program(),
                        QStringList{QStringLiteral("--no-gui"), QStringLiteral("serve"),
                                    QStringLiteral("--runner-port"), QStringLiteral("0")}
                            + arguments);
    }
    ~ServeProcess() { kill(); }

    static QString program() { return qEnvironmentVariable("PATCHPANEL"); }
    static QProcessEnvironment environment(const QTemporaryDir &home)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"}) {
            environment.insert(QLatin1String(name), home.path());
        }
        return environment;
    }

    // The first group of what it prints, once it does; null when it does not.
    QString waitFor(const QString &pattern)
    {
        constexpr int patience = 60'000; // ms
        const QRegularExpression expression(pattern, QRegularExpression::MultilineOption);
        const auto look = [&] {
            m_output += QString::fromUtf8(m_process.readAll());
            return expression.match(m_output).hasMatch();
        };
        return QTest::qWaitFor(look, patience) ? expression.match(m_output).captured(1) : QString();
    }
    void kill()
    {
        if (m_process.state() != QProcess::NotRunning) {
            send(SIGKILL);
            m_process.waitForFinished();
        }
    }
    void pause() { send(SIGSTOP); }
    void resume() { send(SIGCONT); }
    QString output()
    {
        m_output += QString::fromUtf8(m_process.readAll());
        return m_output;
    }

private:
    void send(int signal) { ::kill(static_cast<pid_t>(m_process.processId()), signal); }

    QProcess m_process;
    QString m_output;
};

} // namespace PatchPanel::Test
