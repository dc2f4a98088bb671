#pragma once

#include <QList>
#include <QMap>
#include <QMetaType>
#include <QString>
#include <QUrl>

namespace PatchPanel::Relay {

// One passing instance of a service, as the registry told it.
struct Instance {
    QString id = {}; // unique in the registry
    QString name = {}; // what a person calls it: Meta["name"], else the id
    QUrl url = {};
    QList<QString> tags = {};
    QMap<QString, QString> meta = {};
    QString note = {}; // of its last heartbeat
    int weight = 1; // its share of the runs, > 0
    int slotCount = 0; // runs it does at once; 0: not known

    // It finishes what it has and takes nothing new.
    bool isDraining() const { return note == QStringLiteral("draining"); }
};

} // namespace PatchPanel::Relay

Q_DECLARE_METATYPE(PatchPanel::Relay::Instance)
