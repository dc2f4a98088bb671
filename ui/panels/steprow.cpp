#include "ui/panels/steprow.h"

#include "ui/models/format.h"
#include "ui/models/outcome.h"
#include "ui/models/servicetexts.h"
#include "ui/style/shape.h"

#include <QPainter>
#include <QStyle>

namespace PatchPanel::Ui {

namespace {

constexpr int margin = 12;
constexpr int gap = 8;
constexpr int verticalMargin = 5;
constexpr int compactGap = 5;

struct Look {
    Shape shape;
    Tone tone;
};

Look lookOf(StepState state)
{
    switch (state) {
    case StepState::Running:
        return {Shape::HalfDot, Tone::Running};
    case StepState::Passed:
        return {Shape::Check, Tone::Ok};
    case StepState::Failed:
        return {Shape::Cross, Tone::Error};
    case StepState::Warned:
        return {Shape::Triangle, Tone::Warn};
    case StepState::WouldRun:
        return {Shape::Ring, Tone::Info};
    case StepState::Skipped:
        return {Shape::Dash, Tone::Warn};
    case StepState::None:
    case StepState::NotReached:
        return {Shape::Dash, Tone::Muted};
    case StepState::Pending:
        break;
    }
    return {Shape::Ring, Tone::Muted};
}

} // namespace

StepRow::StepRow(Phase phase, QWidget *parent)
    : QAbstractButton(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setStep(Step{phase});
}

void StepRow::setStep(const Step &step)
{
    m_step = step;
    m_summary = translatedServiceText(step.summary);
    setAccessibleName(QStringLiteral("%1: %2").arg(phaseName(step.phase), wordFor(step.state)));
    setAccessibleDescription(QStringList{timeText(), m_summary}.join(QLatin1Char(' ')).trimmed());
    setToolTip(QStringLiteral("%1: %2 %3\n%4")
                   .arg(phaseName(step.phase), wordFor(step.state), accessibleDescription(), tr("Show its log")));
    update();
}

QString StepRow::wordFor(StepState state)
{
    switch (state) {
    case StepState::Pending:
        return tr("Waiting");
    case StepState::Running:
        return tr("Running");
    case StepState::Passed:
        return tr("Passed");
    case StepState::Failed:
        return tr("Failed");
    case StepState::Warned:
        return tr("Warning");
    case StepState::None:
        return tr("None");
    case StepState::WouldRun:
        return tr("Will run");
    case StepState::Skipped:
        return tr("Skipped");
    case StepState::NotReached:
        break;
    }
    return tr("Not reached");
}

void StepRow::setCompact(bool compact)
{
    m_isCompact = compact;
    setSizePolicy(compact ? QSizePolicy::Preferred : QSizePolicy::Expanding, QSizePolicy::Fixed);
    updateGeometry();
    update();
}

QSize StepRow::sizeHint() const
{
    const int lineHeight = fontMetrics().height();
    if (m_isCompact) { // room for the time, so that nothing jumps when it comes
        const int text = fontMetrics().horizontalAdvance(phaseName(m_step.phase) + QStringLiteral(" 00.0 s"));
        return {lineHeight + text + 3 * compactGap, lineHeight + 2 * verticalMargin};
    }
    return {180, 2 * lineHeight + 2 * verticalMargin};
}

QSize StepRow::minimumSizeHint() const
{
    const int lineHeight = fontMetrics().height();
    return m_isCompact ? QSize(lineHeight + fontMetrics().horizontalAdvance(phaseName(m_step.phase)) + 3 * compactGap,
                               lineHeight + 2 * verticalMargin)
                       : QSize(120, sizeHint().height());
}

// Where it lies in the direction of the language.
QRect StepRow::mirrored(const QRect &place) const
{
    return QStyle::visualRect(layoutDirection(), rect(), place);
}

void StepRow::paintCompact(QPainter &painter)
{
    const Colors &colors = colorsFor(palette());
    const auto [shape, tone] = lookOf(m_step.state);
    const int lineHeight = fontMetrics().height();
    paintShape(painter, QRectF(mirrored({compactGap, verticalMargin, lineHeight, lineHeight})), shape, colors.of(tone));
    QRect rest(lineHeight + 2 * compactGap, 0, width() - lineHeight - 3 * compactGap, height());
    const QString name = phaseName(m_step.phase);
    const bool isQuiet = m_step.state == StepState::None || m_step.state == StepState::NotReached;
    painter.setPen(isQuiet ? colors.muted : colors.text);
    painter.drawText(mirrored(rest), Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(name, Qt::ElideRight, rest.width()));
    rest.setLeft(rest.left() + fontMetrics().horizontalAdvance(name + QLatin1Char(' ')));
    if (fontMetrics().horizontalAdvance(timeText()) <= rest.width()) { // half a time tells nothing
        painter.setPen(colors.muted);
        painter.drawText(mirrored(rest), Qt::AlignLeft | Qt::AlignVCenter, timeText());
    }
}

void StepRow::paintEvent(QPaintEvent *)
{
    const Colors &colors = colorsFor(palette());
    const auto [shape, tone] = lookOf(m_step.state);
    QPainter painter(this);
    if (underMouse() || isDown()) {
        QColor hover = colors.text;
        hover.setAlphaF(0.05F);
        painter.fillRect(rect(), hover);
    }
    if (hasFocus()) {
        painter.setPen(QPen(colors.accent, 1));
        painter.drawRect(rect().adjusted(2, 0, -3, -1));
    }
    if (m_isCompact) {
        paintCompact(painter);
        return;
    }
    const int lineHeight = fontMetrics().height();
    paintShape(painter, QRectF(mirrored({margin, verticalMargin, lineHeight, lineHeight})), shape, colors.of(tone));

    const QRect upper(margin + lineHeight + gap, verticalMargin, width() - 2 * margin - lineHeight - gap, lineHeight);
    painter.setPen(m_step.state == StepState::None || m_step.state == StepState::NotReached ? colors.muted
                                                                                            : colors.text);
    const int timeWidth = timeText().isEmpty() ? 0 : fontMetrics().horizontalAdvance(timeText()) + gap;
    painter.drawText(mirrored(upper), Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(phaseName(m_step.phase), Qt::ElideRight, upper.width() - timeWidth));
    painter.setPen(colors.muted);
    painter.drawText(mirrored(upper), Qt::AlignRight | Qt::AlignVCenter, timeText());

    const QRect lower = upper.translated(0, lineHeight);
    const QString word = wordFor(m_step.state);
    painter.setPen(colors.of(tone == Tone::Info ? Tone::Muted : tone));
    painter.drawText(mirrored(lower), Qt::AlignLeft | Qt::AlignVCenter, word);
    if (!m_summary.isEmpty()) {
        const QRect rest = lower.adjusted(fontMetrics().horizontalAdvance(word), 0, 0, 0);
        painter.setPen(colors.muted);
        painter.drawText(mirrored(rest), Qt::AlignLeft | Qt::AlignVCenter,
                         fontMetrics().elidedText(QStringLiteral(" · ") + m_summary, Qt::ElideRight, rest.width()));
    }
}

QString StepRow::timeText() const
{
    switch (m_step.state) {
    case StepState::Running:
    case StepState::Passed:
    case StepState::Failed:
    case StepState::Warned:
        return formatDuration(m_step.durationMs);
    default:
        return {};
    }
}

} // namespace PatchPanel::Ui
