#pragma once

#include "services/common/error.h"
#include "ui/models/diffrows.h"
#include "ui/style/colors.h"

#include <QJsonValue>
#include <QWidget>

#include <optional>

class QAction;

namespace PatchPanel::Ui {

class DiffColumn;
class DiffFind;

// The diff of one file: in one column, or old and new side by side. Reading, layout and the lines around the hunks are
// made on other threads; what was shown stays until they are there. GUI thread.
class DiffView : public QWidget {
    Q_OBJECT
public:
    explicit DiffView(QWidget *parent = nullptr);

    // `diff` is a string. `file` is where the lines around the hunks are read from; empty: there is no such file.
    void setDiff(const QJsonValue &diff, const QString &file = {});
    bool isLoading() const { return m_isWorking; }
    // What is shown; null before anything is.
    const DiffRows *rows() const { return m_rows.get(); }

    const DiffOptions &options() const { return m_options; }
    void setSideBySide(bool sideBySide);
    void setHideWhitespace(bool hide);
    // All lines of the file, or only those around its changes.
    void setExpandAll(bool expand);
    // Some more lines on either side of the gap before the hunk.
    void expandBefore(int hunk);

    // Goes to the change behind (before) the one that was gone to last; false when there is none. While a diff is being
    // read it goes to the first (last) one later.
    bool showNextChange();
    bool showPreviousChange();

    // The whole hunk as it stands in the diff.
    QString hunkText(int hunk) const;
    // The one that was gone to last, else the topmost; -1: there is none.
    int currentHunk() const;

    // The single column; side by side: the new file.
    DiffColumn *column() const { return m_column; }
    DiffColumn *oldColumn() const { return m_oldColumn; }
    // In what is shown, on both sides.
    DiffFind *find() const { return m_find; }
    void setEmptyText(const QString &text);

    // Also in the context menu, with all others of actions().
    QAction *sideBySideAction() const { return m_sideBySide; }
    QAction *hideWhitespaceAction() const { return m_hideWhitespace; }
    QAction *expandAllAction() const { return m_expandAll; }
    QAction *copyHunkAction() const { return m_copyHunk; }

    // What there is to say about what is shown: where in the changes it stands, what is hidden, why no more lines of
    // the file can be had.
    QString note() const;
    Tone noteTone() const { return m_problem ? Tone::Warn : Tone::Muted; }

Q_SIGNALS:
    void loaded(); // the rows of a new diff are shown
    void noteChanged();
    void sideBySideChanged(bool sideBySide);
    void hideWhitespaceChanged(bool hide);

private:
    enum class Landing { Top, FirstChange, LastChange };

    struct Made { // on another thread
        std::shared_ptr<const Diff> diff;
        std::shared_ptr<const ContextFile> file;
        std::shared_ptr<const DiffRows> rows;
        std::optional<Error> problem;
    };
    struct Place { // a line of the diff, and where it stands in the window
        int oldNumber = 0;
        int newNumber = 0;
        int offset = 0;
    };

    void makeActions();
    void connectColumns();
    void makeRows();
    void takeRows(const Made &made);
    void showRows();
    void land();
    void goToChange(int change);
    void refreshColumns();
    void refreshActions();
    Place place() const;
    void restore(const Place &place);
    void showMenu(const QPoint &position, qsizetype row);

    DiffColumn *m_oldColumn;
    DiffColumn *m_column;
    DiffFind *m_find;
    QAction *m_sideBySide;
    QAction *m_hideWhitespace;
    QAction *m_expandAll;
    QAction *m_copyHunk;

    QJsonValue m_source;
    QString m_path;
    Landing m_landing = Landing::Top;
    DiffOptions m_options;
    DiffExpansion m_expansion;
    std::shared_ptr<const Diff> m_diff; // null while it is read
    std::shared_ptr<const ContextFile> m_file;
    std::shared_ptr<const DiffRows> m_rows;
    std::optional<Error> m_problem; // why the file's lines cannot be shown
    int m_change = -1; // index of DiffRows::changes; -1: none was gone to
    quint64 m_generation = 0; // of what was asked for last
    bool m_isWorking = false;
};

} // namespace PatchPanel::Ui
