#include "app/fanoutrecord.h"

#include "services/common/json.h"
#include "services/common/privatefolder.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace PatchPanel::App {

namespace {

constexpr int formatVersion = 1;
constexpr qsizetype mostWorkspaces = 100'000;
constexpr qint64 largestRecord = 256 * 1024 * 1024;
const QString format = QStringLiteral("patchpanel-fanout");
const QString suffix = QStringLiteral(".jsonl");

Error ioError(const QString &path, const QString &what)
{
    return {ErrorCode::Io, QStringLiteral("%1: %2").arg(what, QString::fromLocal8Bit(std::strerror(errno))),
            QStringLiteral("the fan-out could not be resumed without it"), path};
}

QJsonObject toJson(const FanOutPlan &plan)
{
    return {{QStringLiteral("format"), format},
            {QStringLiteral("formatVersion"), formatVersion},
            {QStringLiteral("id"), plan.id},
            {QStringLiteral("task"), plan.task},
            {QStringLiteral("taskSha256"), QString::fromLatin1(plan.taskSha256)},
            {QStringLiteral("requestSha256"), QString::fromLatin1(plan.requestSha256)},
            {QStringLiteral("options"), plan.options},
            {QStringLiteral("patterns"), QJsonArray::fromStringList(plan.patterns)},
            {QStringLiteral("workspaces"), QJsonArray::fromStringList(plan.workspaces)},
            {QStringLiteral("atOnce"), plan.atOnce},
            {QStringLiteral("startedMs"), plan.startedMs}};
}

QStringList textsOf(const QJsonValue &value)
{
    QStringList texts;
    for (const QJsonValue &text : value.toArray()) {
        texts.append(text.toString());
    }
    return texts;
}

Result<FanOutPlan> planFrom(QByteArrayView line)
{
    const Result<QJsonObject> object = parseJsonObject(line);
    if (!object || (*object)[QStringLiteral("format")].toString() != format) {
        return Error{ErrorCode::InvalidTask,
                     QStringLiteral("this is no record of a fan-out, or its first line is damaged"),
                     QStringLiteral("leave --resume out to start anew")};
    }
    const int version = (*object)[QStringLiteral("formatVersion")].toInt();
    if (version != formatVersion) {
        return Error{ErrorCode::InvalidTask,
                     QStringLiteral("the record of the fan-out has version %1; this program reads version %2")
                         .arg(version)
                         .arg(formatVersion),
                     QStringLiteral("resume it with the program that wrote it")};
    }
    FanOutPlan plan{.id = (*object)[QStringLiteral("id")].toString(),
                    .task = (*object)[QStringLiteral("task")].toString(),
                    .taskSha256 = (*object)[QStringLiteral("taskSha256")].toString().toLatin1(),
                    .requestSha256 = (*object)[QStringLiteral("requestSha256")].toString().toLatin1(),
                    .options = (*object)[QStringLiteral("options")].toObject(),
                    .patterns = textsOf((*object)[QStringLiteral("patterns")]),
                    .workspaces = textsOf((*object)[QStringLiteral("workspaces")]),
                    .atOnce = std::max(1, (*object)[QStringLiteral("atOnce")].toInt()),
                    .startedMs = (*object)[QStringLiteral("startedMs")].toInteger()};
    const bool areAbsolute = std::all_of(plan.workspaces.begin(), plan.workspaces.end(),
                                         [](const QString &workspace) { return workspace.startsWith(u'/'); });
    if (plan.id.isEmpty() || plan.task.isEmpty() || plan.workspaces.isEmpty() || !areAbsolute
        || plan.workspaces.size() > mostWorkspaces) {
        return Error{ErrorCode::InvalidTask, QStringLiteral("the record of the fan-out lacks its task or workspaces"),
                     QStringLiteral("leave --resume out to start anew")};
    }
    return plan;
}

QJsonObject toJson(const Relay::Place &place)
{
    return {{QStringLiteral("id"), place.runner}, {QStringLiteral("history"), place.history}};
}

// What sending() and finished() wrote of it.
void takePlace(const QJsonObject &line, FanOutRun &run)
{
    const QJsonObject place = line[QStringLiteral("sentTo")].toObject();
    run.sentTo = {.runner = place[QStringLiteral("id")].toString(),
                  .history = place[QStringLiteral("history")].toString()};
    run.sentMs = line[QStringLiteral("sentMs")].toInteger();
}

void putPlace(const FanOutRun &run, QJsonObject &line)
{
    if (!run.sentTo.isEmpty()) {
        line.insert(QStringLiteral("sentTo"), toJson(run.sentTo));
        line.insert(QStringLiteral("sentMs"), run.sentMs);
    }
}

// False for a line that tells nothing of a workspace.
bool takeLine(QByteArrayView line, FanOutState &state)
{
    const Result<QJsonObject> object = parseJsonObject(line);
    if (!object) {
        return false;
    }
    const QString event = (*object)[QStringLiteral("event")].toString();
    const int index = (*object)[QStringLiteral("index")].toInt(-1);
    if (index < 0 || index >= state.runs.size()) {
        return false;
    }
    FanOutRun &run = state.runs[index];
    if (event == QLatin1String("sending")) {
        run = run.asToGoOn();
        takePlace(*object, run);
        return !run.sentTo.isEmpty();
    }
    if (event == QLatin1String("accepted")) {
        run.status = RunStatus::Running;
        run.runId = (*object)[QStringLiteral("runId")].toString();
        run.runner = (*object)[QStringLiteral("runner")].toString();
        return true;
    }
    if (event != QLatin1String("finished")) {
        return false;
    }
    FanOutRun ended = FanOutRun::fromJson(*object);
    if (!isFinal(ended.status)) {
        return false;
    }
    takePlace(*object, ended);
    ended.workspace = run.workspace;
    ended.isEarlier = true;
    ended.attempt = run.attempt + (ended.endsAttempt() ? 1 : 0);
    run = ended;
    return true;
}

bool writeAll(int file, const QByteArray &bytes)
{
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t written = ::write(file, bytes.constData() + done, static_cast<std::size_t>(bytes.size() - done));
        if (written < 0 && errno != EINTR) {
            return false;
        }
        done += std::max<ssize_t>(written, 0);
    }
    return true;
}

