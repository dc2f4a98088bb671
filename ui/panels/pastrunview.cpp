#include "ui/panels/pastrunview.h"

#include "ui/models/actionlist.h"
#include "ui/models/changesmodel.h"
#include "ui/models/outcome.h"
#include "ui/models/servicetexts.h"
#include "ui/panels/steprow.h"
#include "ui/style/labels.h"
#include "ui/style/linesplitter.h"
#include "ui/style/pathdelegate.h"
#include "ui/style/tables.h"
#include "ui/style/verbatimdelegate.h"
#include "ui/views/textview.h"

#include <QAction>
#include <QClipboard>
#include <QDir>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QTableView>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

PastRunView::PastRunView(QWidget *parent)
    : QWidget(parent)
    , m_shape(new ShapeLabel)
    , m_sentence(new ToneLabel)
    , m_reason(new ToneLabel(Tone::Muted))
    , m_rollback(new QPushButton(tr("Roll back…")))
    , m_again(new QPushButton(tr("Run again")))
    , m_more(new QPushButton)
    , m_menu(new QMenu(this))
    , m_changes(new ChangesModel(this))
    , m_files(new QTableView)
    , m_report(new TextView)
{
    styleTable(m_files);
    m_files->setModel(m_changes);
    m_files->setItemDelegate(new VerbatimDelegate(m_files));
    m_files->setItemDelegateForColumn(ChangesModel::PathColumn, new PathDelegate(m_files));
    m_files->setAccessibleName(tr("Files that the run changed"));
    m_files->horizontalHeader()->hide();
    m_files->horizontalHeader()->setMinimumSectionSize(36);
    m_files->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_files->horizontalHeader()->setSectionResizeMode(ChangesModel::PathColumn, QHeaderView::Stretch);
    m_report->setAccessibleName(tr("Report of the run"));

    auto *parts = new LineSplitter(Qt::Horizontal);
    m_steps = makeSteps();
    parts->addWidget(m_steps);
    parts->addWidget(m_files);
    parts->addWidget(m_report);
    parts->setStretchFactor(2, 1);
    parts->setSizes({190, 190, 455});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(makeHeader());
    layout->addWidget(parts, 1);
    connect(m_rollback, &QPushButton::clicked, this, &PastRunView::rollbackRequested);
    connect(m_again, &QPushButton::clicked, this, [this] { Q_EMIT runAgainRequested(taskFile()); });
    connect(m_more, &QPushButton::clicked, this,
            [this] { m_menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height()))); });
    showNothing();
}

void PastRunView::showNothing()
{
    showRun({});
    m_shape->setShape(Shape::Ring, Tone::Muted);
    m_sentence->setTone(Tone::Muted);
    m_sentence->setText(tr("Select a run to see its report"));
}

void PastRunView::showRun(const Relay::RunOutcome &run)
{
    m_run = run;
    const OutcomeLook look = lookOf(run);
    m_shape->setShape(look.shape, look.tone);
    m_sentence->setTone(look.tone);
    m_sentence->setText(sentenceFor(run));
    m_sentence->setToolTip(m_sentence->text());
    for (StepRow *step : m_stepRows) {
        step->setStep(Step{step->step().phase});
    }
    for (const QJsonValue &value : run.response[QStringLiteral("steps")].toArray()) {
        const Step step = Step::fromJson(value.toObject());
        m_stepRows[static_cast<std::size_t>(step.phase)]->setStep(step);
    }
    m_changes->setChanges(run.response[QStringLiteral("changes")].toArray());
    m_report->setEmptyText(run.runId.isEmpty() ? QString() : tr("Loading the report…"));
    m_report->setText({});
    refreshButton();
}

void PastRunView::showError(const Error &error)
{
    showNothing();
    m_shape->setShape(Shape::Triangle, Tone::Warn);
    m_sentence->setTone(Tone::Warn);
    m_sentence->setText(translatedServiceText(error));
}

void PastRunView::setReport(const QByteArray &text)
{
    m_report->setEmptyText(tr("The run left no report"));
    m_report->setText(text);
}

void PastRunView::setObstacle(const QString &reason)
{
    m_obstacle = reason;
    refreshButton();
}

void PastRunView::setRollbackAction(QAction *action)
{
    m_rollbackAction = action;
    m_menu->insertAction(m_menuAgain, action);
    refreshButton();
}

QStringList PastRunView::changedPaths() const
{
    QStringList paths;
    for (const ChangedFile &file : m_changes->files()) {
        paths.append(file.path);
    }
    return paths;
}

void PastRunView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refreshButton();
}

void PastRunView::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    refreshButton();
}

