#pragma once

#include "services/common/result.h"
#include "services/common/utf8.h"

#include <QByteArray>
#include <QJsonValue>
#include <QList>
#include <QString>

#include <vector>

namespace PatchPanel::Patch {

struct JsonMember;

// A JSON value that remembers where it stood. Strings are kept as UTF-8 bytes, exactly as the file means them.
struct JsonNode {
    enum class Kind { Null, Bool, Number, String, Array, Object };

    Kind kind = Kind::Null;
    bool boolean = false;
    double number = 0;
    QByteArray text = {}; // String; of a Number: as written
    std::vector<JsonNode> items = {};
    std::vector<JsonMember> members; // in the file's order
    qsizetype offset = 0; // of the first byte

    bool isObject() const { return kind == Kind::Object; }
    bool isArray() const { return kind == Kind::Array; }
    bool isString() const { return kind == Kind::String; }
    bool isBool() const { return kind == Kind::Bool; }
    bool isNull() const { return kind == Kind::Null; }

    // Null when this is no object or has no such member.
    const JsonNode *find(QByteArrayView key) const;
    QString string() const { return textFromUtf8(text); }
    // "a number", "an object": what a message calls it.
    QString kindName() const;
    QJsonValue toJsonValue() const;
};

struct JsonMember {
    QByteArray key;
    qsizetype keyOffset = 0;
    JsonNode value;
};

struct TextPosition {
    int line = 1;
    int column = 1; // in bytes, from 1
};

TextPosition positionAt(QByteArrayView text, qsizetype offset);

struct DuplicateKey {
    QString pointer; // of the object's member
    qsizetype offset = 0; // of the second key
};

// Reads one JSON text strictly by RFC 8259: no comments, no trailing commas, no NaN, valid UTF-8, at most 64 levels.
// A UTF-8 byte order mark is skipped. InvalidTask with line:column in `where` and details "line", "column", "offset",
// "problem" (the name of a ProblemCode). `duplicates` receives the keys that stand twice, also when the text is not
// read to its end; the first value of each is the one that counts.
// QJsonDocument keeps the last of duplicate keys silently and forgets positions, hence a reader of its own.
Result<JsonNode> readJson(QByteArrayView bytes, QList<DuplicateKey> &duplicates);

// `pointer` extended by one reference token (RFC 6901).
QString pointerTo(const QString &pointer, QByteArrayView key);
QString pointerTo(const QString &pointer, qsizetype index);

} // namespace PatchPanel::Patch