void prune(const QString &folder)
{
    const QStringList records = fanOutRecords(folder);
    for (qsizetype i = FanOutRecord::keptRecords - 1; i < records.size(); ++i) {
        QFile::remove(records[i]);
    }
}

} // namespace

QByteArray FanOutPlan::keyOf(qsizetype workspace, int attempt) const
{
    return "fanout-" + id.toUtf8() + '-' + QByteArray::number(workspace) + '-' + QByteArray::number(attempt);
}

bool FanOutState::isComplete() const
{
    return std::all_of(runs.begin(), runs.end(), [](const FanOutRun &run) { return run.isSettled(); });
}

Result<FanOutState> readFanOut(QByteArrayView bytes)
{
    qsizetype end = bytes.indexOf('\n');
    const Result<FanOutPlan> plan = planFrom(end < 0 ? QByteArrayView() : bytes.first(end));
    if (!plan) {
        return plan.error();
    }
    FanOutState state{.plan = *plan};
    for (const QString &workspace : plan->workspaces) {
        state.runs.append({.workspace = workspace});
    }
    state.size = end + 1;
    for (end = bytes.indexOf('\n', state.size); end >= 0; end = bytes.indexOf('\n', state.size)) {
        if (!takeLine(bytes.sliced(state.size, end - state.size), state)) {
            ++state.damagedLines;
        }
        state.size = end + 1;
    }
    return state;
}

