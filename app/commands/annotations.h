#pragma once

#include "app/commands/taskoutcome.h"

#include <QByteArray>

namespace PatchPanel::App {

// Whether this runs as a step of a GitHub Actions workflow (GITHUB_ACTIONS=true).
bool isGithubActions();

// The failure of a run as workflow commands for GitHub Actions, a line each: "::error file=…,line=…,title=…::message",
// at the file that does not fit or, for what is wrong with the task itself, at the task file. Files are named relative
// to `repository` (GITHUB_WORKSPACE; may be empty) when they lie beneath it. `place` tells which of several workspaces
// it is; empty: there is one. Empty after a success.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
QByteArray annotations(const TaskOutcome &outcome, const QString &workspace, const QString &repository,
                       const QString &place = {});

} // namespace PatchPanel::App
