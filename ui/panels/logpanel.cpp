#include "ui/panels/logpanel.h"

#include "ui/models/format.h"
#include "ui/models/loglink.h"
#include "ui/models/outcome.h"
#include "ui/models/outputwatch.h"
#include "ui/panels/loglineactions.h"
#include "ui/style/labels.h"
#include "ui/views/errorlanding.h"
#include "ui/views/findbar.h"
#include "ui/views/logview.h"

#include <QComboBox>
#include <QInputDialog>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

QPushButton *makeToggle(const QString &text, const QString &accessibleName)
{
    auto *button = new QPushButton(text);
    button->setAccessibleName(accessibleName);
    button->setToolTip(accessibleName);
    button->setCheckable(true);
    return button;
}

} // namespace

LogPanel::LogPanel(Log::Store &store, QWidget *parent)
    : QWidget(parent)
    , m_store(store)
    , m_view(new LogView(store))
    , m_find(new FindBar(m_view, tr("Find in the log")))
    , m_heading(makeHeading(tr("Log")))
    , m_service(new QComboBox)
    , m_level(new QComboBox)
    , m_thisRun(makeToggle(tr("This run"), tr("Show only the lines of this run")))
    , m_chip(new QPushButton)
    , m_follow(makeToggle(tr("Follow"), tr("Follow the newest line (End)")))
    , m_time(makeToggle(tr("Time"), QString()))
    , m_wrap(makeToggle(tr("Wrap"), tr("Wrap long lines (Alt+Z)")))
    , m_more(new QPushButton)
    , m_moreMenu(new QMenu(this))
    , m_counts(new ToneLabel(Tone::Muted))
    , m_lineActions(new LogLineActions(this))
    , m_watch(new OutputWatch(store, this))
    , m_landing(new ErrorLanding(m_view, this))
{
    makeFilters();
    m_find->offerOnlyMatches();
    m_follow->setChecked(true);
    m_more->setIcon(shapeIcon(Shape::Dots));
    m_more->setAccessibleName(tr("More about the log"));
    m_more->setToolTip(m_more->accessibleName());
    m_time->setText(tr("Run time")); // the longest that it says: nothing jumps
    m_time->setMinimumWidth(m_time->sizeHint().width());
    m_view->addActions(m_lineActions->all());
    m_tools = makeTools();

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_tools);
    layout->addWidget(m_view, 1);

    connectTools();
    applyFilter();
    showTimes();
    showCounts();
}

void LogPanel::makeFilters()
{
    m_service->setAccessibleName(tr("Show the lines of a service"));
    setServices({});
    m_level->setAccessibleName(tr("Show lines from this level on"));
    m_level->addItem(tr("All levels"), static_cast<int>(Log::Level::Debug));
    m_level->addItem(tr("Info and above"), static_cast<int>(Log::Level::Info));
    m_level->addItem(tr("Warnings"), static_cast<int>(Log::Level::Warning));
    m_level->addItem(tr("Errors"), static_cast<int>(Log::Level::Error));
    m_level->setCurrentIndex(1);
    for (QComboBox *box : {m_service, m_level}) {
        constexpr int leastCharacters = 6; // more where there is room
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(leastCharacters);
        box->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    }
    m_thisRun->setEnabled(false);
    m_chip->setIcon(shapeIcon(Shape::Cross));
    m_chip->setAccessibleName(tr("Show all runs and steps"));
    m_chip->hide();
}

void LogPanel::connectTools()
{
    connect(m_service, &QComboBox::currentIndexChanged, this, &LogPanel::applyFilter);
    connect(m_level, &QComboBox::currentIndexChanged, this, [this] {
        applyFilter();
        Q_EMIT levelChanged(level());
    });
    connect(m_thisRun, &QPushButton::toggled, this, [this](bool only) {
        applyFilter();
        Q_EMIT onlyThisRunChanged(only, m_thisRun->isEnabled());
    });
    connect(m_chip, &QPushButton::clicked, this, [this] {
        m_phase.reset();
        m_shownRun.clear();
        applyFilter();
    });
    connect(m_find, &FindBar::searched, this, [this] {
        if (m_find->wantsOnlyMatches()) {
            applyFilter();
        }
    });
    connect(m_find, &FindBar::onlyMatchesChanged, this, [this](bool only) {
        applyFilter();
        Q_EMIT onlyMatchesChanged(only);
    });
    connect(m_follow, &QPushButton::toggled, m_view, &LogView::setFollowing);
    connect(m_view, &LogView::followingChanged, m_follow, &QPushButton::setChecked);
    connect(m_time, &QPushButton::clicked, this, &LogPanel::switchTimes);
    connect(m_view, &LogView::timesChanged, this, &LogPanel::showTimes);
    connect(m_wrap, &QPushButton::toggled, m_view, &LogView::setWrapped);
    connect(m_view, &LogView::wrappedChanged, m_wrap, &QPushButton::setChecked);
    connect(m_more, &QPushButton::clicked, this, &LogPanel::showMoreMenu);
    connect(m_moreMenu, &QMenu::aboutToShow, m_lineActions, &LogLineActions::update);
    connect(m_view, &LogView::contextMenuAboutToShow, m_lineActions, &LogLineActions::update);
    connect(m_view, &LogView::countsChanged, this, &LogPanel::showCounts);
    connect(&m_view->copier(), &LineCopier::reported, this, &LogPanel::said);
    connect(m_watch, &OutputWatch::silenceChanged, this, &LogPanel::silenceChanged);
}

