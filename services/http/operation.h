#pragma once

#include "services/http/server.h"

#include <QList>
#include <QString>

namespace PatchPanel::Http {

// One route of a service as its OpenAPI document tells it. A value.
struct Operation {
    struct Parameter {
        enum class Place { Query, Header };
        Place place = Place::Query;
        QString name = {};
        QString type = {}; // "string", "integer"
        QString description = {};
    };
    struct Answer {
        int status = 200;
        QString description = {};
        QString mediaType = {}; // empty: no body
        QString schema = {}; // its name under components/schemas; empty: text
    };

    Method method = Method::Get;
    QString pattern = {}; // as for Server::route; its ":name" parts become path parameters
    QString id = {}; // unique
    QString summary = {};
    QString requestSchema = {}; // name of the schema of its JSON body; empty: it takes none
    QList<Parameter> parameters = {};
    QList<Answer> answers = {}; // problems need no row: every route may answer with one
    Access access = Access::Protected;
};

} // namespace PatchPanel::Http
