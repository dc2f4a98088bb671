#include "ui/panels/taskstrip.h"

#include "ui/models/servicelook.h"
#include "ui/style/primarybutton.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>

#include <utility>

namespace PatchPanel::Ui {

namespace {

constexpr int runnerWidth = 240;

// "~/x" as a person types it.
QString withHomeExpanded(const QString &path)
{
    return path.startsWith(QLatin1String("~/")) ? QDir::homePath() + path.mid(1) : path;
}

} // namespace

TaskStrip::TaskStrip(QWidget *parent)
    : QWidget(parent)
    , m_task(new QComboBox)
    , m_runner(new QComboBox)
    , m_open(new QPushButton(tr("Open…")))
    , m_preview(new QPushButton(tr("Preview")))
    , m_run(new PrimaryButton(tr("Run patch")))
{
    auto *label = new QLabel(tr("&Task"));
    label->setBuddy(m_task);
    label->setMinimumWidth(label->sizeHint().width() + 4);
    m_task->setObjectName(QStringLiteral("taskFile"));
    m_task->setEditable(true);
    m_task->setInsertPolicy(QComboBox::NoInsert);
    m_task->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_task->setMinimumContentsLength(20);
    m_task->setAccessibleName(tr("Task file"));
    m_task->lineEdit()->setAccessibleName(tr("Task file"));
    m_task->lineEdit()->setPlaceholderText(tr("Path of a task file"));
    auto *runnerLabel = new QLabel(tr("Ru&nner"));
    runnerLabel->setBuddy(m_runner);
    m_runner->setObjectName(QStringLiteral("runner"));
    m_runner->setAccessibleName(tr("Runner"));
    m_runner->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_runner->setMaximumWidth(runnerWidth);
    m_open->setAccessibleName(tr("Open a task file"));
    m_preview->setObjectName(QStringLiteral("previewButton"));
    m_preview->setAccessibleName(tr("Preview"));
    m_preview->setToolTip(tr("Show what the task would change (F5)"));
    m_run->setObjectName(QStringLiteral("runButton"));
    m_run->setAccessibleName(tr("Run patch"));

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->setSpacing(8);
    layout->addWidget(label);
    layout->addWidget(m_task, 1);
    layout->addWidget(m_open);
    layout->addSpacing(8);
    layout->addWidget(runnerLabel);
    layout->addWidget(m_runner);
    layout->addSpacing(8);
    layout->addWidget(m_preview);
    layout->addWidget(m_run);

    connect(m_task, &QComboBox::textActivated, this, &TaskStrip::pickTyped);
    connect(m_task->lineEdit(), &QLineEdit::returnPressed, this, &TaskStrip::pickTyped);
    connect(m_open, &QPushButton::clicked, this, &TaskStrip::openRequested);
    connect(m_runner, &QComboBox::activated, this,
            [this](int index) { Q_EMIT runnerPicked(m_runner->itemData(index).toString()); });
    connect(m_preview, &QPushButton::clicked, this, &TaskStrip::previewRequested);
    connect(m_run, &QPushButton::clicked, this, &TaskStrip::runRequested);
    setState({});
}

void TaskStrip::setState(const State &state)
{
    m_task->setEnabled(!state.running);
    if (m_run->hasFocus() && !state.canRun) { // else the focus would go to whatever comes next, such as a Stop button
        m_task->setFocus();
    }
    m_open->setEnabled(!state.running);
    m_preview->setEnabled(state.canPreview);
    m_run->setEnabled(state.canRun);
    m_runner->setEnabled(!state.running);
    m_run->setText(state.running                      ? tr("Running…")
                       : state.remoteRunner.isEmpty() ? tr("Run patch")
                                                      : tr("Run patch on %1").arg(state.remoteRunner));
    m_run->setToolTip(state.tip.isEmpty() ? tr("Run the task (Ctrl+Return)") : state.tip);
}

void TaskStrip::setTask(const QString &path)
{
    m_path = path;
    m_task->setEditText(path);
    m_task->lineEdit()->setCursorPosition(static_cast<int>(path.size()));
    m_task->setToolTip(path);
}

QString TaskStrip::task() const
{
    return m_path;
}

void TaskStrip::setRecent(const QStringList &paths)
{
    const QSignalBlocker blocker(m_task);
    const QString text = m_task->currentText();
    m_task->clear();
    m_task->addItems(paths);
    m_task->setEditText(text);
}

void TaskStrip::setRunners(const QList<App::ServiceInfo> &runners, const QString &chosen)
{
    if (m_runner->view()->isVisible()) {
        return; // not under the user's hand; the next change brings it
    }
    const QSignalBlocker blocker(m_runner);
    m_runner->clear();
    QStringList up;
    for (const App::ServiceInfo &runner : runners) {
        if (isUp(runner)) {
            up.append(runner.name);
        }
    }
    m_runner->addItem(up.size() == 1 ? tr("Automatic (%1)").arg(up.first()) : tr("Automatic"), QString());
    m_runner->setItemData(0, tr("The runner with the least to do"), Qt::ToolTipRole);
    for (const App::ServiceInfo &runner : runners) {
        const ServiceLook look = lookOf(runner);
        const QString host = runner.isRemote ? QStringLiteral(" · ") + addressOf(runner) : QString();
        const QString state = runner.isStale            ? tr("last known")
            : runner.state == App::ServiceState::Failed ? (runner.isRemote ? tr("state unknown") : tr("Failed"))
                                                        : look.word;
        m_runner->addItem(shapeIcon(look.shape, look.tone), QStringLiteral("%1%2 · %3").arg(runner.name, host, state),
                          runner.name);
        m_runner->setItemData(m_runner->count() - 1, look.word, Qt::ToolTipRole);
    }
    int index = m_runner->findData(chosen);
    if (index < 0) {
        m_runner->addItem(shapeIcon(Shape::DashedRing, Tone::Muted), tr("%1 · gone").arg(chosen), chosen);
        index = m_runner->count() - 1;
    }
    m_runner->setCurrentIndex(index);
    m_runner->setToolTip(m_runner->currentText());
}

void TaskStrip::focusRun()
{
    if (m_run->isEnabled()) {
        m_run->setFocus();
    }
}

// Return in the combo can speak twice, as the list's signal and as the line edit's: one pick comes of it.
void TaskStrip::pickTyped()
{
    if (!std::exchange(m_pickPending, true)) {
        QMetaObject::invokeMethod(this, &TaskStrip::announcePick, Qt::QueuedConnection);
    }
}

void TaskStrip::announcePick()
{
    m_pickPending = false;
    const QString path = withHomeExpanded(m_task->currentText().trimmed());
    if (!path.isEmpty() && path != m_path) {
        Q_EMIT taskPicked(path);
    }
}

} // namespace PatchPanel::Ui
