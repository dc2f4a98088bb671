#pragma once

#include "app/options.h"
#include "services/log/logstore.h"

#include <QJsonObject>
#include <QObject>

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>

namespace PatchPanel::App {

enum class LineFormat {
    Text, // "[TAG] text"
    Json, // JSON Lines (jsonlines.org): {"event":"log",…}
};

// Prints the lines of the log store as they come, text coloured where `color` and the terminal say so. Lives on the
// main thread; flush() before the process ends.
class Console : public QObject {
    Q_OBJECT
public:
    Console(Log::Store &store, std::FILE *stream, Log::Level least, ColorMode color,
            LineFormat format = LineFormat::Text);
    ~Console() override;

    // Which workspace a run works in, by the run's id; absent: not known yet.
    using WorkspaceOf = std::function<std::optional<QString>(const QByteArray &runId)>;
    // From now on every line of a run tells its workspace: "workspace | [TAG] text", in JSON the member "workspace". A
    // line of a run that is not known yet waits for that, and those after it with it.
    void tellWorkspaces(WorkspaceOf workspaceOf);

    // Prints what is in the store and has not been printed.
    void flush();
    // With LineFormat::Json: prints {"event":`name`,…members}, after the lines that came before it.
    void writeEvent(const QString &name, QJsonObject members);
    // Keeps a line of one row below the lines of the log; an empty text takes it away. Only on a terminal that can do
    // that.
    void setStatus(const QString &text);
    bool hasStatusLine() const { return m_hasStatusLine; }

private:
    enum class Unknown { Wait, Print };
    void printUpTo(qsizetype size, Unknown unknown);
    void print(const Log::Line &line, const QString &workspace = {});
    void printEvent(const QString &name, QJsonObject members);
    void drawStatus();
    void eraseStatus();

    Log::Store &m_store;
    std::FILE *m_stream;
    Log::Level m_least;
    bool m_colored;
    LineFormat m_format;
    bool m_hasStatusLine;
    WorkspaceOf m_workspaceOf;
    QString m_status;
    qsizetype m_printed = 0;
    std::unique_ptr<Log::Store::Subscription> m_subscription;
};

// Whether to colour what goes to `stream`: the mode, else NO_COLOR (no-color.org), else whether it is a terminal.
bool wantsColor(ColorMode mode, std::FILE *stream);

} // namespace PatchPanel::App
