#include "ui/models/commandsmodel.h"

#include "ui/models/fuzzymatch.h"

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

bool isAvailable(const ListedAction &listed)
{
    return listed.action && listed.action->isEnabled();
}

} // namespace

CommandsModel::CommandsModel(QList<ListedAction> actions, QObject *parent)
    : QAbstractListModel(parent)
    , m_actions(std::move(actions))
{
    setFilter({});
}

void CommandsModel::setFilter(const QString &typed)
{
    beginResetModel();
    m_rows.clear();
    for (qsizetype i = 0; i < m_actions.size(); ++i) {
        if (const std::optional<FuzzyMatch> match = fuzzyMatch(typed, m_actions[i].text)) {
            m_rows.append({i, match->score, match->positions});
        }
    }
    if (!typed.trimmed().isEmpty()) {
        std::stable_sort(m_rows.begin(), m_rows.end(), [this](const Row &left, const Row &right) {
            const bool leftFirst = isAvailable(m_actions[left.action]);
            const bool rightFirst = isAvailable(m_actions[right.action]);
            return leftFirst != rightFirst ? leftFirst : left.score > right.score;
        });
    }
    endResetModel();
}

QAction *CommandsModel::actionAt(const QModelIndex &index) const
{
    return index.isValid() ? m_actions[m_rows[index.row()].action].action.data() : nullptr;
}

int CommandsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant CommandsModel::data(const QModelIndex &index, int role) const
{
    const Row &row = m_rows[index.row()];
    const ListedAction &listed = m_actions[row.action];
    switch (role) {
    case Qt::DisplayRole:
        return listed.text;
    case Qt::AccessibleTextRole:
        return accessibleText(listed);
    case GroupRole:
        return listed.group;
    case ShortcutRole:
        return listed.shortcut;
    case WhyNotRole:
        return listed.action ? whyNotAvailable(*listed.action) : QString();
    case AvailableRole:
        return isAvailable(listed);
    case MatchesRole:
        return QVariant::fromValue(row.matches);
    default:
        return {};
    }
}

QString CommandsModel::accessibleText(const ListedAction &listed) const
{
    QStringList parts{listed.text};
    if (!listed.shortcut.isEmpty()) {
        parts.append(listed.shortcut);
    }
    if (!isAvailable(listed)) {
        const QString why = listed.action ? whyNotAvailable(*listed.action) : QString();
        parts.append(why.isEmpty() ? tr("not available now") : tr("not available: %1").arg(why));
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace PatchPanel::Ui
