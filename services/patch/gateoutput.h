#pragma once

#include "services/log/logwriter.h"
#include "services/patch/childprocess.h"
#include "services/patch/secretmask.h"

#include <QFile>

#include <array>

namespace PatchPanel::Patch {

// Where the output of one command goes: line by line to the log (standard output as info, errors as warnings), as a
// whole to a file, and its end into memory for the report. However much comes, memory stays bounded: the log takes
// `logLimit` lines and `logBytesLimit` bytes of a command, then says where the rest is. Lives on the worker thread, for
// one command.
class GateOutput {
public:
    static constexpr qsizetype tailLimit = 64 * 1024;
    static constexpr qsizetype lineLimit = 16 * 1024; // a longer line goes to the log in parts
    static constexpr qsizetype logLimit = 100'000;
    static constexpr qsizetype logBytesLimit = 16 * 1024 * 1024;

    // `file`: where the whole output goes; an empty name keeps none. `mask` hides in all three what it knows.
    GateOutput(const Log::Writer &log, const char *tag, Phase phase, const QString &file, const SecretMask &mask = {});
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
    qsizetype m_logged = 0;
    qsizetype m_loggedBytes = 0;
    qsizetype m_suppressed = 0;
    bool m_kept = false;
    bool m_hasErrors = false;
};

} // namespace PatchPanel::Patch
