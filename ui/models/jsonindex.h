#pragma once

#include <QByteArray>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace PatchPanel::Ui {

// Where a value of a JSON text stands, and how to get on from it. Offsets are bytes.
struct JsonNode {
    quint32 key = 0; // of the quote before its name; 0: it has none
    quint32 begin = 0;
    quint32 end = 0;
    quint32 next = 0; // index of the first node that is not beneath it
    quint32 children = 0;
};

enum class JsonType { Object, Array, String, Number, Bool, Null };

// Why a text is no JSON (RFC 8259). Line and column count from 1, the column in characters.
struct JsonProblem {
    int line = 1;
    qsizetype column = 1;
    QString message = {};

    // "line 3, column 7: …"
    QString toString() const;
};

// Where each value of a JSON text stands, in the order of the text: the root first, a container before what it holds.
// A value; the text stays as it was received.
struct JsonIndex {
    static constexpr std::size_t mostNodes = 8'000'000; // 160 MB; a text with more values has no index

    QByteArray text = {};
    std::vector<JsonNode> nodes = {}; // none: see `problem`
    std::optional<JsonProblem> problem = {};

    const JsonNode &node(quint32 index) const { return nodes[index]; }
    JsonType typeOf(quint32 index) const;
    bool isContainer(quint32 index) const { return text[node(index).begin] == '{' || text[node(index).begin] == '['; }
    QByteArrayView bytesOf(quint32 index) const;
    QString keyOf(quint32 index) const;
    // A string as it is, everything else as it stands in the text.
    QString valueOf(quint32 index) const;
    // The same of a string's first `characters`, without reading more of it.
    QString beginningOf(quint32 index, qsizetype characters) const;
};

// Reads the text once, without recursion. Pure; any thread.
JsonIndex indexJson(const QByteArray &text);

// What stands for a JSON string: `inside` are the bytes between its quotes. A broken escape at its end is left out.
QString decodedJson(QByteArrayView inside);

// Values whose name has something in it, and the containers that lead to them; in the order of the text.
struct JsonMatches {
    struct Shown {
        quint32 node = 0;
        quint32 position = 0; // in its container
        bool matches = false; // by itself: then all beneath it is shown
    };

    static constexpr int mostMatches = 10'000;

    std::vector<Shown> shown = {};
    int matches = 0;
    bool isCut = false; // there are more

    // The first one at or behind a node.
    std::vector<Shown>::const_iterator from(quint32 node) const;
};

// Pure; any thread. Letters count the same in either case.
JsonMatches findKeys(const JsonIndex &index, const QString &part);

} // namespace PatchPanel::Ui
