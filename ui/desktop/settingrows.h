#pragma once

#include "ui/models/preferences.h"

#include <QWidget>

#include <functional>

class QGridLayout;

namespace PatchPanel::Ui {

// One page of the Settings dialog: a row for each value with its name, what edits it, and beneath it its default, where
// it stands in the file, and what else is to be known. GUI thread.
class SettingRows : public QWidget {
    Q_OBJECT
public:
    // `given`: the options of the command line; a value that one of them says is shown and cannot be edited.
    explicit SettingRows(QStringList given, QWidget *parent = nullptr);

    struct Row {
        QLatin1String key; // in the file; the object name of the editor
        QString name = {}; // "&Registry port"
        QString standard = {}; // the default, as it is read
        QString note = {}; // a sentence; empty: none
    };

    // What a row shows of the values, and puts into them.
    template <typename Value> struct Access {
        std::function<Value(const Preferences &)> get;
        std::function<void(Preferences &, const Value &)> set;
    };

    void addNumber(const Row &row, int least, int most, const QString &suffix, const Access<int> &access,
                   const QString &leastText = {});
    void addChoice(const Row &row, const QStringList &choices, const Access<int> &access);
    void addSwitch(const Row &row, const Access<bool> &access);
    // `whatIsWrong` keeps a text from being taken over, and is shown.
    void addText(const Row &row, const QString &placeholder, const std::function<QString(const QString &)> &whatIsWrong,
                 const Access<QString> &access);
    void addFont(const Row &row, const Access<QString> &access);
    // A value that cannot be changed here, and why.
    void addFact(const QString &name, const QString &value, const QString &note);

    void endRows();

    void show(const Preferences &values);
    // Sets the values of this page to their defaults.
    void restoreDefaults();

Q_SIGNALS:
    void edited(const std::function<void(Preferences &)> &change);

private:
    using Change = std::function<void(Preferences &)>;

    template <typename Value>
    void addEditor(const Row &row, QWidget *editor, const Access<Value> &access,
                   const std::function<void(const Value &)> &show);
    void layOut(const Row &row, QWidget *editor);
    void announce(const std::function<void(Preferences &)> &change);

    QStringList m_given;
    QGridLayout *m_layout;
    QList<std::function<void(const Preferences &)>> m_show;
    QList<Change> m_defaults;
    bool m_isShowing = false;
};

} // namespace PatchPanel::Ui
