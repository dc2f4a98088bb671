#include "services/runner/runnerschemas.h"

#include "services/common/json.h"
#include "services/common/runstatus.h"

#include <QJsonArray>

namespace PatchPanel::Runner {

namespace {

// RunStatus is added in code: its words have one place.
constexpr const char *schemas = R"json({
"RunRequest": {
  "type": "object",
  "description": "Exactly one of file, task and contentBase64.",
  "additionalProperties": false,
  "properties": {
    "file": {"type": "string", "description": "A task file, relative to the workspace and inside it."},
    "task": {"type": "object", "description": "The task itself; see patch-task.schema.json."},
    "contentBase64": {"type": "string", "contentEncoding": "base64", "description": "The bytes of a task file, also a diff."},
    "name": {"type": "string", "description": "What messages call the task in the request."},
    "filesBeside": {"type": "object", "additionalProperties": {"type": "string", "contentEncoding": "base64"},
      "description": "Files that the task takes contents from, by name; not with file."},
    "workspace": {"type": "string", "description": "Absolute, beneath one of the runner's roots; its default otherwise."},
    "dryRun": {"type": "boolean", "description": "Plan with diffs only."},
    "force": {"type": "boolean", "description": "Run although the cache knows it or the task is disabled by default."},
    "noCache": {"type": "boolean"},
    "plan": {"type": "string", "description": "Run only if the plan made now has this id."},
    "timeoutSeconds": {"type": "integer", "minimum": 1, "maximum": 86400, "description": "Of every command."},
    "fuzz": {"type": "integer", "minimum": 0, "maximum": 2},
    "recount": {"type": "boolean"},
    "strip": {"type": "integer", "minimum": 0, "maximum": 64},
    "offset": {"enum": ["unique", "nearest"]},
    "ignoreWhitespace": {"type": "boolean"},
    "skipApplied": {"type": "boolean"},
    "strict": {"type": "boolean"},
    "mapRoots": {"type": "array", "items": {"type": "string"}, "description": "/their/root=folder"},
    "sandbox": {"enum": ["auto", "require", "off"]},
    "validateIn": {"enum": ["place", "scratch"]},
    "durability": {"enum": ["full", "process"]},
    "breakHardlinks": {"type": "boolean"},
    "gates": {"type": "boolean", "default": true, "description": "False: the commands of the task are skipped, and the result says so."},
    "commit": {"type": "boolean", "default": true, "description": "False: nothing is committed though the task asks for it."}
  }
},
"RollbackRequest": {
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "workspace": {"type": "string", "description": "Of a run that only its workspace knows."},
    "dryRun": {"type": "boolean"}
  }
},
"Step": {
  "type": "object",
  "required": ["phase", "state", "durationMs", "summary"],
  "properties": {
    "phase": {"enum": ["pre", "mutate", "build", "validate", "test", "commit"]},
    "state": {"enum": ["pending", "running", "passed", "failed", "warned", "none", "wouldRun", "notReached", "skipped"]},
    "durationMs": {"type": "integer"},
    "summary": {"type": "string"}
  }
},
"Accepted": {
  "type": "object",
  "required": ["runId", "status"],
  "properties": {"runId": {"type": "string"}, "status": {"$ref": "#/components/schemas/RunStatus"}}
},
"RunProgress": {
  "type": "object",
  "description": "A run that has not ended.",
  "required": ["status", "runId", "steps"],
  "properties": {
    "status": {"$ref": "#/components/schemas/RunStatus"},
    "runId": {"type": "string"},
    "steps": {"type": "array", "items": {"$ref": "#/components/schemas/Step"}},
    "traceparent": {"type": "string"}
  }
},
"RunResult": {
  "type": "object",
  "description": "How a run ended.",
  "required": ["status", "runId", "dryRun", "workspace", "startedAt", "durationMs", "steps", "changes", "message"],
  "properties": {
    "status": {"$ref": "#/components/schemas/RunStatus"},
    "runId": {"type": "string"},
    "dryRun": {"type": "boolean"},
    "runner": {"type": "string"},
    "machine": {"type": "string", "description": "Name of the machine that the runner runs on."},
    "traceparent": {"type": "string", "description": "Of the request, where it had one."},
    "workspace": {"type": "string"},
    "startedAt": {"type": "string", "format": "date-time"},
    "durationMs": {"type": "integer"},
    "task": {"type": "object", "description": "id, title, version, phase, file, dialect, sha256"},
    "planId": {"type": "string"},
    "changes": {"type": "array", "items": {"type": "object"}, "description": "One for each path; with diffs in a dry run."},
    "alreadyApplied": {"type": "array", "items": {"type": "string"}},
    "warnings": {"type": "array", "items": {"type": "string"}},
    "gates": {"type": "array", "items": {"type": "object"}, "description": "The commands of the task and how they ended; state skipped: gates were off."},
    "steps": {"type": "array", "items": {"$ref": "#/components/schemas/Step"}},
    "checks": {"type": "array", "items": {"type": "object"}, "description": "name, state, evidence"},
    "commit": {"type": "object", "description": "state, id, message, branch, tag, note"},
    "sandbox": {"type": "object", "description": "state, why"},
    "validatedIn": {"enum": ["place", "scratch"]},
    "sideEffects": {"type": "object", "description": "What the commands changed beside the plan."},
    "trace": {"type": "array", "items": {"type": "object"}, "description": "Where the task asks for it."},
    "message": {"type": "string", "description": "One sentence: what happened."},
    "error": {"$ref": "#/components/schemas/Problem"},
    "report": {"type": "string", "description": "Path of report.md, empty when there is none."}
  }
},
"RunSummary": {
  "type": "object",
  "required": ["runId", "status", "task", "workspace", "dryRun", "submittedAt", "durationMs", "message"],
  "properties": {
    "runId": {"type": "string"},
    "status": {"$ref": "#/components/schemas/RunStatus"},
    "task": {"type": "string"},
    "title": {"type": "string"},
    "workspace": {"type": "string"},
    "runner": {"type": "string"},
    "machine": {"type": "string", "description": "Name of the machine that the runner runs on."},
    "dryRun": {"type": "boolean"},
    "submittedAt": {"type": "string", "format": "date-time"},
    "startedAt": {"type": "string", "format": "date-time"},
    "durationMs": {"type": "integer"},
    "changes": {"type": "integer"},
    "commit": {"type": "string"},
    "message": {"type": "string"},
    "rolledBackRun": {"type": "string"}
  }
},
"Run": {
  "description": "A summary is what is left of a run whose report is gone.",
  "anyOf": [
    {"$ref": "#/components/schemas/RunResult"},
    {"$ref": "#/components/schemas/RunProgress"},
    {"$ref": "#/components/schemas/RunSummary"}
  ]
},
"RunList": {
  "type": "object",
  "required": ["runs"],
  "properties": {
    "runs": {"type": "array", "items": {"$ref": "#/components/schemas/RunSummary"}},
    "nextCursor": {"type": "string", "description": "Of the next page; missing on the last one."}
  }
},
"Log": {
  "type": "object",
  "required": ["lines", "next", "complete"],
  "properties": {
    "lines": {"type": "array", "items": {"$ref": "#/components/schemas/LogLine"}},
    "next": {"type": "integer", "description": "`from` of the next request."},
    "complete": {"type": "boolean", "description": "The run has ended and this was the rest."}
  }
},
"LogLine": {
  "type": "object",
  "required": ["time", "level", "service", "text"],
  "properties": {
    "time": {"type": "integer", "description": "Milliseconds since the epoch."},
    "level": {"enum": ["debug", "info", "warning", "error"]},
    "service": {"type": "string"},
    "run": {"type": "string"},
    "tag": {"type": "string"},
    "text": {"type": "string"},
    "phase": {"type": "string"}
  }
},
"Health": {
  "type": "object",
  "required": ["status", "service", "active", "queued", "slots", "uptimeSeconds", "runs"],
  "properties": {
    "status": {"enum": ["passing", "draining"]},
    "service": {"type": "string"},
    "active": {"type": "integer"},
    "queued": {"type": "integer"},
    "slots": {"type": "integer"},
    "uptimeSeconds": {"type": "integer"},
    "runs": {"type": "integer", "description": "Runs that the runner remembers."}
  }
},
"Problem": {
  "type": "object",
  "description": "RFC 9457, with a stable code.",
  "required": ["type", "title", "status", "detail", "code"],
  "properties": {
    "type": {"type": "string"},
    "title": {"type": "string"},
    "status": {"type": "integer"},
    "detail": {"type": "string"},
    "code": {"type": "string"},
    "hint": {"type": "string", "description": "What to do about it."},
    "where": {"type": "string", "description": "A path, a JSON Pointer or a line and column."},
    "details": {"type": "object"}
  }
}
})json";

QJsonObject runStatus()
{
    QJsonArray words;
    for (int i = 0; i <= static_cast<int>(RunStatus::Unknown); ++i) {
        words.append(toString(static_cast<RunStatus>(i)));
    }
    return {{QStringLiteral("enum"), words}};
}

} // namespace

QJsonObject runnerSchemas()
{
    QJsonObject object = QJsonDocument::fromJson(schemas).object();
    object[QStringLiteral("RunStatus")] = runStatus();
    return object;
}

} // namespace PatchPanel::Runner
