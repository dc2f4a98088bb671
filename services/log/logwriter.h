#pragma once

#include "services/log/logstore.h"

namespace PatchPanel::Log {

// Appends lines of one service, and of one run where there is one. A value: copy it, hand it to any thread.
// The store must outlive it.
class Writer {
public:
    Writer(Store &store, QByteArray service, QByteArray runId = {});

    void debug(const char *tag, const QString &text) const { write(Level::Debug, tag, text); }
    void info(const char *tag, const QString &text) const { write(Level::Info, tag, text); }
    void warning(const char *tag, const QString &text) const { write(Level::Warning, tag, text); }
    void error(const char *tag, const QString &text) const { write(Level::Error, tag, text); }
    // A run's line with the tag of a step is of that step.
    void write(Level level, const char *tag, const QString &text) const;
    // False when such a line would not be kept: whether making its text is worth its while.
    bool keeps(Level level) const { return !m_runId.isEmpty() || m_store->keeps(level); }
    // Bytes as a command printed them, in the step that ran it.
    void output(Level level, const char *tag, Phase phase, QByteArray bytes) const;

    Writer forRun(const QString &runId) const;

private:
    Store *m_store;
    QByteArray m_service;
    QByteArray m_runId;
};

} // namespace PatchPanel::Log