Result<FanOutRecord> FanOutRecord::create(const QString &folder, const FanOutPlan &plan)
{
    const QString path = folder + u'/' + plan.id + suffix;
    if (!makePrivateFolder(folder)) {
        return ioError(folder, QStringLiteral("cannot make the folder"));
    }
    prune(folder);
    FanOutRecord record(Storage::FileDescriptor(
        ::open(QFile::encodeName(path).constData(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600)));
    if (!record.m_file.isOpen() || ::flock(record.m_file.get(), LOCK_EX | LOCK_NB) != 0) {
        return ioError(path, QStringLiteral("cannot make the record of the fan-out"));
    }
    const Storage::FileDescriptor parent(
        ::open(QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const Result<void> written = record.append(toJson(plan));
    ::fsync(parent.get()); // a filesystem that cannot do that is no reason to fail
    return written ? Result<FanOutRecord>(std::move(record)) : written.error();
}

Result<std::pair<FanOutRecord, FanOutState>> FanOutRecord::resume(const QString &path)
{
    FanOutRecord record(
        Storage::FileDescriptor(::open(QFile::encodeName(path).constData(), O_WRONLY | O_APPEND | O_CLOEXEC)));
    if (!record.m_file.isOpen()) {
        return ioError(path, QStringLiteral("cannot open the record of the fan-out"));
    }
    if (::flock(record.m_file.get(), LOCK_EX | LOCK_NB) != 0) {
        return Error{ErrorCode::Busy, QStringLiteral("this fan-out is in progress in another process"),
                     QStringLiteral("wait for its end, or end that process"), path};
    }
    Result<FanOutState> state = loadFanOut(path);
    if (!state) {
        return state.error();
    }
    if (::ftruncate(record.m_file.get(), state->size) != 0) {
        return ioError(path, QStringLiteral("cannot mend the record of the fan-out"));
    }
    return std::pair(std::move(record), *state);
}

// By name: a child between fork and exec still shares the descriptor, so closing alone would not release.
FanOutRecord::~FanOutRecord()
{
    if (m_file.isOpen()) {
        ::flock(m_file.get(), LOCK_UN);
    }
}

Result<void> FanOutRecord::sending(qsizetype workspace, const FanOutRun &run)
{
    QJsonObject line{{QStringLiteral("event"), QStringLiteral("sending")}, {QStringLiteral("index"), workspace}};
    putPlace(run, line);
    return append(line);
}

Result<void> FanOutRecord::accepted(qsizetype workspace, const QString &runId, const QString &runner)
{
    return append({{QStringLiteral("event"), QStringLiteral("accepted")},
                   {QStringLiteral("index"), workspace},
                   {QStringLiteral("runId"), runId},
                   {QStringLiteral("runner"), runner}});
}

Result<void> FanOutRecord::finished(qsizetype workspace, const FanOutRun &run)
{
    QJsonObject line = run.toJson();
    line.remove(QStringLiteral("workspace")); // the index says it
    putPlace(run, line);
    line.insert(QStringLiteral("event"), QStringLiteral("finished"));
    line.insert(QStringLiteral("index"), workspace);
    return append(line);
}

Result<void> FanOutRecord::append(const QJsonObject &line)
{
    if (!writeAll(m_file.get(), compactJson(line) + '\n') || ::fdatasync(m_file.get()) != 0) {
        return ioError({}, QStringLiteral("cannot write the record of the fan-out"));
    }
    return {};
}

QStringList fanOutRecords(const QString &folder)
{
    QStringList paths;
    const QStringList names = QDir(folder).entryList({u'*' + suffix}, QDir::Files, QDir::Name | QDir::Reversed);
    for (const QString &name : names) {
        paths.append(folder + u'/' + name);
    }
    return paths;
}

Result<FanOutState> loadFanOut(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::Io,
                     QStringLiteral("cannot read the record of the fan-out: %1").arg(file.errorString()),
                     {},
                     path};
    }
    if (file.size() > largestRecord) {
        return Error{ErrorCode::InvalidTask, QStringLiteral("the record of the fan-out is too large"), {}, path};
    }
    Result<FanOutState> state = readFanOut(file.readAll());
    if (!state) {
        Error error = state.error();
        error.where = path;
        return error;
    }
    return state;
}

} // namespace PatchPanel::App