void LogPanel::setServices(const QStringList &names)
{
    const QSignalBlocker blocker(m_service);
    const QString current = m_service->currentData().toString();
    m_service->clear();
    m_service->addItem(tr("All services"), QString());
    for (const QString &name : names) {
        m_service->addItem(name, name);
    }
    m_service->setCurrentIndex(std::max(0, m_service->findData(current)));
}

void LogPanel::focusFilter()
{
    m_service->setFocus(Qt::ShortcutFocusReason);
}

void LogPanel::setRun(const QString &runId)
{
    m_runId = runId.toUtf8();
    m_thisRun->setEnabled(!runId.isEmpty());
    Q_EMIT onlyThisRunChanged(m_thisRun->isChecked(), m_thisRun->isEnabled());
    m_phase.reset();
    m_shownRun.clear();
    applyFilter();
    if (runId.isEmpty()) {
        m_watch->stop();
    } else {
        m_watch->start(runId);
    }
}

void LogPanel::endRun()
{
    m_watch->stop();
}

void LogPanel::showService(const QString &name)
{
    if (m_service->findData(name) < 0) {
        m_service->addItem(name, name); // of another process
    }
    m_service->setCurrentIndex(m_service->findData(name));
    showFirst();
}

void LogPanel::showRun(const QByteArray &runId, std::optional<Phase> failed)
{
    m_phase.reset();
    m_shownRun = runId;
    applyFilter();
    showFirst();
    if (failed) {
        m_landing->start(runId, *failed);
    }
}

void LogPanel::showStep(const QByteArray &runId, Phase phase)
{
    m_phase = phase;
    m_shownRun = runId;
    applyFilter();
    showFirst();
}

void LogPanel::showPhase(Phase phase)
{
    showStep(m_runId, phase);
}

void LogPanel::showFailure(Phase phase)
{
    m_service->setCurrentIndex(0);
    setLevel(std::min(level(), Log::Level::Info));
    m_find->setOnlyMatches(false);
    showStep(m_runId, phase);
    m_landing->start(m_runId, phase);
}

void LogPanel::jumpToFailure(Phase phase)
{
    if (m_view->isFollowing()) {
        m_landing->start(m_runId, phase);
    }
}

Log::Level LogPanel::level() const
{
    return static_cast<Log::Level>(m_level->currentData().toInt());
}

void LogPanel::setLevel(Log::Level level)
{
    m_level->setCurrentIndex(m_level->findData(static_cast<int>(level)));
}

void LogPanel::setOnlyThisRun(bool only)
{
    m_thisRun->setChecked(only);
}

void LogPanel::setOnlyMatches(bool only)
{
    m_find->setOnlyMatches(only);
    if (only && m_find->pattern().isEmpty()) {
        m_find->activate(); // what is to match?
    }
}

bool LogPanel::showsOnlyMatches() const
{
    return m_find->wantsOnlyMatches();
}

void LogPanel::switchTimes()
{
    constexpr int kinds = 3;
    m_view->setTimes(static_cast<LogTimes>((static_cast<int>(m_view->times()) + 1) % kinds));
}

void LogPanel::askForLine()
{
    auto *dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Go to a line of the log"));
    dialog->setLabelText(tr("Number of the line, from 1 to %1, or a link to it:").arg(formatCount(m_store.size())));
    connect(dialog, &QInputDialog::textValueSelected, this, &LogPanel::goTo);
    dialog->open();
}

void LogPanel::goTo(const QString &numberOrLink)
{
    const std::optional<LogLink> link = LogLink::fromText(numberOrLink);
    if (!link) {
        Q_EMIT said(tr("\"%1\" is neither the number of a line nor a link to one").arg(numberOrLink));
        return;
    }
    const QString number = formatCount(link->index + 1);
    if (link->index >= m_store.size()) {
        Q_EMIT said(
            tr("There is no line %1: the log has %2").arg(number, counted(m_store.size(), tr("line"), tr("lines"))));
    } else if (link->index < m_store.first()) {
        Q_EMIT said(tr("Line %1 is no longer kept").arg(number));
    } else if (!link->runId.isEmpty() && m_store.at(link->index).runId != link->runId.toUtf8()) {
        Q_EMIT said(tr("Line %1 is not of run %2: the link is of another session").arg(number, link->runId));
    } else if (const std::optional<qsizetype> line = m_view->lineOf(link->index)) {
        m_view->setFollowing(false);
        m_view->showLine(*line);
        m_view->moveCaret({*line, 0}, LineView::Selection::Drop);
        m_view->setFocus();
    } else {
        Q_EMIT said(tr("Line %1 is hidden: by a filter, or as the log was cleared").arg(number));
    }
}

void LogPanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitTools();
}

