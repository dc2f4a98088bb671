#include "ui/models/changesmodel.h"

#include "ui/models/format.h"

#include <QApplication>

namespace PatchPanel::Ui {

namespace {

const QChar minusSign(0x2212);

} // namespace

ChangedFile ChangedFile::fromJson(const QJsonObject &change)
{
    return {change[QStringLiteral("kind")].toString(),
            change[QStringLiteral("path")].toString(),
            change[QStringLiteral("from")].toString(),
            change[QStringLiteral("added")].toInt(),
            change[QStringLiteral("removed")].toInt(),
            change[QStringLiteral("binary")].toBool(),
            change};
}

Shape shapeOfChange(const QString &kind)
{
    if (kind == QLatin1String("create")) {
        return Shape::Plus;
    }
    if (kind == QLatin1String("delete")) {
        return Shape::Minus;
    }
    return kind == QLatin1String("move") ? Shape::Arrow : Shape::Tilde;
}

Tone toneOfChange(const QString &kind)
{
    if (kind == QLatin1String("create")) {
        return Tone::Ok;
    }
    return kind == QLatin1String("delete") ? Tone::Error : Tone::Info;
}

QString wordForChange(const QString &kind)
{
    if (kind == QLatin1String("create")) {
        return ChangesModel::tr("create");
    }
    if (kind == QLatin1String("modify")) {
        return ChangesModel::tr("modify");
    }
    if (kind == QLatin1String("delete")) {
        return ChangesModel::tr("delete");
    }
    if (kind == QLatin1String("move")) {
        return ChangesModel::tr("move");
    }
    return kind == QLatin1String("chmod") ? ChangesModel::tr("chmod") : kind;
}

void ChangesModel::setChanges(const QJsonArray &changes)
{
    beginResetModel();
    m_files.clear();
    for (const QJsonValue &change : changes) {
        m_files.append(ChangedFile::fromJson(change.toObject()));
    }
    endResetModel();
}

int ChangesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_files.size());
}

int ChangesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ChangesModel::data(const QModelIndex &index, int role) const
{
    const ChangedFile &file = m_files[index.row()];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        if (column == PathColumn) {
            return file.path;
        }
        if (file.binary) {
            return column == AddedColumn ? tr("binary") : QString();
        }
        return column == AddedColumn ? QLatin1Char('+') + formatCount(file.added)
                                     : minusSign + formatCount(file.removed);
    case Qt::DecorationRole:
        return column == PathColumn ? shapeIcon(shapeOfChange(file.kind), toneOfChange(file.kind)) : QVariant();
    case Qt::ForegroundRole:
        if (column == PathColumn) {
            return {};
        }
        return colorsFor(QApplication::palette()).of(column == AddedColumn ? Tone::Ok : Tone::Error);
    case Qt::TextAlignmentRole:
        return column == PathColumn ? QVariant() : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::ToolTipRole:
        return file.from.isEmpty() ? tr("%1: %2").arg(wordForChange(file.kind), file.path)
                                   : tr("%1: %2, was %3").arg(wordForChange(file.kind), file.path, file.from);
    case Qt::AccessibleTextRole:
        if (column == PathColumn) {
            return tr("%1, %2, %3 added, %4 removed")
                .arg(file.path, wordForChange(file.kind))
                .arg(file.added)
                .arg(file.removed);
        }
        return {};
    default:
        return {};
    }
}

QVariant ChangesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case PathColumn:
        return tr("File");
    case AddedColumn:
        return QStringLiteral("+");
    default:
        return QString(minusSign);
    }
}

} // namespace PatchPanel::Ui
