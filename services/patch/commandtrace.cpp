#include "services/patch/commandtrace.h"

#include "services/patch/childenvironment.h"

#include <QFile>
#include <QJsonArray>

#include <algorithm>
#include <array>

namespace PatchPanel::Patch {

namespace {

const QString mask = QStringLiteral("***");

constexpr std::array secretParts{"TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "AUTH", "KEY"};

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
    const QMap<QByteArray, QByteArray> own = variablesOf(spec.environment);
    const QMap<QByteArray, QByteArray> runners = ownEnvironment();
    for (auto variable = own.cbegin(); variable != own.cend(); ++variable) {
        const auto before = runners.constFind(variable.key());
        if (before == runners.cend() || *before != *variable) {
            const QString name = QString::fromLocal8Bit(variable.key());
            trace.set.insert(name, looksSecret(name) ? mask : QString::fromLocal8Bit(*variable));
        }
    }
    for (auto variable = runners.cbegin(); variable != runners.cend(); ++variable) {
        if (!own.contains(variable.key())) {
            trace.dropped.append(QString::fromLocal8Bit(variable.key()));
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
