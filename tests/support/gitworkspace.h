#pragma once

#include "tests/support/tempworkspace.h"

#include <QProcess>
#include <QProcessEnvironment>

namespace PatchPanel::Test {

// A temporary workspace that is a git repository on branch main, apart from the configuration of whoever runs the test.
class GitWorkspace : public TempWorkspace {
public:
    GitWorkspace()
    {
        qputenv("HOME", m_home.path().toUtf8());
        qunsetenv("XDG_CONFIG_HOME");
        git({QStringLiteral("init"), QStringLiteral("-q"), QStringLiteral("-b"), QStringLiteral("main")});
        configure(QStringLiteral("user.name"), QStringLiteral("Test Person"));
        configure(QStringLiteral("user.email"), QStringLiteral("person@example.org"));
    }

    void configure(const QString &key, const QString &value) { git({QStringLiteral("config"), key, value}); }

    // Its output without the last line break; m_failed tells whether it failed.
    QByteArray git(const QStringList &arguments)
    {
        QProcess process;
        process.setWorkingDirectory(path());
        process.start(QStringLiteral("git"), arguments);
        process.waitForFinished();
        m_failed = process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0;
        return process.readAllStandardOutput().trimmed();
    }
    bool gitFailed() const { return m_failed; }

    void commitAll(const QString &message = QStringLiteral("start"))
    {
        git({QStringLiteral("add"), QStringLiteral("-A")});
        git({QStringLiteral("commit"), QStringLiteral("-q"), QStringLiteral("-m"), message});
    }

private:
    QTemporaryDir m_home;
    bool m_failed = false;
};

} // namespace PatchPanel::Test
