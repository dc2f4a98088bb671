#include "ui/models/gatesmodel.h"

#include "services/common/step.h"
#include "ui/models/format.h"
#include "ui/models/outcome.h"

#include <QFontDatabase>
#include <QJsonObject>

namespace PatchPanel::Ui {

namespace {

QString limitText(qint64 ms)
{
    if (ms <= 0) {
        return GatesModel::tr("none");
    }
    constexpr qint64 minute = 60'000;
    const bool isRound = ms % minute == 0 || (ms < minute && ms % 1000 == 0);
    return isRound ? formatUptime(ms / 1000) : formatDuration(ms);
}

} // namespace

void GatesModel::setGates(const QJsonArray &gates)
{
    beginResetModel();
    m_gates = gates;
    endResetModel();
}

int GatesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_gates.size());
}

int GatesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant GatesModel::data(const QModelIndex &index, int role) const
{
    const QJsonObject gate = m_gates[index.row()].toObject();
    const QString command = gate[QStringLiteral("command")].toString();
    if (role == Qt::FontRole && index.column() == CommandColumn) {
        return QFontDatabase::systemFont(QFontDatabase::FixedFont);
    }
    if (role == Qt::ToolTipRole) {
        return QStringLiteral("<pre>%1</pre>").arg(command.toHtmlEscaped()); // as it is, whatever it holds
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
    case StepColumn: {
        const QString name = gate[QStringLiteral("phase")].toString();
        const std::optional<Phase> phase = phaseFromString(name);
        return phase ? phaseName(*phase) : name;
    }
    case CommandColumn:
        return command;
    case FolderColumn: {
        const QString folder = gate[QStringLiteral("cwd")].toString();
        return folder.isEmpty() ? tr("workspace") : folder;
    }
    default:
        return limitText(gate[QStringLiteral("timeoutMs")].toInteger());
    }
}

QVariant GatesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case StepColumn:
        return tr("Step");
    case CommandColumn:
        return tr("Command that will run");
    case FolderColumn:
        return tr("Folder");
    default:
        return tr("Time limit");
    }
}

} // namespace PatchPanel::Ui
