#pragma once

class QTableView;

namespace PatchPanel::Ui {

// How every table of the window looks and is used: rows, one at a time, without a grid.
void styleTable(QTableView *table);

} // namespace PatchPanel::Ui
