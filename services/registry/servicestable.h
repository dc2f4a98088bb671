#pragma once

#include "services/registry/node.h"
#include "services/registry/serviceinstance.h"

#include <QByteArray>
#include <QJsonArray>

namespace PatchPanel::Registry {

// One instance as a person wants to see it.
struct ServiceRow {
    QString id = {};
    QString name = {};
    QString address = {}; // host:port
    QString status = {}; // "passing", "warning", "critical", "maintenance"
    QString note = {}; // of the first check that is not well, else of the first
    std::optional<qint64> lastBeatSeconds = {}; // age of the last heartbeat; absent: it sends none
};

QList<ServiceRow> serviceRows(const QList<ServiceInstance> &instances, const Node &node, Check::Time now);

// [{"id","name","address","status","note","lastBeatSeconds"}]; null for an age that is absent.
QJsonArray servicesJson(const QList<ServiceRow> &rows);
// Columns of text under a line of titles, UTF-8.
QByteArray servicesText(const QList<ServiceRow> &rows);

} // namespace PatchPanel::Registry
