#include "ui/desktop/fanoutdialog.h"

#include "app/workspaceglob.h"
#include "ui/models/background.h"
#include "ui/models/fanoutmodel.h"
#include "ui/models/fanoutsession.h"
#include "ui/models/servicetexts.h"
#include "ui/models/settings.h"
#include "ui/panels/banner.h"
#include "ui/style/labels.h"
#include "ui/style/primarybutton.h"
#include "ui/style/tables.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QLineEdit>
#include <QProgressBar>
#include <QRegularExpression>
#include <QSpinBox>
#include <QTableView>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

namespace {

const QString foldersKey = QStringLiteral("fanOut/folders");
constexpr int typingPauseMs = 200;
constexpr int mostAtOnce = 64;

// So that glob(3) takes it for itself.
QString asPattern(QString folder)
{
    static const QRegularExpression special(QStringLiteral("([\\\\*?\\[\\]{}])"));
    return folder.replace(special, QStringLiteral("\\\\\\1"));
}

QHBoxLayout *makeRow(QWidget *row)
{
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(16, 0, 16, 0);
    layout->setSpacing(6);
    return layout;
}

} // namespace

FanOutDialog::FanOutDialog(FanOutSession *session, const QString &taskFile, int room, QWidget *parent)
    : QDialog(parent)
    , m_session(session)
    , m_model(new FanOutModel(this))
    , m_banner(new Banner)
    , m_task(new ToneLabel)
    , m_folders(new QLineEdit(Settings().value(foldersKey).toString()))
    , m_add(new QPushButton(tr("&Add Folder…")))
    , m_count(new ToneLabel(Tone::Muted))
    , m_list(new QTableView)
    , m_progress(new QProgressBar)
    , m_state(new ToneLabel(Tone::Muted))
    , m_atOnce(new QSpinBox)
    , m_run(new PrimaryButton)
    , m_cancel(new QPushButton(tr("Cancel")))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Run in Workspaces"));
    m_atOnce->setRange(1, mostAtOnce);
    m_atOnce->setValue(std::min(room, mostAtOnce));
    m_typing.setSingleShot(true);
    m_typing.setInterval(typingPauseMs);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Workspaces that are done"));
    m_progress->setMaximumHeight(8);
    m_state->setObjectName(QStringLiteral("fanOutState"));

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 12, 0, 12);
    layout->setSpacing(8);
    layout->addWidget(m_banner);
    auto *taskRow = new QWidget;
    makeRow(taskRow)->addWidget(m_task, 1);
    layout->addWidget(taskRow);
    layout->addWidget(makeFolderRow());
    layout->addWidget(makeList(), 1);
    auto *progressRow = new QWidget;
    QHBoxLayout *progress = makeRow(progressRow);
    progress->addWidget(m_state);
    progress->addWidget(m_progress, 1);
    layout->addWidget(progressRow);
    layout->addWidget(makeButtonRow());
    resize(860, 560);

    connect(&m_typing, &QTimer::timeout, this, &FanOutDialog::findWorkspaces);
    connect(m_folders, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(m_model, &FanOutModel::chosenChanged, this, &FanOutDialog::refresh);
    connect(m_banner, &Banner::linkActivated, this, [this](const QString &) { m_session->resume(m_taskFile); });
    connectSession();
    setTask(taskFile);
    if (m_session->runs().isEmpty()) {
        findWorkspaces();
    } else {
        m_model->setRuns(m_session->runs());
    }
    showProgress();
    m_folders->setFocus();
}

void FanOutDialog::setTask(const QString &taskFile)
{
    m_taskFile = taskFile;
    m_task->setText(tr("Runs %1 in every workspace that is checked.").arg(QFileInfo(taskFile).fileName()));
    m_task->setToolTip(taskFile);
    m_session->lookForUnfinished(taskFile);
    refresh();
}

