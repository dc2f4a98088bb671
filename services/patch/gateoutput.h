#pragma once

#include "services/log/logwriter.h"
#include "services/patch/childprocess.h"
#include "services/patch/secretmask.h"

#include <QFile>

#include <array>

namespace PatchPanel::Patch {

// Where the output of one command goes: line by line to the log (standard output as info, errors as warnings), as a
// whole to a file, and its end into memory for the report. However much comes, it stays bounded: the log, which keeps
// older lines in a file of its own, takes so many lines and bytes of a command and then says where the rest is. Lives
// on the worker thread, for one command.
class GateOutput {
public:
    static constexpr qsizetype tailLimit = 64 * 1024;
    static constexpr qsizetype lineLimit = 16 * 1024; // a longer line goes to the log in parts

    // What the log takes of a command.
    struct Limits {
        qsizetype lines = 10'000'000;
        qsizetype bytes = qsizetype{1024} * 1024 * 1024;
    };

    // `file`: where the whole output goes; an empty name keeps none. `mask` hides in all three what it knows.
    GateOutput(const Log::Writer &log, const char *tag, Phase phase, const QString &file, const SecretMask &mask = {},
               const Limits &limits = defaultLimits());
    ~GateOutput();

    void take(OutputStream stream, QByteArrayView bytes);
    // Lines that had no line break yet.
    void finish();

    QByteArray tail() const;
    bool isTruncated() const { return m_total > tailLimit; }
    // All of it is in the file, so far.
    bool isKept() const { return m_kept; }
    bool hasErrors() const { return m_hasErrors; } // anything on the error stream

private:
    static const Limits &defaultLimits();
    void put(OutputStream stream, QByteArrayView bytes);
    void keep(QByteArrayView bytes);
    void splitLines(OutputStream stream, QByteArrayView bytes);
    void logLine(OutputStream stream, QByteArrayView line);

    Log::Writer m_log;
    const char *m_tag;
    Phase m_phase;
    QFile m_file;
    std::array<SecretMask, 2> m_masks; // of each stream
    QByteArray m_tail;
    qint64 m_total = 0;
    std::array<QByteArray, 2> m_partial; // of each stream: a line whose end has not come
    Limits m_limits;
    qsizetype m_logged = 0;
    qsizetype m_loggedBytes = 0;
    qsizetype m_suppressed = 0;
    bool m_kept = false;
    bool m_hasErrors = false;
};

} // namespace PatchPanel::Patch
