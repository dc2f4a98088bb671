#include "services/registry/servicestable.h"

#include <QJsonObject>
#include <QStringList>

#include <algorithm>
#include <array>

namespace PatchPanel::Registry {

namespace {

constexpr std::size_t columnCount = 6;
using Cells = std::array<QString, columnCount>;

QString noteOf(const ServiceInstance &instance)
{
    const auto isUnwell = [](const Check &check) {
        return check.status != CheckStatus::Passing;
    };
    auto found = std::find_if(instance.checks.begin(), instance.checks.end(), isUnwell);
    if (found == instance.checks.end()) {
        found = instance.checks.begin();
    }
    if (found == instance.checks.end()) {
        return {};
    }
    return found->output.isEmpty() ? found->definition.notes : found->output;
}

ServiceRow rowOf(const ServiceInstance &instance, const Node &node, Check::Time now)
{
    const ServiceDefinition &service = instance.definition;
    const QString host = service.address.isEmpty() ? node.address : service.address;
    ServiceRow row{
        .id = service.id,
        .name = service.name,
        .address = QStringLiteral("%1:%2").arg(host).arg(service.port),
        .status = instance.isInMaintenance() ? QStringLiteral("maintenance") : toString(instance.status()),
        .note = noteOf(instance),
    };
    if (const std::optional<Check::Time> beat = instance.lastBeat()) {
        row.lastBeatSeconds = std::chrono::duration_cast<std::chrono::seconds>(now - *beat).count();
    }
    return row;
}

Cells cellsOf(const ServiceRow &row)
{
    const QString age =
        row.lastBeatSeconds ? QStringLiteral("%1 s ago").arg(*row.lastBeatSeconds) : QStringLiteral("-");
    QString note = row.note.simplified();
    return {row.name, row.id, row.address, row.status, age, std::move(note)};
}

} // namespace

QList<ServiceRow> serviceRows(const QList<ServiceInstance> &instances, const Node &node, Check::Time now)
{
    QList<ServiceRow> rows;
    for (const ServiceInstance &instance : instances) {
        rows.append(rowOf(instance, node, now));
    }
    return rows;
}

QJsonArray servicesJson(const QList<ServiceRow> &rows)
{
    QJsonArray list;
    for (const ServiceRow &row : rows) {
        list.append(QJsonObject{
            {QStringLiteral("id"), row.id},
            {QStringLiteral("name"), row.name},
            {QStringLiteral("address"), row.address},
            {QStringLiteral("status"), row.status},
            {QStringLiteral("note"), row.note},
            {QStringLiteral("lastBeatSeconds"), row.lastBeatSeconds ? QJsonValue(*row.lastBeatSeconds) : QJsonValue()},
        });
    }
    return list;
}

QByteArray servicesText(const QList<ServiceRow> &rows)
{
    QList<Cells> lines{{QStringLiteral("NAME"), QStringLiteral("ID"), QStringLiteral("ADDRESS"),
                        QStringLiteral("STATUS"), QStringLiteral("LAST BEAT"), QStringLiteral("NOTE")}};
    std::transform(rows.begin(), rows.end(), std::back_inserter(lines), cellsOf);
    std::array<qsizetype, columnCount> widths{};
    for (const Cells &cells : std::as_const(lines)) {
        for (std::size_t i = 0; i < columnCount; ++i) {
            widths[i] = std::max(widths[i], cells[i].size());
        }
    }
    QString text;
    for (const Cells &cells : std::as_const(lines)) {
        QString line;
        for (std::size_t i = 0; i < columnCount; ++i) {
            line += cells[i].leftJustified(widths[i] + 2);
        }
        while (line.endsWith(u' ')) {
            line.chop(1);
        }
        text += line + u'\n';
    }
    return text.toUtf8();
}

} // namespace PatchPanel::Registry
