// One piece of the patch engine's work in a process of its own, as `git apply` is one, so that the kernel's account of
// the process is the measurement:
//   enginebench plan PATCH DIR [--repeat N]                    plans the diff N times and writes nothing
//   enginebench apply PATCH DIR [--durability process|full]    applies it as one transaction; process is the default
// Prints the number of changed paths. Ends with 1 and the error on stderr when the engine refuses, 64 for wrong usage.

#include "services/patch/diffapplication.h"
#include "services/patch/planner.h"
#include "services/patch/taskreader.h"

#include <QFile>
#include <QStringList>

#include <cstdio>

using namespace PatchPanel;
using namespace PatchPanel::Patch;

namespace {

struct Request {
    QString verb;
    QString patch;
    QString folder;
    int repeat = 1;
    Durability durability = Durability::Process;
};

std::optional<Request> parseArguments(const QStringList &arguments)
{
    if (arguments.size() != 3 && arguments.size() != 5) {
        return {};
    }
    Request request{arguments.at(0), arguments.at(1), arguments.at(2)};
    const bool plans = request.verb == QLatin1String("plan");
    if (!plans && request.verb != QLatin1String("apply")) {
        return {};
    }
    if (arguments.size() == 3) {
        return request;
    }
    const QString &value = arguments.at(4);
    bool understood = false;
    if (plans && arguments.at(3) == QLatin1String("--repeat")) {
        request.repeat = value.toInt(&understood);
        understood = understood && request.repeat > 0;
    } else if (!plans && arguments.at(3) == QLatin1String("--durability")) {
        const bool full = value == QLatin1String("full");
        request.durability = full ? Durability::Full : Durability::Process;
        understood = full || value == QLatin1String("process");
    }
    return understood ? std::optional(request) : std::nullopt;
}

Result<QByteArray> readPatch(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::Io, QStringLiteral("cannot read the patch: %1").arg(file.errorString()), {}, path};
    }
    return file.readAll();
}

Result<qsizetype> planOnce(const Request &request, const QByteArray &patch)
{
    const Result<Task> task = readTask(patch, request.patch, request.folder);
    if (!task) {
        return task.error();
    }
    const Result<Plan> plan = makePlan(*task, request.folder);
    return plan ? Result<qsizetype>(plan->changes.size()) : plan.error();
}

Result<qsizetype> applyOnce(const Request &request, const QByteArray &patch)
{
    const Result<Plan> plan = applyDiffTo(request.folder, patch, {}, request.durability);
    return plan ? Result<qsizetype>(plan->changes.size()) : plan.error();
}

Result<qsizetype> serve(const Request &request)
{
    const Result<QByteArray> patch = readPatch(request.patch);
    if (!patch) {
        return patch.error();
    }
    if (request.verb == QLatin1String("apply")) {
        return applyOnce(request, *patch);
    }
    for (int done = 1; done < request.repeat; ++done) {
        if (Result<qsizetype> planned = planOnce(request, *patch); !planned) {
            return planned;
        }
    }
    return planOnce(request, *patch);
}

QStringList argumentsOf(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 1; i < argc; ++i) {
        arguments << QString::fromLocal8Bit(argv[i]);
    }
    return arguments;
}

} // namespace

int main(int argc, char **argv)
{
    const std::optional<Request> request = parseArguments(argumentsOf(argc, argv));
    if (!request) {
        std::fputs("usage: enginebench plan PATCH DIR [--repeat N]\n"
                   "       enginebench apply PATCH DIR [--durability process|full]\n",
                   stderr);
        return traitsOf(ErrorCode::Usage).exitCode;
    }
    const Result<qsizetype> changed = serve(*request);
    if (!changed) {
        std::fprintf(stderr, "enginebench: %s\n", qPrintable(changed.error().toString()));
        return 1;
    }
    std::printf("%lld\n", static_cast<long long>(*changed));
    return 0;
}
