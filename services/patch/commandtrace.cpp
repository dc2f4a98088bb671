#include "services/patch/commandtrace.h"

#include <QFile>
#include <QJsonArray>

#include <algorithm>
#include <array>
#include <unistd.h>

namespace PatchPanel::Patch {

namespace {

const QString mask = QStringLiteral("***");

constexpr std::array secretParts{"TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "AUTH", "KEY"};

void insertVariable(QMap<QString, QString> &variables, const QByteArray &entry)
{
    const qsizetype equals = entry.indexOf('=');
    if (equals > 0) {
        variables.insert(QString::fromLocal8Bit(entry.first(equals)), QString::fromLocal8Bit(entry.sliced(equals + 1)));
    }
}

QMap<QString, QString> runnersEnvironment()
{
    QMap<QString, QString> variables;
    for (char **entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        insertVariable(variables, QByteArray(*entry));
    }
    return variables;
}

} // namespace

bool looksSecret(const QString &variable)
{
    return std::any_of(secretParts.begin(), secretParts.end(), [&variable](const char *part) {
        return variable.contains(QLatin1String(part), Qt::CaseInsensitive);
    });
}

CommandTrace traceOf(const ProcessSpec &spec, const QString &folder)
{
    CommandTrace trace;
    trace.folder = folder;
    trace.arguments.append(spec.program);
    for (const QByteArray &argument : spec.arguments) {
        trace.arguments.append(QFile::decodeName(argument));
    }
    QMap<QString, QString> own;
    for (const QByteArray &entry : spec.environment) {
        insertVariable(own, entry);
    }
    const QMap<QString, QString> runners = runnersEnvironment();
    for (auto variable = own.cbegin(); variable != own.cend(); ++variable) {
        const auto before = runners.constFind(variable.key());
        if (before == runners.cend() || *before != *variable) {
            trace.set.insert(variable.key(), looksSecret(variable.key()) ? mask : *variable);
        }
    }
    for (auto variable = runners.cbegin(); variable != runners.cend(); ++variable) {
        if (!own.contains(variable.key())) {
            trace.dropped.append(variable.key());
        }
    }
    return trace;
}

QJsonObject CommandTrace::toJson() const
{
    QJsonObject variables;
    for (auto variable = set.cbegin(); variable != set.cend(); ++variable) {
        variables.insert(variable.key(), *variable);
    }
    return {{QStringLiteral("argv"), QJsonArray::fromStringList(arguments)},
            {QStringLiteral("cwd"), folder},
            {QStringLiteral("environment"),
             QJsonObject{{QStringLiteral("set"), variables},
                         {QStringLiteral("dropped"), QJsonArray::fromStringList(dropped)}}}};
}

} // namespace PatchPanel::Patch
