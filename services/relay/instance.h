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

    // Which history it records its runs and their keys in, maybe together with others; its id where it does not say.
    QString history() const { return meta.value(QStringLiteral("history"), id); }
    // It finishes what it has and takes nothing new.
    bool isDraining() const { return note == QStringLiteral("draining"); }
};

// Where a request was sent to: nobody else can say what came of it. A value.
struct Place {
    QString runner = {}; // id of the instance
    QString history = {}; // of that; empty: it was sent nowhere

    bool isEmpty() const { return history.isEmpty(); }
};

} // namespace PatchPanel::Relay

Q_DECLARE_METATYPE(PatchPanel::Relay::Instance)