QWidget *PastRunView::makeHeader()
{
    m_sentence->elide();
    m_rollback->setAccessibleName(tr("Roll back the selected run"));
    auto *header = new QWidget;
    auto *layout = new QHBoxLayout(header);
    layout->setContentsMargins(12, 6, 12, 6);
    layout->setSpacing(8);
    layout->addWidget(m_shape);
    layout->addWidget(m_sentence, 1);
    layout->addWidget(m_reason);
    layout->addWidget(m_rollback);
    layout->addWidget(m_again);
    layout->addWidget(m_more);
    m_again->setAccessibleName(tr("Run the task of the selected run again"));
    m_again->setToolTip(tr("Open the task of this run and preview it"));
    m_more->setFlat(true);
    m_more->setIcon(shapeIcon(Shape::Dots));
    m_more->setFixedWidth(m_more->sizeHint().height());
    m_more->setAccessibleName(tr("More for the selected run"));
    m_more->setToolTip(m_more->accessibleName());
    makeMenu();
    return header;
}

void PastRunView::makeMenu()
{
    m_menu->setTitle(tr("Past Run"));
    m_menuAgain = m_menu->addAction(tr("Run &Again"), this, [this] { Q_EMIT runAgainRequested(taskFile()); });
    m_menu->addSeparator();
    m_showLog =
        m_menu->addAction(tr("Show Its &Log"), this, [this] { Q_EMIT logRequested(m_run.runId, failedPhase(m_run)); });
    m_openReport = m_menu->addAction(tr("Open &Report"), this, [this] { Q_EMIT reportRequested(reportPath()); });
    m_openJson = m_menu->addAction(tr("Open Report as &JSON"), this, [this] {
        Q_EMIT reportRequested(QFileInfo(reportPath()).dir().filePath(QStringLiteral("report.json")));
    });
    m_menu->addAction(tr("&Copy Run Id"), this, [this] {
        QGuiApplication::clipboard()->setText(m_run.runId);
        Q_EMIT copied(tr("The id of the run"));
    });
    m_menu->addSeparator();
    m_remove = m_menu->addAction(tr("&Delete from History…"), this, [this] { Q_EMIT removeRequested(m_run.runId); });
}

QString PastRunView::reportPath() const
{
    const QString path = m_run.response[QStringLiteral("report")].toString();
    return path.isEmpty() ? QString()
                          : QDir(m_run.response[QStringLiteral("workspace")].toString()).absoluteFilePath(path);
}

QString PastRunView::taskFile() const
{
    const QJsonValue file = m_run.response[QStringLiteral("task")][QStringLiteral("file")];
    return file.toString().isEmpty()
        ? QString()
        : QDir(m_run.response[QStringLiteral("workspace")].toString()).absoluteFilePath(file.toString());
}

QWidget *PastRunView::makeSteps()
{
    auto *rows = new QWidget;
    rows->setBackgroundRole(QPalette::Base);
    auto *layout = new QVBoxLayout(rows);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    for (const Phase phase : allPhases) {
        auto *row = new StepRow(phase);
        row->setFocusPolicy(Qt::NoFocus); // there is no log left to show
        row->setAttribute(Qt::WA_TransparentForMouseEvents);
        m_stepRows[static_cast<std::size_t>(phase)] = row;
        layout->addWidget(row);
    }
    layout->addStretch(1);
    auto *area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setAccessibleName(tr("Steps of the run"));
    area->setWidget(rows);
    return area;
}

QString PastRunView::whyNot() const
{
    if (m_run.runId.isEmpty()) {
        return tr("No run is selected");
    }
    if (!leavesChanges(m_run.status)) {
        return tr("The run left no changes");
    }
    if (m_changes->files().isEmpty()) {
        return tr("The run changed no files");
    }
    return m_obstacle;
}

void PastRunView::refreshButton()
{
    const QString reason = whyNot();
    m_rollback->setEnabled(reason.isEmpty());
    m_rollback->setToolTip(reason.isEmpty() ? tr("Put the files back as they were before this run") : reason);
    m_reason->setText(m_run.runId.isEmpty() ? QString() : reason);
    const bool isThere = !m_run.runId.isEmpty();
    if (m_rollbackAction) { // where no run is in sight it leads to them
        setAvailable(m_rollbackAction, !isVisible() || !isThere || reason.isEmpty(), reason);
    }
    m_again->setEnabled(isThere && !taskFile().isEmpty());
    m_menuAgain->setEnabled(m_again->isEnabled());
    m_showLog->setEnabled(isThere);
    m_more->setEnabled(isThere);
    m_openReport->setEnabled(!reportPath().isEmpty());
    m_openJson->setEnabled(!reportPath().isEmpty());
    m_remove->setEnabled(isThere && isFinal(m_run.status));
    m_steps->setVisible(isThere);
    m_files->setVisible(isThere);
    m_report->setVisible(isThere);
}

} // namespace PatchPanel::Ui
