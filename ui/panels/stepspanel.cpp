#include "ui/panels/stepspanel.h"

#include "ui/models/format.h"
#include "ui/models/outcome.h"
#include "ui/panels/steprow.h"
#include "ui/style/labels.h"

#include <QJsonArray>
#include <QPushButton>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

namespace {

constexpr int tickMs = 100;
constexpr qint64 patienceMs = 5000; // with a run that was cancelled

} // namespace

StepsPanel::StepsPanel(QWidget *parent)
    : QWidget(parent)
    , m_layout(new QVBoxLayout(this))
    , m_rowLayout(new QVBoxLayout)
    , m_footer(new QVBoxLayout)
    , m_buttons(new QVBoxLayout)
    , m_header(new QWidget)
    , m_runId(new ToneLabel(Tone::Muted))
    , m_shape(new ShapeLabel)
    , m_state(new ToneLabel)
    , m_total(new ToneLabel(Tone::Muted))
    , m_cancel(new QPushButton(tr("Cancel run")))
    , m_abandon(new QPushButton(tr("Stop waiting")))
    , m_rollback(new QPushButton(tr("Roll back…")))
    , m_again(new QPushButton(tr("Run again")))
    , m_report(new QPushButton(tr("Open report")))
{
    m_state->setWordWrap(true);
    m_abandon->setToolTip(tr("Leave the run alone: it may go on where it runs, and its end is told by the history"));
    for (QPushButton *button : {m_cancel, m_abandon, m_rollback, m_again, m_report}) {
        button->setAccessibleName(button->text());
    }
    m_rollback->setAccessibleName(tr("Roll back the run that ended"));
    auto *header = new QHBoxLayout(m_header);
    header->setContentsMargins(12, 9, 12, 5);
    header->addWidget(makeHeading(tr("Steps")), 1);
    header->addWidget(m_runId);

    m_rowLayout->setSpacing(0);
    for (const Phase phase : allPhases) {
        auto *stepRow = new StepRow(phase);
        m_rows[static_cast<std::size_t>(phase)] = stepRow;
        m_rowLayout->addWidget(stepRow);
        connect(stepRow, &StepRow::clicked, this, [this, phase] {
            if (row(phase)->step().state == StepState::Failed) {
                Q_EMIT failureActivated(phase);
            } else {
                Q_EMIT phaseActivated(phase);
            }
        });
    }
    auto *state = new QHBoxLayout;
    state->setSpacing(8);
    state->addWidget(m_shape, 0, Qt::AlignTop);
    state->addWidget(m_state, 1);
    m_buttons->setSpacing(6);
    for (QPushButton *button : {m_cancel, m_abandon, m_rollback, m_again, m_report}) {
        m_buttons->addWidget(button);
    }
    m_footer->addLayout(state);
    m_footer->addWidget(m_total);
    m_footer->addLayout(m_buttons);
    m_layout->setContentsMargins({});
    m_layout->setSpacing(0);
    m_layout->addWidget(m_header);
    m_layout->addLayout(m_rowLayout);
    m_layout->addLayout(m_footer);
    m_layout->addStretch(1);

    connect(m_cancel, &QPushButton::clicked, this, &StepsPanel::cancelRequested);
    connect(m_abandon, &QPushButton::clicked, this, &StepsPanel::abandonRequested);
    connect(m_rollback, &QPushButton::clicked, this, [this] { Q_EMIT rollbackRequested(m_undoable); });
    connect(m_again, &QPushButton::clicked, this, &StepsPanel::runAgainRequested);
    connect(m_report, &QPushButton::clicked, this, [this] { Q_EMIT reportRequested(m_reportPath); });
    connect(&m_tick, &QTimer::timeout, this, &StepsPanel::refreshTimes);
    setLine(false);
    reset();
}

void StepsPanel::setLine(bool line)
{
    m_isLine = line;
    arrange();
}

void StepsPanel::setConnectionLost(bool lost)
{
    m_isConnectionLost = lost;
    arrange();
}

// What is told about a connection that was lost is too long for the line: it stands below it.
void StepsPanel::arrange()
{
    const bool line = m_isLine;
    const QBoxLayout::Direction direction = line ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom;
    for (QBoxLayout *layout : {m_rowLayout, m_footer, m_buttons}) {
        layout->setDirection(direction);
    }
    m_layout->setDirection(m_isConnectionLost ? QBoxLayout::TopToBottom : direction);
    m_header->setVisible(!line);
    m_total->setVisible(!line);
    m_state->setWordWrap(!line);
    m_footer->setContentsMargins(12, line ? 3 : 10, 12, line ? 3 : 8);
    m_footer->setSpacing(line ? 8 : 6);
    for (StepRow *stepRow : m_rows) {
        stepRow->setCompact(line);
    }
    refreshButtons();
}

void StepsPanel::reset()
{
    m_tick.stop();
    for (StepRow *stepRow : m_rows) {
        stepRow->setStep(Step{stepRow->step().phase});
    }
    m_runId->clear();
    m_total->clear();
    m_reportPath.clear();
    m_undoable.clear();
    setState(Shape::Ring, Tone::Muted, tr("No run yet"));
    setStage(Stage::Idle);
}

