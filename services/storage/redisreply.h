#pragma once

#include <QByteArray>
#include <QList>

namespace PatchPanel::Storage {

// What a Redis command answered. Errors of the server are an Error instead.
struct RedisReply {
    enum class Kind { Nil, Text, Integer, Array };
    Kind kind = Kind::Nil;
    QByteArray text = {}; // bulk and status replies
    qint64 integer = 0;
    QList<RedisReply> elements = {};
};

} // namespace PatchPanel::Storage
