#include "ui/panels/plansummary.h"

#include "ui/models/changesmodel.h"
#include "ui/models/format.h"
#include "ui/models/outcome.h"
#include "ui/style/labels.h"

#include <QHBoxLayout>
#include <QJsonArray>

namespace PatchPanel::Ui {

PlanSummary::PlanSummary(QWidget *parent)
    : QWidget(parent)
    , m_files(new ToneLabel)
    , m_added(new ToneLabel(Tone::Ok))
    , m_removed(new ToneLabel(Tone::Error))
    , m_verdictShape(new ShapeLabel)
    , m_verdict(new ToneLabel)
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 7, 12, 7);
    layout->setSpacing(8);
    layout->addWidget(m_files);
    layout->addWidget(m_added);
    layout->addWidget(m_removed);
    for (const char *kind : {"create", "modify", "delete", "move", "chmod"}) {
        const QString name = QString::fromLatin1(kind);
        Count count{name, new ShapeLabel(shapeOfChange(name), toneOfChange(name)), new ToneLabel(Tone::Muted)};
        layout->addSpacing(6);
        layout->addWidget(count.shape);
        layout->addWidget(count.text);
        m_counts.append(count);
    }
    layout->addStretch(1);
    layout->addWidget(m_verdictShape);
    layout->addWidget(m_verdict);
}

void PlanSummary::setPreview(const Relay::RunOutcome &preview)
{
    const QJsonArray changes = preview.response[QStringLiteral("changes")].toArray();
    int added = 0;
    int removed = 0;
    QHash<QString, int> kinds;
    for (const QJsonValue &value : changes) {
        const ChangedFile file = ChangedFile::fromJson(value.toObject());
        added += file.added;
        removed += file.removed;
        ++kinds[file.kind];
    }
    m_files->setText(counted(changes.size(), tr("file"), tr("files")));
    m_files->setVisible(!changes.isEmpty());
    m_added->setText(QStringLiteral("+%1").arg(formatCount(added)));
    m_removed->setText(QChar(0x2212) + formatCount(removed));
    m_added->setVisible(!changes.isEmpty());
    m_removed->setVisible(!changes.isEmpty());
    for (const Count &count : m_counts) {
        const int number = kinds.value(count.kind);
        count.text->setText(QStringLiteral("%1 %2").arg(formatCount(number), wordForChange(count.kind)));
        count.shape->setVisible(number > 0);
        count.text->setVisible(number > 0);
    }
    const OutcomeLook look = lookOf(preview);
    m_verdictShape->setShape(look.shape, look.tone);
    m_verdict->setTone(look.tone);
    m_verdict->setText(preview.status == RunStatus::Ok
                           ? tr("Applies cleanly · dry run %1").arg(formatDuration(preview.totalMs))
                           : look.word);
}

QString PlanSummary::verdict() const
{
    return m_verdict->text();
}

} // namespace PatchPanel::Ui
