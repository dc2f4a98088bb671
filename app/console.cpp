#include "app/console.h"

#include "app/commands/shownsafely.h"
#include "app/terminal.h"
#include "services/common/json.h"
#include "services/log/linebatch.h"

#include <algorithm>
#include <unistd.h>

namespace PatchPanel::App {

namespace {

const char *colorOf(Log::Level level)
{
    switch (level) {
    case Log::Level::Error:
        return "\033[31m";
    case Log::Level::Warning:
        return "\033[33m";
    case Log::Level::Debug:
        return "\033[2m";
    case Log::Level::Info:
        break;
    }
    return "\033[36m";
}

} // namespace

bool wantsColor(ColorMode mode, std::FILE *stream)
{
    if (mode != ColorMode::Auto) {
        return mode == ColorMode::Always;
    }
    return qgetenv("NO_COLOR").isEmpty() && isatty(fileno(stream)) == 1;
}

Console::Console(Log::Store &store, std::FILE *stream, Log::Level least, ColorMode color, LineFormat format)
    : m_store(store)
    , m_stream(stream)
    , m_least(least)
    , m_colored(wantsColor(color, stream))
    , m_format(format)
    , m_hasStatusLine(format == LineFormat::Text && canRewriteLines(stream))
    , m_subscription(store.subscribe(this, [this] { flush(); }))
{
}

Console::~Console()
{
    setStatus({});
    printUpTo(m_store.size(), Unknown::Print);
    std::fflush(m_stream);
}

void Console::tellWorkspaces(WorkspaceOf workspaceOf)
{
    m_workspaceOf = std::move(workspaceOf);
}

void Console::flush()
{
    const qsizetype size = m_store.size();
    if (m_printed < size) {
        eraseStatus();
    }
    printUpTo(size, Unknown::Wait);
    drawStatus();
    std::fflush(m_stream);
}

void Console::printUpTo(qsizetype size, Unknown unknown)
{
    Log::LineBatch batch(m_store);
    while (m_printed < size) {
        if (const auto dropped = batch.readOrSkip(m_printed, size)) {
            print(*dropped);
            continue;
        }
        for (; m_printed < std::min(size, batch.end()); ++m_printed) {
            if (batch.level(m_printed) < m_least) {
                continue;
            }
            const Log::Line line = batch.line(m_printed);
            const bool isOfRun = m_workspaceOf && !line.runId.isEmpty();
            const std::optional<QString> workspace = isOfRun ? m_workspaceOf(line.runId) : QString();
            if (!workspace && unknown == Unknown::Wait) {
                return;
            }
            print(line, workspace.value_or(QString()));
        }
    }
}

void Console::setStatus(const QString &text)
{
    if (m_hasStatusLine && text != m_status) {
        eraseStatus();
        m_status = text;
        drawStatus();
        std::fflush(m_stream);
    }
}

// As wide as the terminal at most: a longer one would take a second row, which nothing erases.
void Console::drawStatus()
{
    if (!m_status.isEmpty()) {
        const QByteArray text = shownSafely(m_status.left(terminalWidth(m_stream) - 1).toUtf8());
        std::fprintf(m_stream, m_colored ? "\r\033[2m%s\033[0m\033[K" : "\r%s\033[K", text.constData());
    }
}

void Console::eraseStatus()
{
    if (!m_status.isEmpty()) {
        std::fputs("\r\033[K", m_stream);
    }
}

void Console::writeEvent(const QString &name, QJsonObject members)
{
    if (m_format != LineFormat::Json) {
        return;
    }
    flush();
    printEvent(name, std::move(members));
    std::fflush(m_stream);
}

void Console::printEvent(const QString &name, QJsonObject members)
{
    members.insert(QStringLiteral("event"), name);
    const QByteArray text = compactJson(members) + '\n';
    std::fwrite(text.constData(), 1, static_cast<std::size_t>(text.size()), m_stream);
}

void Console::print(const Log::Line &line, const QString &workspace)
{
    if (m_format == LineFormat::Json) {
        QJsonObject members = line.toJson();
        if (!workspace.isEmpty()) {
            members.insert(QStringLiteral("workspace"), workspace);
        }
        printEvent(QStringLiteral("log"), members);
        return;
    }
    QByteArray text;
    if (m_colored && !line.tag.isEmpty()) {
        text = colorOf(line.level) + ('[' + line.tag) + "]\033[0m " + line.text;
    } else {
        text = line.toText();
    }
    if (!workspace.isEmpty()) {
        text.prepend(shownSafely(workspace.toUtf8()) + " | ");
    }
    text += '\n';
    std::fwrite(text.constData(), 1, static_cast<std::size_t>(text.size()), m_stream);
}

} // namespace PatchPanel::App
