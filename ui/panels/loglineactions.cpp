#include "ui/panels/loglineactions.h"

#include "ui/models/format.h"
#include "ui/models/loglink.h"
#include "ui/models/outcome.h"
#include "ui/panels/logpanel.h"
#include "ui/views/logview.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

// Menus take "&" for the mark of a mnemonic.
QString asMenuText(QString text)
{
    return text.replace(QLatin1Char('&'), QLatin1String("&&"));
}

} // namespace

LogLineActions::LogLineActions(LogPanel *panel)
    : QObject(panel)
    , copyLink(new QAction(tr("Copy &Link to Line"), this))
    , filterToService(new QAction(tr("Show Only This &Service"), this))
    , filterToRun(new QAction(tr("Show Only This &Run"), this))
    , filterToStep(new QAction(tr("Show Only This S&tep"), this))
    , onlyErrors(new QAction(tr("Show Only &Errors"), this))
    , openFile(new QAction(tr("Open the &File Named Here"), this))
    , m_panel(panel)
{
    copyLink->setShortcut(QKeySequence(QStringLiteral("Ctrl+Shift+C")));
    copyLink->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    onlyErrors->setCheckable(true);
    connect(copyLink, &QAction::triggered, this, [this] {
        if (hasLine()) {
            const LogView *view = m_panel->view();
            QGuiApplication::clipboard()->setText(
                LogLink{view->indexOf(line()), QString::fromUtf8(view->entryOf(line()).runId)}.toText());
        }
    });
    connect(filterToService, &QAction::triggered, this, [this] {
        if (hasLine()) {
            m_panel->showService(QString::fromUtf8(m_panel->view()->entryOf(line()).service));
        }
    });
    connect(filterToRun, &QAction::triggered, this, [this] {
        if (hasLine()) {
            m_panel->showRun(m_panel->view()->entryOf(line()).runId);
        }
    });
    connect(filterToStep, &QAction::triggered, this, [this] {
        if (!hasLine()) {
            return;
        }
        const Log::Line entry = m_panel->view()->entryOf(line());
        if (entry.phase) {
            m_panel->showStep(entry.runId, *entry.phase);
        }
    });
    connect(onlyErrors, &QAction::triggered, this,
            [this](bool only) { m_panel->setLevel(only ? Log::Level::Error : Log::Level::Info); });
    connect(openFile, &QAction::triggered, this, [this] {
        if (!hasLine()) {
            return;
        }
        const std::optional<FileReference> file =
            fileReferenceIn(m_panel->view()->drawnText(line()), m_panel->view()->caret().column);
        if (file) {
            Q_EMIT openFileRequested(*file);
        }
    });
}

QList<QAction *> LogLineActions::all() const
{
    return {copyLink, filterToService, filterToRun, filterToStep, onlyErrors, openFile};
}

void LogLineActions::update()
{
    onlyErrors->setChecked(m_panel->level() == Log::Level::Error);
    const LogView *view = m_panel->view();
    Log::Line entry;
    std::optional<FileReference> file;
    if (hasLine()) {
        entry = view->entryOf(line());
        file = fileReferenceIn(view->drawnText(line()), view->caret().column);
    }
    filterToService->setEnabled(!entry.service.isEmpty());
    filterToService->setText(entry.service.isEmpty()
                                 ? tr("Show Only This &Service")
                                 : tr("Show Only &Service %1").arg(asMenuText(QString::fromUtf8(entry.service))));
    filterToRun->setEnabled(!entry.runId.isEmpty());
    filterToRun->setText(entry.runId.isEmpty()
                             ? tr("Show Only This &Run")
                             : tr("Show Only &Run %1").arg(shortRunId(QString::fromUtf8(entry.runId))));
    filterToStep->setEnabled(entry.phase.has_value());
    filterToStep->setText(entry.phase ? tr("Show Only S&tep %1").arg(phaseName(*entry.phase))
                                      : tr("Show Only This S&tep"));
    openFile->setEnabled(file.has_value());
    openFile->setText(file ? tr("Open &File %1").arg(asMenuText(file->toText())) : tr("Open the &File Named Here"));
}

// Where the caret is, else the first line on the screen.
qsizetype LogLineActions::line() const
{
    const LogView *view = m_panel->view();
    const qsizetype caret = view->caret().line;
    const bool isOnScreen = caret >= view->firstVisibleLine() && caret < view->visibleEnd();
    return std::clamp(isOnScreen ? caret : view->firstVisibleLine(), view->firstLine(), view->lineCount() - 1);
}

bool LogLineActions::hasLine() const
{
    return m_panel->view()->lineCount() > m_panel->view()->firstLine();
}

} // namespace PatchPanel::Ui
