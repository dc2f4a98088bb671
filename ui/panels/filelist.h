#pragma once

#include <QJsonArray>
#include <QSortFilterProxyModel>
#include <QWidget>

class QLineEdit;
class QTableView;

namespace PatchPanel::Ui {

class ChangesModel;
struct ChangedFile;

// The changed files of a plan with a field that filters them: typing in the list goes there. GUI thread.
class FileList : public QWidget {
    Q_OBJECT
public:
    explicit FileList(QWidget *parent = nullptr);

    // `changes` as the runner's answer lists them; the first file becomes the current one.
    void setChanges(const QJsonArray &changes);
    const QList<ChangedFile> &files() const;
    // Null when none is listed.
    const ChangedFile *currentFile() const;
    // The file behind (before) the current one in the filtered list becomes the current one; false: there is none.
    bool selectNext() { return selectOther(1); }
    bool selectPrevious() { return selectOther(-1); }
    // Files whose path has all of these words.
    void setFilter(const QString &words);

    QTableView *table() const { return m_table; }

Q_SIGNALS:
    void currentFileChanged();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    bool selectOther(int distance);
    void applyFilter();

    ChangesModel *m_changes;
    QSortFilterProxyModel *m_shown;
    QLineEdit *m_filter;
    QTableView *m_table;
};

} // namespace PatchPanel::Ui
