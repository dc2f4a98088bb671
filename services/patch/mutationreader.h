#pragma once

#include "services/patch/readcontext.h"
#include "services/patch/taskobject.h"
#include "services/patch/taskopreader.h"

namespace PatchPanel::Patch {

// Reads one mutation's object into an Op. Lives for one mutation.
class MutationReader {
public:
    MutationReader(TaskObject &object, const TaskOpReader &ops, ReadContext &context);

    Op read();

private:
    enum class Word { Create, Update, Upsert, Replace, Insert, Diff, Move, Copy, Delete, Chmod };

    struct OpName {
        const char *name;
        Word word;
    };
    static const QList<OpName> &opNames();

    std::optional<Word> readWord();
    std::optional<Word> inferredWord();
    void readBy(Word word);
    void checkPathsOfUnknownOp();

    QString readPath(TaskObject::Keys keys);
    QString readTarget() { return readPath({"path", "file", "target_file"}); }
    void readMode();
    void readContents(const QString &missingHint);
    void readBase64(const JsonNode &node);
    void readContentsFrom(const JsonNode &node);
    void readWrite(OpKind kind);
    void readReplace();
    void readSearch();
    void readPatternFlags();
    void readInsert();
    void readPlace();
    void readAt(const JsonNode &at);
    void readOccurrence();
    void readFallback();
    void readDiff();
    void readTransfer(OpKind kind);
    void readChmod();

    TaskObject &m_object;
    const TaskOpReader &m_ops;
    ReadContext &m_context;
    Op m_op;
};

} // namespace PatchPanel::Patch