QWidget *LogPanel::makeTools()
{
    auto *tools = new QWidget;
    auto *layout = new QHBoxLayout(tools);
    tools->setMinimumWidth(1); // in a narrow window what the menus have, too, is left out
    layout->setContentsMargins(12, 4, 8, 4);
    layout->setSpacing(6);
    layout->addWidget(m_heading);
    layout->addSpacing(6);
    layout->addWidget(m_service);
    layout->addWidget(m_level);
    layout->addWidget(m_thisRun);
    layout->addWidget(m_chip);
    layout->addSpacing(6);
    layout->addWidget(m_find, 1);
    layout->addSpacing(6);
    layout->addWidget(m_counts);
    layout->addWidget(m_follow);
    layout->addWidget(m_time);
    layout->addWidget(m_wrap);
    layout->addWidget(m_more);
    return tools;
}

// Leaves out buttons that the menus have, too, where the row is not wide enough.
void LogPanel::fitTools()
{
    QLayout *layout = m_tools->layout();
    const bool hasChip = m_phase || !m_shownRun.isEmpty();
    m_wrap->show();
    m_time->show();
    m_thisRun->show();
    m_heading->show();
    const auto hideIfTight = [&](QWidget *tool) {
        layout->invalidate();
        if (layout->minimumSize().width() > width()) {
            tool->hide();
        }
    };
    hideIfTight(m_wrap);
    hideIfTight(m_time);
    if (hasChip) {
        hideIfTight(m_thisRun); // the chip says more
    }
    hideIfTight(m_heading);
    hideIfTight(m_thisRun);
}

void LogPanel::applyFilter()
{
    LogFilter filter;
    filter.service = m_service->currentData().toString().toUtf8();
    filter.minimum = level();
    filter.phase = m_phase;
    filter.runId = m_shownRun;
    if (m_thisRun->isChecked() && m_shownRun.isEmpty()) {
        filter.runId = m_runId;
    }
    if (m_find->wantsOnlyMatches()) {
        filter.pattern = m_find->pattern();
        filter.options = m_find->pattern().isEmpty() ? LineFinder::Options() : m_find->options();
    }
    showChip();
    m_landing->cancel();
    m_view->setFilter(filter);
}

void LogPanel::showChip()
{
    const QString run = shortRunId(QString::fromUtf8(m_shownRun));
    const bool isOtherRun = !m_shownRun.isEmpty() && m_shownRun != m_runId;
    QString text = m_phase ? phaseName(*m_phase) : tr("Run %1").arg(run);
    if (m_phase && isOtherRun) {
        text = tr("%1 of run %2").arg(text, run);
    }
    m_chip->setText(text);
    m_chip->setAccessibleName(tr("Showing %1 only: show all runs and steps").arg(text));
    m_chip->setToolTip(m_chip->accessibleName());
    m_chip->setVisible(m_phase.has_value() || !m_shownRun.isEmpty());
    fitTools();
}

void LogPanel::showTimes()
{
    const LogTimes times = m_view->times();
    m_time->setChecked(times != LogTimes::Off);
    m_time->setText(times == LogTimes::SinceRunStart ? tr("Run time") : tr("Time"));
    const QString name = times == LogTimes::Off ? tr("Times: off")
        : times == LogTimes::OfDay              ? tr("Times: of day")
                                                : tr("Times: since the start of the run");
    m_time->setAccessibleName(name);
    m_time->setToolTip(tr("%1. Ctrl+T switches").arg(name));
}

void LogPanel::showFirst()
{
    m_view->setFollowing(false);
    m_view->verticalScrollBar()->setValue(m_view->verticalScrollBar()->minimum());
}

void LogPanel::showMoreMenu()
{
    if (m_moreMenu->isEmpty()) {
        m_moreMenu->addActions(m_lineActions->all());
    }
    const QPoint below = m_more->mapToGlobal(QPoint(m_more->width(), m_more->height()));
    m_moreMenu->popup(below - QPoint(m_moreMenu->sizeHint().width(), 0));
}

void LogPanel::showCounts()
{
    const QString total = formatCount(m_store.size());
    QString text = m_view->filter().acceptsAll()
        ? counted(m_store.size(), tr("line"), tr("lines"))
        : tr("%1 of %2").arg(formatCount(m_view->lineCount() - m_view->firstLine()), total);
    if (m_store.dropped() > 0) {
        text += tr(", %1 dropped").arg(formatCount(m_store.dropped()));
    }
    const bool isWider = m_counts->fontMetrics().horizontalAdvance(text) > m_counts->width();
    m_counts->setText(text);
    if (isWider) {
        fitTools();
    }
    m_counts->setToolTip(m_store.spilled() > 0
                             ? tr("%1 of them in a file, shown as before").arg(formatCount(m_store.spilled()))
                             : QString());
    if (m_store.size() == 0) {
        m_view->setEmptyText(tr("No output yet"));
    } else if (m_view->isCleared()) {
        m_view->setEmptyText(tr("No output since the log was cleared (Log, Undo Clear)"));
    } else {
        m_view->setEmptyText(tr("No line passes the filter"));
    }
}

} // namespace PatchPanel::Ui