QWidget *FanOutDialog::makeFolderRow()
{
    auto *label = new QLabel(tr("&Folders"));
    label->setBuddy(m_folders);
    m_folders->setObjectName(QStringLiteral("fanOutFolders"));
    m_folders->setAccessibleName(tr("Folders"));
    m_folders->setPlaceholderText(QStringLiteral("~/src/repos/*; /srv/shop"));
    m_folders->setToolTip(tr("Patterns with *, ?, [ ] and { }, with semicolons between them; relative to your home"));
    m_folders->setClearButtonEnabled(true);
    m_add->setAutoDefault(false);
    connect(m_add, &QPushButton::clicked, this, &FanOutDialog::addFolder);
    auto *row = new QWidget;
    QHBoxLayout *layout = makeRow(row);
    layout->addWidget(label);
    layout->addWidget(m_folders, 1);
    layout->addWidget(m_add);
    return row;
}

QWidget *FanOutDialog::makeList()
{
    styleTable(m_list);
    m_list->setModel(m_model);
    m_list->setAccessibleName(tr("Workspaces"));
    m_list->setToolTip(tr("A double click shows the run in the history"));
    QHeaderView *header = m_list->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(FanOutModel::MessageColumn, QHeaderView::Stretch);
    connect(m_list, &QTableView::activated, this, [this](const QModelIndex &index) {
        const QString &runId = m_model->runs()[index.row()].runId;
        if (!runId.isEmpty()) {
            Q_EMIT runActivated(runId);
        }
    });
    auto *page = new QWidget;
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins({});
    layout->setSpacing(4);
    auto *countRow = new QWidget;
    makeRow(countRow)->addWidget(m_count, 1);
    layout->addWidget(countRow);
    layout->addWidget(m_list, 1);
    return page;
}

QWidget *FanOutDialog::makeButtonRow()
{
    auto *label = new QLabel(tr("At &once"));
    label->setBuddy(m_atOnce);
    m_atOnce->setAccessibleName(tr("Runs at once"));
    m_atOnce->setToolTip(tr("At most as many run as the runners have room for: Settings, Services"));
    m_run->setObjectName(QStringLiteral("fanOutRun"));
    m_run->setAutoDefault(false); // Return in the list would press it, too
    m_cancel->setObjectName(QStringLiteral("fanOutCancel"));
    m_cancel->setAutoDefault(false);
    auto *closeButton = new QPushButton(tr("Close"));
    closeButton->setAutoDefault(false);
    connect(m_run, &QPushButton::clicked, this, &FanOutDialog::start);
    connect(m_cancel, &QPushButton::clicked, m_session, &FanOutSession::cancel);
    connect(closeButton, &QPushButton::clicked, this, &QDialog::reject);
    auto *row = new QWidget;
    QHBoxLayout *layout = makeRow(row);
    layout->addWidget(label);
    layout->addWidget(m_atOnce);
    layout->addStretch(1);
    layout->addWidget(closeButton);
    layout->addWidget(m_cancel);
    layout->addWidget(m_run);
    return row;
}

void FanOutDialog::connectSession()
{
    connect(m_session, &FanOutSession::changed, this, &FanOutDialog::refresh);
    connect(m_session, &FanOutSession::started, this, [this] {
        m_banner->setMessage({});
        m_model->setRuns(m_session->runs());
        showProgress();
    });
    connect(m_session, &FanOutSession::runChanged, this, [this](qsizetype index) {
        m_model->setRun(index, m_session->runs()[index]);
        showProgress();
    });
    connect(m_session, &FanOutSession::ended, this, [this] {
        showProgress();
        m_session->lookForUnfinished(m_taskFile);
    });
    connect(m_session, &FanOutSession::failed, this, [this](const Error &error) {
        m_banner->setMessage({Shape::Cross, Tone::Error, translatedServiceText(error)});
    });
    connect(m_session, &FanOutSession::unfinishedLookedFor, this, &FanOutDialog::tellUnfinished);
}

void FanOutDialog::addFolder()
{
    auto *dialog = new QFileDialog(this, tr("Add a workspace"), QDir::homePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &folder) {
        const QString before = m_folders->text().trimmed();
        m_folders->setText(before.isEmpty() ? asPattern(folder) : before + QStringLiteral("; ") + asPattern(folder));
    });
    dialog->open();
}