void StepsPanel::showPlanned(const Relay::RunOutcome &preview)
{
    reset();
    setSteps(preview.response, true);
    if (preview.status == RunStatus::Ok) {
        setState(Shape::Ring, Tone::Info, tr("Ready to run"));
    } else if (preview.status == RunStatus::Noop) {
        setState(Shape::Check, Tone::Ok, wordFor(preview.status));
    } else {
        const OutcomeLook look = lookOf(preview);
        setState(look.shape, look.tone, look.word);
    }
}

void StepsPanel::startRun()
{
    reset();
    setConnectionLost(false);
    setState(Shape::HalfDot, Tone::Running, tr("Running"));
    m_runTime.start();
    m_tick.start(tickMs);
    setStage(Stage::Running);
    refreshTimes();
}

void StepsPanel::setRunId(const QString &runId)
{
    m_runId->setText(tr("run %1").arg(shortRunId(runId)));
    m_runId->setToolTip(runId);
}

void StepsPanel::setStep(const Step &step)
{
    if (step.state == StepState::Running && row(step.phase)->step().state != StepState::Running) {
        m_stepTime.start();
    }
    row(step.phase)->setStep(step);
}

void StepsPanel::setCancelling()
{
    if (m_stage == Stage::Running) {
        m_stopTime.start();
        setStage(Stage::Stopping);
        refreshTimes();
    }
}

void StepsPanel::setConnectionProblem(const QString &problem)
{
    if (m_stage != Stage::Running && m_stage != Stage::Stopping) {
        return;
    }
    setConnectionLost(!problem.isEmpty());
    if (problem.isEmpty()) {
        setState(Shape::HalfDot, Tone::Running, tr("Running"));
        return;
    }
    QString where;
    for (const StepRow *stepRow : m_rows) {
        const Step &step = stepRow->step();
        if (step.state == StepState::Running) {
            where = tr(" at %1 %2").arg(phaseName(step.phase), formatDuration(step.durationMs));
        }
    }
    setState(Shape::Triangle, Tone::Warn, tr("Connection lost%1: state unknown, trying again").arg(where));
    m_state->setToolTip(problem);
}

void StepsPanel::setRollbackObstacle(const QString &reason)
{
    m_rollbackObstacle = reason;
    refreshButtons();
}

void StepsPanel::finishRun(const Relay::RunOutcome &outcome)
{
    m_tick.stop();
    setConnectionLost(false);
    setSteps(outcome.response, false);
    for (StepRow *stepRow : m_rows) { // of a run whose end was not told in full
        Step step = stepRow->step();
        if (step.state == StepState::Pending || step.state == StepState::Running) {
            step.state = StepState::NotReached;
            stepRow->setStep(step);
        }
    }
    const OutcomeLook look = lookOf(outcome);
    setState(look.shape, look.tone, look.word);
    m_total->setText(tr("Total %1").arg(formatDuration(outcome.totalMs)));
    m_reportPath = outcome.response[QStringLiteral("report")].toString();
    m_undoable = leftChanges(outcome) ? outcome.runId : QString();
    setStage(Stage::Ended);
}

void StepsPanel::setSteps(const QJsonObject &response, bool planned)
{
    for (const QJsonValue &value : response[QStringLiteral("steps")].toArray()) {
        Step step = Step::fromJson(value.toObject());
        if (planned && step.state == StepState::Passed) { // of the dry run, not of the run to come
            step.state = StepState::WouldRun;
        }
        row(step.phase)->setStep(step);
    }
}

void StepsPanel::setState(Shape shape, Tone tone, const QString &text)
{
    m_shape->setShape(shape, tone);
    m_state->setTone(tone);
    m_state->setText(text);
    m_state->setToolTip(text);
    m_state->setAccessibleName(text);
}

void StepsPanel::refreshTimes()
{
    m_total->setText(tr("Total %1").arg(formatDuration(m_runTime.elapsed())));
    if (m_stage == Stage::Stopping) {
        const qint64 waited = m_stopTime.elapsed();
        setState(Shape::HalfDot, Tone::Warn,
                 waited < patienceMs ? tr("Stopping…") : tr("Stopping… %1").arg(formatDuration(waited)));
        m_abandon->setVisible(waited >= patienceMs);
    }
    for (StepRow *stepRow : m_rows) {
        Step step = stepRow->step();
        if (step.state == StepState::Running) {
            step.durationMs = m_stepTime.elapsed();
            stepRow->setStep(step);
        }
    }
}

void StepsPanel::setStage(Stage stage)
{
    m_stage = stage;
    m_abandon->hide();
    refreshButtons();
}

void StepsPanel::refreshButtons()
{
    const bool isRunning = m_stage == Stage::Running || m_stage == Stage::Stopping;
    const bool hasEnded = m_stage == Stage::Ended;
    m_cancel->setVisible(isRunning);
    m_cancel->setEnabled(m_stage == Stage::Running);
    m_state->setVisible(!m_isLine || isRunning); // in a line the outcome is told below it
    m_shape->setVisible(!m_isLine || isRunning);
    m_again->setVisible(hasEnded && !m_isLine);
    m_report->setVisible(hasEnded && !m_isLine && !m_reportPath.isEmpty());
    m_rollback->setVisible(hasEnded && !m_isLine && !m_undoable.isEmpty());
    m_rollback->setEnabled(m_rollbackObstacle.isEmpty());
    m_rollback->setToolTip(m_rollbackObstacle.isEmpty() ? tr("Put the files back as they were before this run")
                                                        : m_rollbackObstacle);
}

} // namespace PatchPanel::Ui
