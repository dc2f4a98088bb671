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

} // namespace

StepsPanel::StepsPanel(QWidget *parent)
    : QWidget(parent)
    , m_runId(new ToneLabel(Tone::Muted))
    , m_shape(new ShapeLabel)
    , m_state(new ToneLabel)
    , m_total(new ToneLabel(Tone::Muted))
    , m_cancel(new QPushButton(tr("Cancel run")))
    , m_again(new QPushButton(tr("Run again")))
    , m_report(new QPushButton(tr("Open report")))
{
    m_state->setWordWrap(true);
    for (QPushButton *button : {m_cancel, m_again, m_report}) {
        button->setAccessibleName(button->text());
    }
    auto *header = new QHBoxLayout;
    header->setContentsMargins(12, 9, 12, 5);
    header->addWidget(makeHeading(tr("Steps")), 1);
    header->addWidget(m_runId);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addLayout(header);
    for (const Phase phase : allPhases) {
        auto *stepRow = new StepRow(phase);
        m_rows[static_cast<std::size_t>(phase)] = stepRow;
        layout->addWidget(stepRow);
        connect(stepRow, &StepRow::clicked, this, [this, phase] { Q_EMIT phaseActivated(phase); });
    }
    auto *state = new QHBoxLayout;
    state->setSpacing(8);
    state->addWidget(m_shape, 0, Qt::AlignTop);
    state->addWidget(m_state, 1);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(6);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_again);
    buttons->addWidget(m_report);
    auto *footer = new QVBoxLayout;
    footer->setContentsMargins(12, 10, 12, 8);
    footer->setSpacing(6);
    footer->addLayout(state);
    footer->addWidget(m_total);
    footer->addLayout(buttons);
    layout->addLayout(footer);
    layout->addStretch(1);

    connect(m_cancel, &QPushButton::clicked, this, &StepsPanel::cancelRequested);
    connect(m_again, &QPushButton::clicked, this, &StepsPanel::runAgainRequested);
    connect(m_report, &QPushButton::clicked, this, [this] { Q_EMIT reportRequested(m_reportPath); });
    connect(&m_tick, &QTimer::timeout, this, &StepsPanel::refreshTimes);
    reset();
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
    setState(Shape::Ring, Tone::Muted, tr("No run yet"));
    showButtons(false, false);
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
    setState(Shape::HalfDot, Tone::Running, tr("Running"));
    m_runTime.start();
    m_tick.start(tickMs);
    m_cancel->setEnabled(true);
    showButtons(true, false);
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
    m_cancel->setEnabled(false);
    setState(Shape::HalfDot, Tone::Warn, tr("Stopping…"));
}

void StepsPanel::finishRun(const Relay::RunOutcome &outcome)
{
    m_tick.stop();
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
    showButtons(false, true);
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
    m_state->setAccessibleName(text);
}

void StepsPanel::refreshTimes()
{
    m_total->setText(tr("Total %1").arg(formatDuration(m_runTime.elapsed())));
    for (StepRow *stepRow : m_rows) {
        Step step = stepRow->step();
        if (step.state == StepState::Running) {
            step.durationMs = m_stepTime.elapsed();
            stepRow->setStep(step);
        }
    }
}

void StepsPanel::showButtons(bool running, bool finished)
{
    m_cancel->setVisible(running);
    m_again->setVisible(finished);
    m_report->setVisible(finished && !m_reportPath.isEmpty());
}

} // namespace PatchPanel::Ui
