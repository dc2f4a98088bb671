#pragma once

#include <cstdio>

namespace PatchPanel::App {

// Columns of the terminal that the stream leads to; 80 where it is none.
int terminalWidth(std::FILE *stream);

// Whether the stream leads to a terminal on which a line can be written again (TERM is not "dumb").
bool canRewriteLines(std::FILE *stream);

} // namespace PatchPanel::App
