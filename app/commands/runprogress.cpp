#include "app/commands/runprogress.h"

namespace PatchPanel::App {

namespace {

constexpr std::chrono::milliseconds interval{100};

} // namespace

RunProgress::RunProgress(Console &console)
    : m_console(console)
{
    connect(&m_timer, &QTimer::timeout, this, &RunProgress::show);
}

void RunProgress::begin(const QString &task, qsizetype number, qsizetype count)
{
    if (!m_console.hasStatusLine()) {
        return;
    }
    m_task = count == 1 ? task : QStringLiteral("%1 (%2 of %3)").arg(task).arg(number).arg(count);
    m_step = QStringLiteral("Waiting");
    m_sinceStep.start();
    m_timer.start(interval);
}

void RunProgress::stepChanged(const Step &step)
{
    if (step.state == StepState::Running) {
        m_step = displayName(step.phase);
        m_sinceStep.start();
    }
}

void RunProgress::end()
{
    m_timer.stop();
    m_console.setStatus({});
}

void RunProgress::show()
{
    m_console.setStatus(QStringLiteral("%1 %2 s · %3")
                            .arg(m_step)
                            .arg(static_cast<double>(m_sinceStep.elapsed()) / 1000, 0, 'f', 1)
                            .arg(m_task));
}

} // namespace PatchPanel::App
