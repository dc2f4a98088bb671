#include "ui/panels/logpanel.h"

#include "ui/models/format.h"
#include "ui/style/labels.h"
#include "ui/views/findbar.h"
#include "ui/views/logview.h"

#include <QComboBox>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QVBoxLayout>

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
    , m_service(new QComboBox)
    , m_level(new QComboBox)
    , m_thisRun(makeToggle(tr("This run"), tr("Show only the lines of this run")))
    , m_phaseChip(new QPushButton)
    , m_follow(makeToggle(tr("Follow"), tr("Follow the newest line (End)")))
    , m_time(makeToggle(tr("Time"), tr("Show the time of each line (Ctrl+T)")))
    , m_counts(new ToneLabel(Tone::Muted))
{
    m_service->setAccessibleName(tr("Show the lines of a service"));
    setServices({});
    m_level->setAccessibleName(tr("Show lines from this level on"));
    m_level->addItem(tr("All levels"), static_cast<int>(Log::Level::Debug));
    m_level->addItem(tr("Info and above"), static_cast<int>(Log::Level::Info));
    m_level->addItem(tr("Warnings"), static_cast<int>(Log::Level::Warning));
    m_level->addItem(tr("Errors"), static_cast<int>(Log::Level::Error));
    m_level->setCurrentIndex(1);
    m_thisRun->setEnabled(false);
    m_phaseChip->setIcon(shapeIcon(Shape::Cross));
    m_phaseChip->setAccessibleName(tr("Show all steps"));
    m_phaseChip->hide();
    m_follow->setChecked(true);
    m_time->setChecked(true);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(makeTools());
    layout->addWidget(m_view, 1);

    connect(m_service, &QComboBox::currentIndexChanged, this, &LogPanel::applyFilter);
    connect(m_level, &QComboBox::currentIndexChanged, this, &LogPanel::applyFilter);
    connect(m_thisRun, &QPushButton::toggled, this, &LogPanel::applyFilter);
    connect(m_phaseChip, &QPushButton::clicked, this, [this] {
        m_phase.reset();
        applyFilter();
    });
    connect(m_follow, &QPushButton::toggled, m_view, &LogView::setFollowing);
    connect(m_view, &LogView::followingChanged, m_follow, &QPushButton::setChecked);
    connect(m_time, &QPushButton::toggled, m_view, &LogView::setShowsTime);
    connect(m_time, &QPushButton::toggled, this, &LogPanel::showsTimeChanged);
    connect(m_view, &LogView::countsChanged, this, &LogPanel::showCounts);
    applyFilter();
    showCounts();
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

void LogPanel::showRun()
{
    m_service->setCurrentIndex(0);
    m_phase.reset();
    m_thisRun->setChecked(true);
    applyFilter();
    m_view->setFollowing(false);
    m_view->verticalScrollBar()->setValue(0);
}

void LogPanel::focusFilter()
{
    m_service->setFocus(Qt::ShortcutFocusReason);
}

void LogPanel::showService(const QString &name)
{
    m_service->setCurrentIndex(std::max(0, m_service->findData(name)));
}

void LogPanel::setRun(const QString &runId)
{
    m_runId = runId.toUtf8();
    m_thisRun->setEnabled(!runId.isEmpty());
    m_phase.reset();
    applyFilter();
}

void LogPanel::showPhase(Phase phase)
{
    m_phase = phase;
    applyFilter();
    m_view->setFollowing(false);
    m_view->verticalScrollBar()->setValue(0);
}

void LogPanel::setShowsTime(bool shows)
{
    m_time->setChecked(shows);
}

QWidget *LogPanel::makeTools()
{
    auto *tools = new QWidget;
    auto *layout = new QHBoxLayout(tools);
    layout->setContentsMargins(12, 4, 8, 4);
    layout->setSpacing(6);
    layout->addWidget(makeHeading(tr("Log")));
    layout->addSpacing(6);
    layout->addWidget(m_service);
    layout->addWidget(m_level);
    layout->addWidget(m_thisRun);
    layout->addWidget(m_phaseChip);
    layout->addSpacing(6);
    layout->addWidget(m_find, 1);
    layout->addSpacing(6);
    layout->addWidget(m_counts);
    layout->addWidget(m_follow);
    layout->addWidget(m_time);
    return tools;
}

void LogPanel::applyFilter()
{
    LogFilter filter;
    filter.service = m_service->currentData().toString().toUtf8();
    filter.minimum = static_cast<Log::Level>(m_level->currentData().toInt());
    filter.phase = m_phase;
    if (m_thisRun->isChecked() || m_phase) {
        filter.runId = m_runId;
    }
    m_phaseChip->setVisible(m_phase.has_value());
    if (m_phase) {
        m_phaseChip->setText(displayName(*m_phase));
        m_phaseChip->setAccessibleName(tr("Showing the step %1 only: show all steps").arg(displayName(*m_phase)));
        m_phaseChip->setToolTip(m_phaseChip->accessibleName());
    }
    m_view->setFilter(filter);
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
    m_counts->setText(text);
    if (m_store.size() == 0) {
        m_view->setEmptyText(tr("No output yet"));
    } else if (m_view->isCleared()) {
        m_view->setEmptyText(tr("No output since the log was cleared (Log, Undo Clear)"));
    } else {
        m_view->setEmptyText(tr("No line passes the filter"));
    }
}

} // namespace PatchPanel::Ui
