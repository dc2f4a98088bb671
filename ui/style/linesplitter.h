#pragma once

#include <QSplitter>

namespace PatchPanel::Ui {

// A splitter whose handle is one line with room to grab it.
class LineSplitter : public QSplitter {
    Q_OBJECT
public:
    explicit LineSplitter(Qt::Orientation orientation, QWidget *parent = nullptr);

protected:
    QSplitterHandle *createHandle() override;
};

} // namespace PatchPanel::Ui
