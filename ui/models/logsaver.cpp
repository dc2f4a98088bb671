#include "ui/models/logsaver.h"

#include "services/common/clock.h"
#include "services/log/ansitext.h"

#include <QSaveFile>
#include <QThread>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr qsizetype blockBytes = 256 * 1024; // written at once

Error notSaved(const QString &path, const QString &reason)
{
    return Error{ErrorCode::Io, LogSaver::tr("the log was not saved: %1").arg(reason),
                 LogSaver::tr("choose another file, or free space there"), path};
}

void appendLine(QByteArray &to, const Log::LineBatch &lines, qsizetype index, bool withTime)
{
    if (withTime) {
        to += isoTime(lines.timeMs(index)).toLatin1() + ' ' + lines.service(index) + ' '
            + toString(lines.level(index)).toUpper().toLatin1() + ' ';
    }
    const QByteArrayView text = lines.text(index);
    if (lines.isPlain(index)) {
        to += text;
    } else {
        Log::appendShownText(to, text);
    }
    to += '\n';
}

} // namespace

Result<qsizetype> writeLog(const Log::Store &store, const LogExport &lines, const QString &path,
                           const std::atomic<bool> &isCancelled)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) {
        return notSaved(path, file.errorString());
    }
    LogRows rows(store);
    rows.setFilter(lines.filter);
    rows.setBegin(lines.begin);
    while (!rows.advance(QDeadlineTimer(100)) && !isCancelled) { }
    qsizetype written = 0;
    bool isWriting = true;
    QByteArray block;
    rows.visit(rows.first(), std::min(rows.end(), rows.rowOf(lines.end)),
               [&](qsizetype, const Log::LineBatch &batch, qsizetype index) {
                   appendLine(block, batch, index, lines.withTimes);
                   ++written;
                   if (block.size() >= blockBytes) {
                       isWriting = file.write(block) == block.size();
                       block.clear();
                   }
                   return isWriting && !isCancelled;
               });
    if (isCancelled) {
        return Error{ErrorCode::Cancelled, LogSaver::tr("the log was not saved: it was given up"), {}, path};
    }
    if (!isWriting || file.write(block) != block.size() || !file.commit()) {
        return notSaved(path, file.errorString());
    }
    return written;
}

LogSaver::LogSaver(const Log::Store &store, QObject *parent)
    : QObject(parent)
    , m_store(store)
{
}

LogSaver::~LogSaver()
{
    m_isCancelled = true;
    if (m_thread) {
        m_thread->wait();
    }
}

void LogSaver::save(const LogExport &lines, const QString &path)
{
    m_thread.reset(QThread::create([this, lines, path] {
        const Result<qsizetype> written = writeLog(m_store, lines, path, m_isCancelled);
        QMetaObject::invokeMethod(
            this, [this, path, written] { finish(path, written); }, Qt::QueuedConnection);
    }));
    m_thread->setObjectName(QStringLiteral("log saver"));
    m_thread->start();
}

void LogSaver::finish(const QString &path, const Result<qsizetype> &written)
{
    m_thread->wait();
    m_thread.reset();
    if (written) {
        Q_EMIT saved(path, *written);
    } else {
        Q_EMIT saveFailed(written.error());
    }
}

} // namespace PatchPanel::Ui
