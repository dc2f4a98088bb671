#include "ui/panels/problembox.h"

#include "ui/style/labels.h"
#include "ui/views/textview.h"

#include <QGridLayout>
#include <QJsonArray>

namespace PatchPanel::Ui {

namespace {

QString textOf(const QJsonValue &value)
{
    if (value.isDouble()) {
        return QString::number(value.toInteger());
    }
    return value.toString();
}

// Every further problem of the file, and what was expected and found where the error tells it.
QByteArray detailsText(const QJsonObject &details)
{
    QStringList parts;
    const QJsonArray problems = details[QStringLiteral("problems")].toArray();
    for (qsizetype i = 1; i < problems.size(); ++i) { // the first is the message itself
        const QJsonValue value = problems[i];
        parts.append(Error{ErrorCode::InvalidTask, value[QStringLiteral("message")].toString(),
                           value[QStringLiteral("hint")].toString(), value[QStringLiteral("where")].toString()}
                         .toString());
    }
    const QString line = textOf(details[QStringLiteral("line")]);
    const QString expected = textOf(details[QStringLiteral("expected")]);
    const QString found = textOf(details[QStringLiteral("found")]);
    if (!expected.isEmpty()) {
        parts.append(QStringLiteral("Expected:\n") + expected);
    }
    if (!found.isEmpty()) {
        parts.append((line.isEmpty() ? QStringLiteral("Found:\n") : QStringLiteral("Found at line %1:\n").arg(line))
                     + found);
    }
    return parts.join(QStringLiteral("\n\n")).toUtf8();
}

} // namespace

ProblemBox::ProblemBox(QWidget *parent)
    : QWidget(parent)
    , m_message(new ToneLabel(Tone::Error))
    , m_where(new ToneLabel(Tone::Muted))
    , m_hint(new ToneLabel)
    , m_details(new TextView)
{
    QFont bold = m_message->font();
    bold.setBold(true);
    m_message->setFont(bold);
    for (ToneLabel *label : {m_message, m_where, m_hint}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_details->setAccessibleName(tr("Details of the problem"));
    auto *layout = new QGridLayout(this);
    layout->setContentsMargins(12, 10, 12, 8);
    layout->setHorizontalSpacing(8);
    layout->setVerticalSpacing(4);
    layout->setColumnStretch(1, 1);
    layout->addWidget(new ShapeLabel(Shape::Cross, Tone::Error), 0, 0, Qt::AlignTop);
    layout->addWidget(m_message, 0, 1);
    layout->addWidget(m_where, 1, 1);
    layout->addWidget(m_hint, 2, 1);
    layout->addWidget(m_details, 3, 1);
    layout->setRowStretch(3, 1);
}

void ProblemBox::setError(const Error &error)
{
    m_message->setText(error.message);
    m_where->setText(tr("In %1").arg(error.where));
    m_where->setVisible(!error.where.isEmpty());
    m_hint->setText(error.hint);
    m_hint->setVisible(!error.hint.isEmpty());
    m_details->setText(detailsText(error.details));
    m_details->setVisible(m_details->lineCount() > 0);
}

QString ProblemBox::message() const
{
    return m_message->text();
}

} // namespace PatchPanel::Ui
