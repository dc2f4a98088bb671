#pragma once

class QTableView;

namespace PatchPanel::Ui {

// How every table of the window looks and is used: rows, one at a time, without a grid.
void styleTable(QTableView *table);

// Makes it the current row and selects it. QTableView::selectRow() finds no row where the layout is right to left.
void selectTableRow(QTableView *table, int row);

} // namespace PatchPanel::Ui