QStringList FanOutDialog::patterns() const
{
    QStringList patterns;
    const QStringList parts = m_folders->text().split(u';', Qt::SkipEmptyParts);
    for (const QString &part : parts) {
        const QString pattern = part.trimmed();
        if (!pattern.isEmpty()) {
            const bool isAbsolute = pattern.startsWith(u'/') || pattern.startsWith(u'~');
            patterns.append(isAbsolute ? pattern : QStringLiteral("~/") + pattern);
        }
    }
    return patterns;
}

void FanOutDialog::findWorkspaces()
{
    const int search = ++m_search;
    const QStringList wanted = patterns();
    if (wanted.isEmpty()) {
        takeWorkspaces(QStringList());
        return;
    }
    inBackground(
        this, [wanted] { return App::workspacesMatching(wanted); },
        [this, search](const Result<QStringList> &found) {
            if (search == m_search && !m_session->isRunning()) {
                takeWorkspaces(found);
            }
        });
}

void FanOutDialog::takeWorkspaces(const Result<QStringList> &found)
{
    m_model->setWorkspaces(found ? *found : QStringList());
    showProgress();
    if (!found) {
        m_count->setTone(Tone::Error);
        m_count->setText(translatedServiceText(found.error().message));
    }
}

void FanOutDialog::tellUnfinished(const std::optional<App::FanOutCounts> &found)
{
    if (m_session->isRunning()) {
        return;
    }
    m_banner->setMessage(found ? Banner::Message{Shape::HalfDot,
                                                 Tone::Warn,
                                                 tr("The last time this task did not get to its end: %1 of %2 done.")
                                                     .arg(found->done() - found->cancelled)
                                                     .arg(found->total),
                                                 {{tr("Go on"), QStringLiteral("resume")}}}
                               : Banner::Message{});
}

void FanOutDialog::start()
{
    Settings().setValue(foldersKey, m_folders->text());
    m_session->run(
        {.task = m_taskFile, .patterns = patterns(), .workspaces = m_model->chosen(), .atOnce = m_atOnce->value()});
}

void FanOutDialog::showProgress()
{
    m_progress->setVisible(m_model->isOfFanOut());
    if (!m_model->isOfFanOut()) {
        m_state->setText({});
        return;
    }
    const App::FanOutCounts counts(m_session->runs());
    m_progress->setRange(0, static_cast<int>(counts.total));
    m_progress->setValue(static_cast<int>(counts.done() - counts.cancelled));
    QString text = tr("%1 of %2 done").arg(counts.done() - counts.cancelled).arg(counts.total);
    text += counts.failed > 0 ? tr(", %1 failed").arg(counts.failed) : QString();
    text += counts.cancelled > 0 ? tr(", %1 cancelled").arg(counts.cancelled) : QString();
    text += counts.running > 0 ? tr(", %1 running").arg(counts.running) : QString();
    m_state->setText(text);
    m_state->setTone(m_session->isRunning() ? Tone::Running : counts.areAllFine() ? Tone::Ok : Tone::Error);
}

void FanOutDialog::refresh()
{
    const bool isRunning = m_session->isRunning();
    const auto chosen = static_cast<int>(m_model->chosen().size());
    m_model->setLocked(isRunning);
    m_folders->setEnabled(!isRunning);
    m_add->setEnabled(!isRunning);
    m_atOnce->setEnabled(!isRunning);
    m_run->setText(tr("Run in %n workspace(s)", nullptr, chosen));
    m_run->setEnabled(!isRunning && chosen > 0 && !m_taskFile.isEmpty());
    m_cancel->setEnabled(isRunning && !m_session->isCancelling());
    m_cancel->setText(m_session->isCancelling() ? tr("Cancelling…") : tr("Cancel"));
    m_count->setTone(Tone::Muted);
    m_count->setText(tr("%1 of %2 workspaces chosen").arg(chosen).arg(m_model->rowCount()));
    showProgress();
}

} // namespace PatchPanel::Ui
