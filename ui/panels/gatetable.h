#pragma once

#include <QJsonArray>
#include <QTableView>

namespace PatchPanel::Ui {

class GatesModel;

// The commands that a run executes. Long ones are wrapped; what is too long for that is shown in a window of its own.
// GUI thread.
class GateTable : public QTableView {
    Q_OBJECT
public:
    explicit GateTable(QWidget *parent = nullptr);

    // `gates` as the runner's answer lists them; hides itself when there are none.
    void setGates(const QJsonArray &gates);
    int gateCount() const;

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    QString currentCommand() const;
    void copyCommand() const;
    void showCommand();

    GatesModel *m_gates;
};

} // namespace PatchPanel::Ui
