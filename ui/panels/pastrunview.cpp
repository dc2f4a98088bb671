#include "ui/panels/pastrunview.h"

#include "ui/models/changesmodel.h"
#include "ui/models/outcome.h"
#include "ui/panels/steprow.h"
#include "ui/style/labels.h"
#include "ui/style/linesplitter.h"
#include "ui/style/tables.h"
#include "ui/views/textview.h"

#include <QHeaderView>
#include <QPushButton>
#include <QScrollArea>
#include <QTableView>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

namespace {

// Runs that left changes in the workspace.
bool leftChanges(RunStatus status)
{
    return status == RunStatus::Ok || status == RunStatus::AppliedNotCommitted;
}

} // namespace

PastRunView::PastRunView(QWidget *parent)
    : QWidget(parent)
    , m_shape(new ShapeLabel)
    , m_sentence(new ToneLabel)
    , m_reason(new ToneLabel(Tone::Muted))
    , m_rollback(new QPushButton(tr("Roll back…")))
    , m_changes(new ChangesModel(this))
    , m_files(new QTableView)
    , m_report(new TextView)
{
    styleTable(m_files);
    m_files->setModel(m_changes);
    m_files->setAccessibleName(tr("Files that the run changed"));
    m_files->setTextElideMode(Qt::ElideLeft);
    m_files->horizontalHeader()->hide();
    m_files->horizontalHeader()->setMinimumSectionSize(36);
    m_files->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_files->horizontalHeader()->setSectionResizeMode(ChangesModel::PathColumn, QHeaderView::Stretch);
    m_report->setAccessibleName(tr("Report of the run"));

    auto *parts = new LineSplitter(Qt::Horizontal);
    parts->addWidget(makeSteps());
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
    for (StepRow *step : m_steps) {
        step->setStep(Step{step->step().phase});
    }
    for (const QJsonValue &value : run.response[QStringLiteral("steps")].toArray()) {
        const Step step = Step::fromJson(value.toObject());
        m_steps[static_cast<std::size_t>(step.phase)]->setStep(step);
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
    m_sentence->setText(error.toString());
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

QStringList PastRunView::changedPaths() const
{
    QStringList paths;
    for (const ChangedFile &file : m_changes->files()) {
        paths.append(file.path);
    }
    return paths;
}

QWidget *PastRunView::makeHeader()
{
    m_sentence->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_rollback->setAccessibleName(tr("Roll back the selected run"));
    auto *header = new QWidget;
    auto *layout = new QHBoxLayout(header);
    layout->setContentsMargins(12, 6, 12, 6);
    layout->setSpacing(8);
    layout->addWidget(m_shape);
    layout->addWidget(m_sentence, 1);
    layout->addWidget(m_reason);
    layout->addWidget(m_rollback);
    return header;
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
        m_steps[static_cast<std::size_t>(phase)] = row;
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
    if (!leftChanges(m_run.status)) {
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
}

} // namespace PatchPanel::Ui
